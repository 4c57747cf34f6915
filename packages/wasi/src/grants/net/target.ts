import { canonicalHost, canonicalPath, type NetTarget } from '@wasm-plugin/manifest/grammar'

/** A request as the plugin names it, before anything is known about it. */
export interface RequestTarget {
  readonly method: string
  readonly scheme: string
  readonly authority: string
  readonly pathWithQuery: string
}

/** The canonical target, and what to put on the wire so that the server sees what was checked. */
export interface WebTarget {
  readonly target: NetTarget & { readonly method: string; readonly port: number; readonly path: string }
  /** Path and query, normalised. */
  readonly wirePath: string
  /** For humans and audit: the URL without its query, which may hold secrets. */
  readonly label: string
}

export type TargetProblem = 'method' | 'uri' | 'uri-too-long'

const MAX_URI = 8_192
/** Visible ASCII without `#`, so nothing can end the request line or start a fragment. */
const WIRE_PATH = /^\/[!-"$-~]*$/
const AUTHORITY = /^(?<host>\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(?<port>[0-9]{1,5}))?$/u

/** Checks and normalises what a plugin asked for. CONNECT is refused: it would be a tunnel past every later check. */
export function parseWebTarget(request: RequestTarget): WebTarget | TargetProblem {
  const { scheme, authority, pathWithQuery } = request
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/.test(request.method)) return 'method'
  // As Node sends it, whatever the plugin wrote.
  const method = request.method.toUpperCase()
  if (method === 'CONNECT') return 'method'
  if (authority.length + pathWithQuery.length > MAX_URI) return 'uri-too-long'
  if ((scheme !== 'http' && scheme !== 'https') || !WIRE_PATH.test(pathWithQuery)) return 'uri'
  const parts = AUTHORITY.exec(authority)?.groups
  const host = canonicalHost(parts?.host ?? '')
  const port = parts?.port === undefined ? (scheme === 'http' ? 80 : 443) : Number(parts.port)
  if (host === null || port < 1 || port > 65_535) return 'uri'
  const origin = `${scheme}://${host}:${port}`
  if (!URL.canParse(origin + pathWithQuery)) return 'uri'
  const url = new URL(origin + pathWithQuery)
  const path = canonicalPath(url.pathname)
  return {
    target: { method, scheme, host, port, path },
    wirePath: path + url.search,
    label: url.origin + path,
  }
}
