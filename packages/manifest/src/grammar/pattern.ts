import { errors } from '../errors.js'
import { canonicalHost } from './host-name.js'
import { canonicalPath, isAmbiguousPath } from './path.js'

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
  const canonical = canonicalPath(path)
  if (canonical !== path) return `write the path as "${canonical}"`
  if (isAmbiguousPath(path))
    return 'servers could read the path as another one: it holds an encoded slash, or dots that some drop'
  return { path, below }
}
