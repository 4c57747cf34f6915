import { errors } from '../errors/index.js'
import { checkSize, collect } from './collect.js'
import { inTime } from './in-time.js'
import type { ReadOptions } from './read-options.js'
import { shownName } from './shown-name.js'

export function isWebUrl(source: string | URL): boolean {
  return /^https?:/i.test(String(source))
}

/** `https://x.example/a/render.component.wasm` → `render` */
export function nameInUrl(path: string): string {
  return shownName(path.slice(path.lastIndexOf('/') + 1).replace(/(\.component)?\.wasm$/, ''))
}

/** @throws {SOURCE_UNREADABLE} {LIMIT_EXCEEDED} {HOST_CLOSED} */
export async function fetchBytes(url: URL, options: ReadOptions) {
  checkPrivacy(url, options.integrity)
  const late = AbortSignal.timeout(options.timeoutMs)
  const response = await inTime(shown(url), options, late, (signal) =>
    fetch(withoutCredentials(url), { headers: credentials(url), signal }),
  )
  // A redirect may lead to where nothing protects the bytes.
  if (response.url !== '') checkPrivacy(new URL(response.url), options.integrity)
  return await responseBytes(response, options, late)
}

/** @throws {SOURCE_UNREADABLE} {LIMIT_EXCEEDED} {HOST_CLOSED} */
export async function responseBytes(
  response: Response,
  options: ReadOptions,
  late: AbortSignal = AbortSignal.timeout(options.timeoutMs),
) {
  const source = response.url === '' ? 'a response' : shown(new URL(response.url))
  const refuse = (reason: string) => errors.SOURCE_UNREADABLE({ source, reason })
  if (!response.ok) {
    await response.body?.cancel().catch(() => {})
    throw refuse(`the answer is ${response.status}`)
  }
  if (response.bodyUsed) throw refuse('the response was read before')
  const expected = Number(response.headers.get('content-length') ?? 0)
  const { maxBytes } = options
  checkSize(expected, maxBytes)
  const bytes = await inTime(source, options, late, (stop) =>
    collect(untilAborted(response.body, stop), {
      maxBytes,
      expected: Number.isSafeInteger(expected) ? expected : 0,
    }),
  )
  return { bytes, label: response.url === '' ? 'plugin' : nameInUrl(new URL(response.url).pathname) }
}

/** Ends the stream with the signal: a response of the application's own has no other end. */
async function* untilAborted(body: Response['body'], signal: AbortSignal) {
  if (body === null) return
  const reader = body.getReader()
  const stop = () => void reader.cancel(signal.reason).catch(() => {})
  signal.addEventListener('abort', stop, { once: true })
  try {
    for (;;) {
      signal.throwIfAborted()
      const { done, value } = await reader.read()
      signal.throwIfAborted()
      if (done) return
      yield value
    }
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

function checkPrivacy(url: URL, integrity: string | undefined): void {
  if (url.protocol === 'https:' || integrity !== undefined || LOOPBACK.test(url.hostname)) return
  throw errors.SOURCE_UNREADABLE({
    source: shown(url),
    reason: `anybody on the way can change what ${url.protocol} carries: use https:, or pin the bytes with \`integrity\``,
  })
}

/** `fetch` refuses a URL that has them, and shows them when it does. */
function withoutCredentials(url: URL): URL {
  const plain = new URL(url)
  plain.username = plain.password = ''
  return plain
}

function credentials({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(pair)))}` }
}

/** Without user, password and query, which may be secrets. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`
}
