import { matchesNetRule, type NetRule, parseNetPattern, printNetPattern } from '../capability/index.js'
import type { UsesOfRule } from './learner.js'

/** Paths of one host that are granted one by one; of more, what they have in common is. */
const MAX_PATHS = 8

/** The patterns that match what was used and as little else as the grammar can say. */
export function learnNet(used: readonly UsesOfRule[]): string[] {
  const rules = used.flatMap(({ rule, uses }) => {
    const scope = parseNetPattern(rule.slice('net '.length))
    return uses === null ? [scope] : [...uses.values()].map((use) => narrowest(scope, use))
  })
  const patterns = [...gatherPaths(rules)]
  const sockets = new Set(
    rules.filter(({ scheme }) => scheme === 'tcp' || scheme === 'udp').map(({ host }) => host),
  )
  // Who may open a socket to a name may look it up.
  return [
    ...new Set(
      patterns.filter(({ scheme, host }) => scheme !== 'dns' || !sockets.has(host)).map(printNetPattern),
    ),
  ].sort()
}

/** The smallest rule for one use, as events describe it; the rule that allowed it where nothing smaller can be said. */
function narrowest(scope: NetRule, { operation, target }: { operation: string; target: string }): NetRule {
  const tries = /^https?:/.test(target)
    ? [`${operation} ${target}`, target, `${operation} ${originOf(target)}`, originOf(target)]
    : [target]
  for (const pattern of tries) {
    const rule = parsed(pattern)
    if (rule !== undefined && covers(scope, rule) && says(rule, operation, target)) return rule
  }
  return scope
}

function originOf(url: string): string {
  return url.slice(0, url.indexOf('/', url.indexOf('://') + 3))
}

function parsed(pattern: string): NetRule | undefined {
  try {
    return parseNetPattern(pattern)
  } catch {
    return undefined
  }
}

/** The event names one of the names of an address; another one may be what was allowed. */
function covers(scope: NetRule, { method, scheme, host, port, path }: NetRule): boolean {
  if (port === '*') return false
  // A rule for sockets allows the look-up too.
  const part = scheme === 'dns' ? { ...scope, scheme, port: null } : scope
  return matchesNetRule({ ...part, path: null }, { method: method ?? scope.method, scheme, host, port, path })
}

/** Some paths match no rule that names a path; see `isAmbiguousPath`. */
function says(rule: NetRule, operation: string, target: string): boolean {
  if (rule.path === null) return true
  const url = new URL(target)
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  const { scheme, host } = rule
  return matchesNetRule(rule, { method: operation, scheme, host, port, path: url.pathname })
}

/** Many paths of one host, scheme, port and method become one rule for the folder that they share, or for all paths. */
function gatherPaths(rules: readonly NetRule[]): NetRule[] {
  const groups = new Map<string, NetRule[]>()
  for (const rule of rules) {
    const key = printNetPattern({ ...rule, path: null })
    groups.set(key, [...(groups.get(key) ?? []), rule])
  }
  return [...groups.values()].flatMap((group) => {
    const paths = [...new Set(group.map(({ path }) => path))]
    const [first] = group
    if (first === undefined || (paths.length <= MAX_PATHS && !paths.includes(null))) return group
    const shared = paths.includes(null) ? '' : sharedFolder(paths as string[])
    return [shared === '' ? { ...first, path: null, below: false } : { ...first, path: shared, below: true }]
  })
}

/** `/v1` for `/v1/a` and `/v1/b/c`; empty if there is none. */
function sharedFolder(paths: readonly string[]): string {
  const split = paths.map((path) => path.split('/').slice(0, -1))
  const [first = []] = split
  const end = first.findIndex((segment, index) => split.some((other) => other[index] !== segment))
  return (end === -1 ? first : first.slice(0, end)).join('/')
}
