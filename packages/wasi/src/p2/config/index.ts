import type { Gate } from '../../grants/gate.js'

/** `wasi:config/store`: the values that the host chose for this plugin, and no others. */
export function createConfig(gate: Gate) {
  const config = () => gate.grants.current.config
  const read = (key: string) => gate.check({ capability: 'config', operation: 'get', target: key }).allowed
  return {
    get: (key: string): string | undefined =>
      read(key) ? config().find((entry) => entry.key === key)?.value : undefined,
    getAll: (): [string, string][] =>
      config()
        .filter(({ key }) => read(key))
        .map(({ key, value }): [string, string] => [key, value]),
  }
}
