import { errors } from '../../errors/capability-codes.js'
import { canonicalHost } from './host-name.js'

export type NetScheme = 'http' | 'https' | 'tcp' | 'udp' | 'dns'

/** One parsed network pattern. Every field is canonical, so that equal patterns are equal data. */
export interface NetRule {
  /** `null` is every method. */
  readonly method: string | null
  readonly scheme: NetScheme
  /** Canonical name or address (IPv6 in brackets); what follows `*.` when `wildcard` is set. */
  readonly host: string
  readonly wildcard: boolean
  /** `*` is every port; `null` only for `dns`, which has none. */
  readonly port: number | '*' | null
  /** Canonical path without query; `null` is every path. */
  readonly path: string | null
  /** The rule covers what lies below `path`, and not `path` itself. */
  readonly below: boolean
}

/** One concrete use of the network, in canonical form (see `target.ts`). */
export interface NetTarget {
  readonly method: string | null
  readonly scheme: NetScheme
  readonly host: string
  readonly port: number | null
  readonly path: string | null
}

const SHAPE =
  /^(?:(?<method>[A-Z][A-Z-]*) )?(?<scheme>[a-z]+):\/\/(?<authority>[^/\s?#@\\]+)(?<path>\/[^\s?#\\]*)?$/u
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 }
const MAX_LENGTH = 2_048

/**
 * Parses `[METHOD ]scheme://host[:port][/path]`. A host may be `*.` and a domain of two labels or more: every name
 * below the domain, at any depth, and not the domain itself. A path may end in `/**`: everything below. A pattern
 * matches exactly what it says: no port means the scheme's own port, `:*` every port, no path every path, no method
 * every method.
 *
 * @throws {NET_PATTERN_INVALID}
 */
export function parseNetPattern(pattern: string): NetRule {
  const invalid = (reason: string) => errors.NET_PATTERN_INVALID({ pattern: pattern.slice(0, 200), reason })
  if (pattern.length > MAX_LENGTH) throw invalid(`it is longer than ${MAX_LENGTH} characters`)
  const parts = SHAPE.exec(pattern)?.groups
  if (parts === undefined) throw invalid('it is not of the form [METHOD ]scheme://host[:port][/path]')
  const scheme = parts.scheme as NetScheme
  if (!['http', 'https', 'tcp', 'udp', 'dns'].includes(scheme)) throw invalid(`unknown scheme "${scheme}"`)
  const web = scheme === 'http' || scheme === 'https'
  if (!web && parts.method !== undefined) throw invalid('only http and https have methods')
  if (!web && parts.path !== undefined) throw invalid('only http and https have paths')
  const authority = parseAuthority(parts.authority ?? '', scheme)
  if (typeof authority === 'string') throw invalid(authority)
  const path = parsePath(parts.path)
  if (typeof path === 'string') throw invalid(path)
  return Object.freeze({ method: parts.method ?? null, scheme, ...authority, ...path })
}

export function isNetPattern(pattern: string): boolean {
  try {
    parseNetPattern(pattern)
    return true
  } catch {
    return false
  }
}

/** The canonical text of a rule; parsing it gives the rule back. */
export function printNetPattern(rule: NetRule): string {
  const method = rule.method === null ? '' : `${rule.method} `
  const port = rule.port === null || rule.port === DEFAULT_PORTS[rule.scheme] ? '' : `:${rule.port}`
  const path = rule.path === null ? '' : rule.below ? `${rule.path}/**` : rule.path
  return `${method}${rule.scheme}://${rule.wildcard ? '*.' : ''}${rule.host}${port}${path}`
}

export function matchesNetRule(rule: NetRule, target: NetTarget): boolean {
  return (
    rule.scheme === target.scheme &&
    (rule.port === '*' || rule.port === target.port) &&
    (rule.method === null || rule.method === target.method) &&
    matchesHost(rule, target.host) &&
    matchesPath(rule, target.path)
  )
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

function parseAuthority(
  text: string,
  scheme: NetScheme,
): Pick<NetRule, 'host' | 'wildcard' | 'port'> | string {
  const match = /^(?<host>\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(?<port>\*|[0-9]{1,5}))?$/u.exec(text)?.groups
  if (match?.host === undefined) return 'the host or the port is malformed'
  const wildcard = match.host.startsWith('*.')
  const name = wildcard ? match.host.slice(2) : match.host
  if (name.includes('*')) return 'a wildcard must be the whole first label of the host, as in *.example.com'
  const host = canonicalHost(name)
  if (host === null) return 'the host is not a valid name or address'
  if (wildcard && (!host.includes('.') || /^[\d.]+$|^\[/.test(host)))
    return 'a wildcard needs a domain of two labels or more after it'
  const port = parsePort(match.port, scheme)
  if (scheme === 'dns' && port !== null) return 'dns has no port'
  if ((scheme === 'tcp' || scheme === 'udp') && port === null) return `${scheme} needs a port`
  if (typeof port === 'number' && (port < 1 || port > 65_535)) return 'the port must be between 1 and 65535'
  return { host, wildcard, port }
}

function parsePort(text: string | undefined, scheme: NetScheme): NetRule['port'] {
  if (text === undefined) return DEFAULT_PORTS[scheme] ?? null
  return text === '*' ? '*' : Number(text)
}

function parsePath(text: string | undefined): Pick<NetRule, 'path' | 'below'> | string {
  if (text === undefined || text === '/**') return { path: null, below: false }
  const below = text.endsWith('/**')
  const path = below ? text.slice(0, -3) : text
  if (path.includes('*')) return 'a path may hold a wildcard only as a final /**'
  if (below && path.endsWith('/')) return 'the path has an empty segment before /**'
  const canonical = new URL(`http://host${path}`).pathname
  if (canonical !== path) return `write the path as "${canonical}"`
  if (isAmbiguousPath(path)) return 'the path holds an encoded slash or dot segment'
  return { path, below }
}

function matchesHost({ host, wildcard }: NetRule, target: string): boolean {
  if (!wildcard) return host === target
  return target.length > host.length + 1 && target.endsWith(`.${host}`)
}

function matchesPath({ path, below }: NetRule, target: string | null): boolean {
  if (path === null) return true
  if (target === null || isAmbiguousPath(target)) return false
  return below ? target.startsWith(`${path}/`) : target === path
}

/**
 * True when a server that decodes the path once more could see other segments than we do: `..%2fadmin`,
 * `%252e%252e`, `a%5cb`, a path parameter after dots. Such a path never matches a rule that names a path.
 */
export function isAmbiguousPath(path: string): boolean {
  return path.split('/').some((segment) => {
    let text = segment
    for (let round = 0; round < 4; round++) {
      if (round > 0 && /[/\\]/.test(text)) return true
      if (/^\.{1,2}(;.*)?$/.test(text)) return true
      const decoded = text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
      if (decoded === text) return text.includes('\\') || /\p{Cc}/u.test(text)
      text = decoded
    }
    return true
  })
}
