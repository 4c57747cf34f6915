import type { AccessEvent, GrantSet, GrantsInput } from '../capability/index.js'
import { learnFs } from './learn-fs.js'
import { learnNet } from './learn-net.js'

/** Different uses remembered of one rule; a plugin with more is taken to need all of the rule. */
const MAX_USES = 10_000

/** What a plugin used of one rule of its scope. */
export interface UsesOfRule {
  /** Text of the rule. */
  readonly rule: string
  /** By operation and target, each once; `null` when there were too many to tell apart. */
  uses: Map<string, Pick<AccessEvent, 'operation' | 'target'>> | null
}

/**
 * Watches what a plugin does with the grants that it was loaded with, and says which smaller ones would have been
 * enough. Lives as long as the plugin.
 */
export class Learner {
  readonly #scope: GrantsInput
  readonly #grants: GrantSet
  readonly #used = new Map<string, UsesOfRule>()

  /** `scope` as it was given, `grants` as they were understood. */
  constructor(scope: GrantsInput, grants: GrantSet) {
    this.#scope = scope
    this.#grants = grants
  }

  /** Takes one decision. What was denied would not have been enough either way. */
  take({ operation, target, rule, decision }: AccessEvent): void {
    if (rule === null || decision === 'denied') return
    const used = this.#used.get(rule) ?? { rule, uses: new Map() }
    this.#used.set(rule, used)
    used.uses?.set(`${operation} ${target}`, { operation, target })
    // The event shows such a target changed, or cut.
    const isPlain = !target.includes('\\u{') && !target.endsWith('…')
    if (!isPlain || (used.uses?.size ?? 0) > MAX_USES) used.uses = null
  }

  /** The smallest grants for what the plugin has done so far. What is no right, such as `args`, is as it was. */
  learned(): GrantsInput {
    const { fs: _, net, env, config, keyvalue, ...others } = this.#scope
    const fs = learnFs(this.#uses('fs'), { scope: this.#scope.fs ?? [], grants: this.#grants })
    const allow = learnNet(this.#uses('net'))
    const named = (capability: string) =>
      new Set(this.#uses(capability).map(({ rule }) => rule.slice(capability.length + 1)))
    return {
      ...others,
      ...(fs.length === 0 ? {} : { fs }),
      ...(allow.length === 0
        ? {}
        : { net: Array.isArray(net) ? [...allow, ...denials(net)] : { ...net, allow } }),
      ...pick('env', Array.isArray(env) ? listed(this.#grants.env) : env, named('env')),
      ...pick('config', config, named('config')),
      ...pick('keyvalue', keyvalue, named('keyvalue')),
    }
  }

  #uses(capability: string): UsesOfRule[] {
    return [...this.#used.values()].filter(({ rule }) => rule.startsWith(`${capability} `))
  }
}

function denials(net: readonly string[]): string[] {
  return net.filter((pattern) => pattern.startsWith('!'))
}

function listed(env: GrantSet['env']): Record<string, string> {
  return Object.fromEntries(env.map(({ key, value }) => [key, value]))
}

/** The entries of `scope` that were used, under their key; nothing if none were. */
function pick<K extends string, T>(key: K, scope: Record<string, T> | undefined, used: ReadonlySet<string>) {
  const entries = Object.entries(scope ?? {}).filter(([name]) => used.has(name))
  return (entries.length === 0 ? {} : { [key]: Object.fromEntries(entries) }) as {
    [P in K]?: Record<string, T>
  }
}
