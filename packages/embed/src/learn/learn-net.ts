import { matchesNetRule, type NetRule, parseNetPattern, printNetPattern } from '@wasm-plugin/manifest/grammar'
import type { LeaveOut, UseOfRule, UsesOfRule } from './uses.js'

/** Paths of one folder that are granted one by one; of more, the folder that they share is. */
const MAX_PATHS = 8

/** The patterns that match what was used and as little else as the grammar can say. What it cannot say is left out. */
export function learnNet(used: readonly UsesOfRule[], leaveOut: LeaveOut): string[] {
  const rules = used.flatMap(({ rule, uses }) => {
    const scope = parseNetPattern(rule.slice('net '.length))
    return [...uses.values()].flatMap((use) => {
      const learned = ruleOf(scope, use)
      if (learned === undefined) leaveOut(use, 'no pattern names it and nothing else')
      return learned ?? []
    })
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

/** The rule for one use, as events describe it, and for nothing else. */
function ruleOf(scope: NetRule, { operation, target }: UseOfRule): NetRule | undefined {
  const isWeb = /^https?:/.test(target)
  const rule = isWeb ? webRule(operation, target) : parsed(target)
  if (rule !== undefined && covers(scope, rule)) return rule
  // The event names one of the names of an address; another one may be what was allowed.
  return isWeb || scope.wildcard || scope.port === '*' ? undefined : scope
}

/** `undefined` where a pattern would read the method or the path as something else, such as a path with a `*`. */
function webRule(method: string, target: string): NetRule | undefined {
  const origin = originOf(target)
  const path = target.slice(origin.length)
  const rule = parsed(`${method} ${target}`)
  return rule?.method === method && rule.path === path && !rule.below ? rule : undefined
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

function covers(scope: NetRule, { method, scheme, host, port, path }: NetRule): boolean {
  if (port === '*') return false
  // A rule for sockets allows the look-up too.
  const part = scheme === 'dns' ? { ...scope, scheme, port: null } : scope
  return matchesNetRule(part, { method, scheme, host, port, path })
}

/** Many paths below one folder of a host, for one scheme, port and method, become one rule for what they share of it. */
function gatherPaths(rules: readonly NetRule[]): NetRule[] {
  const groups = new Map<string, NetRule[]>()
  for (const rule of rules) {
    const key = printNetPattern({ ...rule, path: firstFolder(rule.path ?? '') })
    groups.set(key, [...(groups.get(key) ?? []), rule])
  }
  return [...groups.values()].flatMap((group) => {
    const paths = [...new Set(group.flatMap(({ path }) => path ?? []))]
    const [first] = group
    const shared = sharedFolder(paths)
    if (first === undefined || paths.length <= MAX_PATHS || shared === '') return group
    return [{ ...first, path: shared, below: true }]
  })
}

/** `/v1` for `/v1/a`; empty for what lies at the root. */
function firstFolder(path: string): string {
  return path.slice(0, Math.max(0, path.indexOf('/', 1)))
}

/** `/v1` for `/v1/a` and `/v1/b/c`; empty if there is none. */
function sharedFolder(paths: readonly string[]): string {
  const split = paths.map((path) => path.split('/').slice(0, -1))
  const [first = []] = split
  const end = first.findIndex((segment, index) => split.some((other) => other[index] !== segment))
  return (end === -1 ? first : first.slice(0, end)).join('/')
}
