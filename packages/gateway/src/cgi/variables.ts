import type { HttpField } from '@wasm-plugin/host'
import { type Origin, withOrigin, withoutClaims } from '../http/forwarded.js'
import type { Routed } from '../http/routed.js'

/**
 * The variables of CGI/1.1, with those of WAGI and of Spin. What they hold is what the client sent, and their names are ours: a
 * field can be no variable but `HTTP_…`.
 */
export function variablesOf(
  { asked, origin, target, live, params }: Routed,
  contentLength: number,
): Record<string, string> {
  const { path, query } = target
  const { path: route } = live.route
  const base = route.replace(/\/\.\.\.$/, '')
  const script = scriptOf(base, path)
  const rawInfo = path.slice(script.length)
  const info = decoded(rawInfo)
  return {
    ...fieldVariables(toldFields(asked.fields, origin)),
    // A whole URL, or a proxy, may have named another host than the field.
    ...(origin.authority !== undefined && { HTTP_HOST: origin.authority }),
    ...Object.fromEntries(params.map(([name, value]) => [`X_PATH_MATCH_${nameOf(name)}`, value])),
    AUTH_TYPE: '',
    CONTENT_LENGTH: String(contentLength),
    CONTENT_TYPE: utf8(firstOf(asked.fields, 'content-type')),
    GATEWAY_INTERFACE: 'CGI/1.1',
    PATH_INFO: info,
    PATH_TRANSLATED: info,
    QUERY_STRING: query.slice(1),
    REMOTE_ADDR: origin.client,
    REMOTE_HOST: origin.client,
    REMOTE_USER: '',
    REQUEST_METHOD: asked.method,
    SCRIPT_NAME: script,
    ...serverVariables(origin),
    SERVER_PROTOCOL: 'HTTP/1.1',
    SERVER_SOFTWARE: 'WAGI/1',
    X_BASE_PATH: '/',
    X_CLIENT_ADDR: origin.client,
    X_COMPONENT_ROUTE: base,
    X_FULL_URL: `${origin.scheme}://${origin.authority ?? 'localhost'}${path}${query}`,
    X_MATCHED_ROUTE: route,
    X_RAW_COMPONENT_ROUTE: route,
    X_RAW_PATH_INFO: rawInfo,
  }
}

/** What the gateway knows has variables of its own; behind a proxy programs look for the fields too. */
function toldFields(fields: readonly HttpField[], origin: Origin): readonly HttpField[] {
  return origin.isProxied ? withOrigin(fields, origin, []) : withoutClaims(fields, origin)
}

/** What no program gets: `HTTP_PROXY` is where others look for the proxy to use, and the rest is for the server alone. */
const LEFT_OUT = new Set([
  ...['proxy', 'authorization', 'connection', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'te'],
  ...['trailer', 'transfer-encoding', 'upgrade', 'expect'],
])

/** One for each name; a name with an underscore could stand for that of another. */
function fieldVariables(fields: readonly HttpField[]): Record<string, string> {
  const variables = new Map<string, string>()
  for (const [name, value] of fields) {
    const key = name.toLowerCase()
    if (LEFT_OUT.has(key) || !/^[a-z0-9-]+$/.test(key)) continue
    const variable = `HTTP_${nameOf(key)}`
    const before = variables.get(variable)
    const separator = key === 'cookie' ? '; ' : ', '
    const text = utf8(value)
    variables.set(variable, before === undefined ? text : `${before}${separator}${text}`)
  }
  return Object.fromEntries(variables)
}

function serverVariables({ authority = 'localhost', scheme }: Origin): Record<string, string> {
  const [, host, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority) ?? []
  return { SERVER_NAME: host || 'localhost', SERVER_PORT: port || (scheme === 'https' ? '443' : '80') }
}

/** As much of the path as the route is for. */
function scriptOf(base: string, path: string): string {
  const count = base.split('/').length
  return path.split('/').slice(0, count).join('/')
}

function nameOf(text: string): string {
  return text.toUpperCase().replaceAll('-', '_')
}

function firstOf(fields: readonly HttpField[], wanted: string): string {
  return fields.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? ''
}

/** Of a value with one character per byte. */
function utf8(value: string): string {
  return /^[\0-\x7f]*$/.test(value) ? value : Buffer.from(value, 'latin1').toString('utf8')
}

/** Bytes that are no text become what stands for such. */
function decoded(path: string): string {
  if (!path.includes('%')) return path
  const bytes: number[] = []
  for (let at = 0; at < path.length; at++) {
    const hex = /^%([0-9a-fA-F]{2})/.exec(path.slice(at, at + 3))?.[1]
    bytes.push(hex === undefined ? path.charCodeAt(at) : Number.parseInt(hex, 16))
    if (hex !== undefined) at += 2
  }
  return new TextDecoder().decode(Uint8Array.from(bytes))
}
