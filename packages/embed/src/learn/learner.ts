import type { AccessEvent, GrantSet, GrantsInput, Paths } from '@wasm-plugin/wasi'
import { learnFs } from './learn-fs.js'
import { learnNet } from './learn-net.js'
import { folderOf, OF_DIRECTORY, READS, type UseOfRule, type UsesOfRule } from './uses.js'

/** Different uses remembered of one rule, and lines about those that are left out. */
const MAX_USES = 10_000
const MAX_LEFT_OUT = 1_000

/**
 * Watches what a plugin does with the grants that it was loaded with, and says which smaller ones would have been
 * enough. Lives as long as the plugin.
 */
export class Learner {
  readonly #scope: GrantsInput
  readonly #grants: GrantSet
  readonly #paths: Paths
  readonly #used = new Map<string, UsesOfRule>()
  readonly #leftOut = new Set<string>()

  /** `scope` as it was given, `grants` as they were understood. */
  constructor(scope: GrantsInput, grants: GrantSet, paths: Paths) {
    this.#scope = scope
    this.#grants = grants
    this.#paths = paths
  }

  /** Takes one decision. What was denied would not have been enough either way. */
  take({ operation, target, rule, decision }: AccessEvent): void {
    if (rule === null || decision === 'denied') return
    const used = this.#used.get(rule) ?? { rule, uses: new Map(), writes: false }
    this.#used.set(rule, used)
    used.writes ||= !READS.has(operation)
    const use = { operation, target }
    const key = `${operation} ${target}`
    if (!isExact(rule, use)) this.#leaveOut(use, 'its name is not known to the letter')
    else if (used.uses.size < MAX_USES) used.uses.set(key, use)
    else if (!used.uses.has(key)) this.#leaveOut({ operation, target: rule }, `more than ${MAX_USES} uses`)
  }

  /** The smallest grants for what the plugin has done so far. What is no right, such as `args`, is as it was. */
  learned(): GrantsInput {
    const { fs: _, net, env, config, keyvalue, app, ...others } = this.#scope
    const fs = learnFs(this.#uses('fs'), {
      scope: this.#scope.fs ?? [],
      grants: this.#grants,
      paths: this.#paths,
    })
    const allow = learnNet(this.#uses('net'), (use, reason) => this.#leaveOut(use, reason))
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
      ...learnApp(app, (name) => named(`app.${name}`)),
    }
  }

  /**
   * What was used and no rule can name, as one line each: `learned` has nothing of it, rather than more than was used.
   */
  leftOut(): string[] {
    // The network's are found when its patterns are made.
    this.learned()
    return [...this.#leftOut]
  }

  #leaveOut({ operation, target }: UseOfRule, reason: string): void {
    if (this.#leftOut.size < MAX_LEFT_OUT) this.#leftOut.add(`${operation} ${target}: ${reason}`)
  }

  #uses(capability: string): UsesOfRule[] {
    return [...this.#used.values()].filter(({ rule }) => rule.startsWith(`${capability} `))
  }
}

/**
 * An event shows controls and marks of direction as escapes, which a name could also have, and cuts long names. For a rule
 * about the folder of a file the name of the file need not be known.
 */
function isExact(rule: string, { operation, target }: UseOfRule): boolean {
  if (!rule.startsWith('fs ') && !rule.startsWith('net ')) return true
  if (target.endsWith('…')) return false
  const known = rule.startsWith('fs ') && !OF_DIRECTORY.has(operation) ? folderOf(target) : target
  return !known.includes('\\u{')
}

function denials(net: readonly string[]): string[] {
  return net.filter((pattern) => pattern.startsWith('!'))
}

function listed(env: GrantSet['env']): Record<string, string> {
  return Object.fromEntries(env.map(({ key, value }) => [key, value]))
}

/** Of each capability of the application's own the rules that were used. */
function learnApp(
  app: GrantsInput['app'],
  used: (name: string) => ReadonlySet<string>,
): Pick<GrantsInput, 'app'> {
  const entries = Object.entries(app ?? {}).flatMap(([name, rules]): [string, string[]][] => {
    const needed = used(name)
    const left = rules.filter((rule) => needed.has(rule))
    return left.length === 0 ? [] : [[name, left]]
  })
  return entries.length === 0 ? {} : { app: Object.fromEntries(entries) }
}

/** The entries of `scope` that were used, under their key; nothing if none were. */
function pick<K extends string, T>(key: K, scope: Record<string, T> | undefined, used: ReadonlySet<string>) {
  const entries = Object.entries(scope ?? {}).filter(([name]) => used.has(name))
  return (entries.length === 0 ? {} : { [key]: Object.fromEntries(entries) }) as {
    [P in K]?: Record<string, T>
  }
}
