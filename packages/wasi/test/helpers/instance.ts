import type { AccessEvent, GrantSet, ServiceCaller } from '@wasm-plugin/wasi'
import {
  createGate,
  createWasi,
  type Descriptor,
  LiveGrants,
  type LogLine,
  type RuleState,
  type WasiContext,
} from '@wasm-plugin/wasi/instance'
import { onTestFinished } from 'vitest'

export const noServices: ServiceCaller = {
  call(service) {
    throw new TypeError(`no service ${service} in this test`)
  },
}

/** The whole WASI of one instance, without services. */
export function openInstance(
  grants: GrantSet,
  more: Pick<WasiContext, 'ports'> & Partial<WasiContext>,
  /** Of another instance of the same plugin. */
  state?: RuleState,
) {
  const events: AccessEvent[] = []
  const lines: LogLine[] = []
  const gate = createGate('test', new LiveGrants(grants, state), (event) => events.push(event))
  const wasi = createWasi({
    plugin: 'test',
    gate,
    services: noServices,
    log: (line) => lines.push(line),
    ...more,
  })
  onTestFinished(() => wasi.dispose())
  // biome-ignore lint/suspicious/noExplicitAny: the interfaces of WASI as a plugin sees them, by name.
  const get = (name: string): any => wasi.get(`${name}@0.2.3`)
  return { get, wasi, gate, events, lines, grants }
}

/** Its preopened directories by the path that the plugin sees. */
export function rootsOf({ get }: Pick<ReturnType<typeof openInstance>, 'get'>): Map<string, Descriptor> {
  const opened: [Descriptor, string][] = get('wasi:filesystem/preopens').getDirectories()
  return new Map(opened.map(([descriptor, at]) => [at, descriptor]))
}
