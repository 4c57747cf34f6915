import { workerData } from 'node:worker_threads'
import { ComponentError } from '@wasm-plugin/runtime'
import { createGate } from '../../src/grants/gate.js'
import type { GrantSet } from '../../src/grants/grant-set.js'
import { LiveGrants } from '../../src/grants/live-grants.js'
import { RuleState } from '../../src/grants/rule-state.js'
import { instancePorts } from '../../src/instance-ports.js'
import { createClock } from '../../src/wasi/clocks/clock.js'
import type { Descriptor } from '../../src/wasi/filesystem/descriptor.js'
import { createFilesystem } from '../../src/wasi/filesystem/index.js'
import { Waiter } from '../../src/wasi/io/waiter.js'

/** One of two instances of a plugin, until it is ended: moves `in/deep` up and down again, or makes a link in it and removes it. */
const { grants, ruleState, role, steps } = workerData as {
  grants: GrantSet
  ruleState: SharedArrayBuffer
  role: 'mover' | 'linker'
  /** Counts what this thread has done. */
  steps: Int32Array
}

const ports = instancePorts()
const fs = createFilesystem({
  ports,
  gate: createGate('test', new LiveGrants(grants, new RuleState(ruleState)), () => {}),
  waiter: new Waiter(createClock(grants.clocks, ports), {
    call(service) {
      throw new TypeError(`no service ${service} in this test`)
    },
  }),
})
const root = fs.preopens.getDirectories()[0]?.[0] as Descriptor

const ROUNDS = {
  mover: [() => root.renameAt('in/deep', root, 'deep'), () => root.renameAt('deep', root, 'in/deep')],
  linker: [
    // From `in/deep` to the root of the grant, from `deep` out of it.
    () => root.symlinkAt('../../x', 'in/deep/link'),
    () => root.unlinkFileAt('in/deep/link'),
  ],
}

for (;;)
  for (const step of ROUNDS[role]) {
    try {
      step()
    } catch (error) {
      if (!ComponentError.is(error)) throw error
    }
    Atomics.add(steps, 0, 1)
    Atomics.notify(steps, 0)
  }
