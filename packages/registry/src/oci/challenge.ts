/** What a registry wants to see, as its `WWW-Authenticate` says. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service: string | undefined }

/** The best of the challenges of an answer with the status 401. */
export function parseChallenge(header: string | readonly string[] | undefined): Challenge | undefined {
  const text = typeof header === 'string' ? header : (header ?? []).join(', ')
  const bearer = /(?:^|,)\s*bearer\s+(.*)$/is.exec(text)?.[1]
  if (bearer !== undefined) {
    const parameters = new Map([...bearer.matchAll(PARAMETER)].map(readParameter))
    const realm = parameters.get('realm')
    if (realm !== undefined) return { scheme: 'bearer', realm, service: parameters.get('service') }
  }
  return /(?:^|,)\s*basic(?:\s|,|$)/i.test(text) ? { scheme: 'basic' } : undefined
}

const PARAMETER = /([a-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/gi

function readParameter([, name = '', quoted, plain = '']: RegExpMatchArray): [string, string] {
  return [name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain]
}
