import type { Gate } from '../../grants/gate.js'

/**
 * `wasi:cli/environment`. Each variable is one decision, and so is each one that the manifest asks for in vain: the
 * plugin sees it absent, and the host's log says why.
 */
export function createEnvironment(gate: Gate) {
  const read = (key: string) => gate.check({ capability: 'env', operation: 'read', target: key }).allowed
  return {
    getEnvironment(): [string, string][] {
      const { env, refused } = gate.grants.current
      for (const key of refused.env) read(key)
      return env.filter(({ key }) => read(key)).map(({ key, value }) => [key, value])
    },
    getArguments: (): string[] => [...gate.grants.current.args],
    initialCwd: (): string | undefined => undefined,
  }
}
