/** What a request asks for. */
export interface Target {
  readonly path: string
  /** With its question mark, or empty. */
  readonly query: string
  /** Of a whole URL, which clients send to proxies. */
  readonly authority: string | undefined
}

/** Undefined for what no route is for: `*`, `host:port`, a URL with a user in it, and what holds other characters than URLs do. */
export function parseTarget(target: string): Target | undefined {
  if (target.length > MAX_TARGET || !/^[!-~]+$/.test(target)) return undefined
  if (target.startsWith('/')) return pathOf(target, undefined)
  const [, authority, rest] = /^https?:\/\/([^/?#@\\]+)((?:[/?].*)?)$/i.exec(target) ?? [
    undefined,
    undefined,
    target,
  ]
  const whole = authority !== undefined && !rest?.startsWith('/') ? `/${rest}` : (rest ?? '')
  return whole.startsWith('/') ? pathOf(whole, authority) : undefined
}

function pathOf(whole: string, authority: string | undefined): Target {
  const at = whole.indexOf('?')
  return at < 0
    ? { path: whole, query: '', authority }
    : { path: whole.slice(0, at), query: whole.slice(at), authority }
}

/** Characters; servers take as many or fewer. */
const MAX_TARGET = 16_000
