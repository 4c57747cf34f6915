import type { GrantSet } from '@wasm-plugin/wasi'
import type { Descriptor } from '@wasm-plugin/wasi/instance'
import { createGate, createWasi, LiveGrants, RuleState } from '@wasm-plugin/wasi/instance'
import { instancePorts } from '#internal'

/** The directories that one of several instances of a plugin was granted, in a thread; `dispose` closes what it left open. */
export function threadFiles(grants: GrantSet, ruleState: SharedArrayBuffer) {
  const wasi = createWasi({
    plugin: 'test',
    gate: createGate('test', new LiveGrants(grants, new RuleState(ruleState)), () => {}),
    ports: instancePorts(),
    services: {
      call(service) {
        throw new TypeError(`no service ${service} in this test`)
      },
    },
    log() {},
  })
  const preopens = wasi.get('wasi:filesystem/preopens@0.2.3') as { getDirectories(): [Descriptor, string][] }
  return { roots: preopens.getDirectories().map(([root]) => root), dispose: () => wasi.dispose() }
}
