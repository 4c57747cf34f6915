import type { Gate } from '../../grants/gate.js'
import type { Program } from './program.js'

/**
 * `wasi:cli/environment`. Each variable is one decision, and so is each one that the manifest asks for in vain: the
 * plugin sees it absent, and the host's log says why. What a program is given for its run is decided already.
 */
export function createEnvironment(gate: Gate, program: Program) {
  const read = (key: string) => gate.check({ capability: 'env', operation: 'read', target: key }).allowed
  return {
    getEnvironment(): [string, string][] {
      const { env, refused } = gate.grants.current
      const given = program.started?.env ?? []
      const isGiven = new Set(given.map(([key]) => key))
      const granted = env.filter(({ key }) => !isGiven.has(key))
      for (const key of refused.env) if (!isGiven.has(key)) read(key)
      return [
        ...granted.filter(({ key }) => read(key)).map(({ key, value }): [string, string] => [key, value]),
        ...given.map(([key, value]): [string, string] => [key, value]),
      ]
    },
    getArguments: (): string[] => [...(program.started?.args ?? gate.grants.current.args)],
    initialCwd: (): string | undefined => undefined,
  }
}
