import { workerData } from 'node:worker_threads'
import { ComponentError } from '@wasm-plugin/runtime'
import type { GrantSet } from '@wasm-plugin/wasi'
import type { Descriptor } from '@wasm-plugin/wasi/instance'
import { threadFiles } from './thread-files.js'

/** One of two instances of a plugin, until it is ended: moves `in/deep` up and down again, or makes a link in it and removes it. */
const { grants, ruleState, role, steps } = workerData as {
  grants: GrantSet
  ruleState: SharedArrayBuffer
  role: 'mover' | 'linker'
  /** Counts what this thread has done. */
  steps: Int32Array
}

const root = threadFiles(grants, ruleState).roots[0] as Descriptor

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
