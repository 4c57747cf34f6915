import { foldPath, isAmbiguousPath, readingsOf } from './path.js'
import type { NetRule } from './pattern.js'

/** One concrete use of the network, in canonical form (see `target.ts`). */
export interface NetTarget {
  readonly method: string | null
  readonly scheme: NetRule['scheme']
  readonly host: string
  readonly port: number | null
  readonly path: string | null
}

/** Whether a rule that allows names the target, to the letter. */
export function matchesNetRule(rule: NetRule, target: NetTarget): boolean {
  return matchesOrigin(rule, target) && matchesPath(rule, target.path)
}

/** The first of the rules that deny which names the target, in any of the ways in which a server may understand it. */
export function findDenial(rules: readonly NetRule[], target: NetTarget): NetRule | undefined {
  const near = rules.filter((rule) => matchesOrigin(rule, target))
  const everywhere = near.find(({ path }) => path === null)
  if (everywhere !== undefined || near.length === 0 || target.path === null) return everywhere
  const readings = readingsOf(target.path)
  return near.find((rule) => readings === null || deniesPath(rule, readings))
}

/** True when every target that `inner` matches is matched by `outer` too. */
export function coversNetRule(outer: NetRule, inner: NetRule): boolean {
  return (
    outer.scheme === inner.scheme &&
    (outer.port === '*' || outer.port === inner.port) &&
    (outer.method === null || outer.method === inner.method) &&
    coversHost(outer, inner) &&
    coversPath(outer, inner)
  )
}

/** The rule for the targets that both match; `undefined` if there are none. */
export function intersectNetRules(a: NetRule, b: NetRule): NetRule | undefined {
  const host = [a, b].find((rule) => coversHost(rule === a ? b : a, rule))
  const path = [a, b].find((rule) => coversPath(rule === a ? b : a, rule))
  const isPort = a.port === '*' || b.port === '*' || a.port === b.port
  const isMethod = a.method === null || b.method === null || a.method === b.method
  if (a.scheme !== b.scheme || !isPort || !isMethod || host === undefined || path === undefined)
    return undefined
  return {
    method: a.method ?? b.method,
    scheme: a.scheme,
    ...{ host: host.host, wildcard: host.wildcard },
    port: a.port === '*' ? b.port : a.port,
    ...{ path: path.path, below: path.below },
  }
}

function matchesOrigin(rule: NetRule, target: NetTarget): boolean {
  return (
    rule.scheme === target.scheme &&
    (rule.port === '*' || rule.port === target.port) &&
    (rule.method === null || rule.method === target.method) &&
    matchesHost(rule, target.host)
  )
}

function matchesHost({ host, wildcard }: NetRule, target: string): boolean {
  if (!wildcard) return host === target
  return target.length > host.length + 1 && target.endsWith(`.${host}`)
}

function matchesPath({ path, below }: NetRule, target: string | null): boolean {
  if (path === null) return true
  if (target === null) return false
  return (below ? target.startsWith(`${path}/`) : target === path) && !isAmbiguousPath(target)
}

function deniesPath({ path, below }: NetRule, readings: ReadonlySet<string>): boolean {
  const denied = withoutSlash(foldPath(path ?? ''))
  return [...readings].some((reading) =>
    below ? reading.startsWith(`${denied}/`) : withoutSlash(reading) === denied,
  )
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path
}

function coversHost(outer: NetRule, inner: NetRule): boolean {
  if (!outer.wildcard) return !inner.wildcard && inner.host === outer.host
  return matchesHost(outer, inner.host) || (inner.wildcard && inner.host === outer.host)
}

function coversPath(outer: NetRule, inner: NetRule): boolean {
  if (outer.path === null) return true
  if (inner.path === null) return false
  if (!outer.below) return !inner.below && inner.path === outer.path
  return inner.path.startsWith(`${outer.path}/`) || (inner.below && inner.path === outer.path)
}
