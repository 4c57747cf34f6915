import { PluginError } from '@wasm-plugin/runtime'
import { errors } from '../errors/index.js'
import { checkSize, collect } from './collect.js'
import type { ReadOptions } from './read-options.js'

export function isWebUrl(source: string | URL): boolean {
  return /^https?:/i.test(String(source))
}

/** `https://x.example/a/render.component.wasm` → `render` */
export function nameInUrl(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/(\.component)?\.wasm$/, '')
  return name === '' ? 'plugin' : name
}

/** @throws {SOURCE_UNREADABLE} {LIMIT_EXCEEDED} {HOST_CLOSED} */
export async function fetchBytes(url: URL, options: ReadOptions) {
  checkPrivacy(url, options.integrity)
  const { timeoutMs, ending } = options
  const late = AbortSignal.timeout(timeoutMs)
  const response = await reading(shown(url), options, late, () =>
    fetch(withoutCredentials(url), { headers: credentials(url), signal: AbortSignal.any([ending, late]) }),
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
  const { maxBytes, ending } = options
  checkSize(expected, maxBytes)
  const stop = AbortSignal.any([ending, late])
  const bytes = await reading(source, options, late, () =>
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

async function reading<T>(
  source: string,
  { ending, timeoutMs }: ReadOptions,
  late: AbortSignal,
  read: () => Promise<T>,
): Promise<T> {
  // The timer of a signal does not keep the process alive for whoever waits for the load.
  const held = setTimeout(() => {}, timeoutMs)
  try {
    return await read()
  } catch (error) {
    ending.throwIfAborted()
    if (PluginError.is(error)) throw error
    const reason = late.aborted ? `it took longer than ${timeoutMs} ms` : reasonOf(error)
    throw errors.SOURCE_UNREADABLE({ source, reason }, error)
  } finally {
    clearTimeout(held)
  }
}

/** `fetch` says "fetch failed", and why in the cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error
  return cause instanceof Error && cause.message !== '' ? cause.message : message
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
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** Without user, password and query, which may be secrets. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`
}
