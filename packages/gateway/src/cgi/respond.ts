import type { HttpField, HttpResponse, Plugin, ProgramRun } from '@wasm-plugin/host'
import { errors } from '../errors/index.js'
import type { Routed } from '../http/routed.js'
import { argumentsOf } from './arguments.js'
import { type Head, MAX_HEAD, parseHead } from './head.js'
import { variablesOf } from './variables.js'

/** Bytes of a body without a length that are waited for: programs count what they read by `CONTENT_LENGTH`. */
const MAX_UNKNOWN = 8 << 20

/**
 * Has a program answer a request: the body is its stdin, and its stdout is the response. One that ends before it has written
 * 64 KiB is heard to its end, so that what fails is told by its status; the output of others goes on as it comes.
 */
export async function respondByProgram(request: Routed): Promise<HttpResponse> {
  const { live, asked, target, signal } = request
  const { argv, isWagi = false } = live.route.cgi ?? {}
  const { stdin, length } = await inputOf(request)
  const run = (live.plugin as Plugin).run({
    args: argumentsOf(target, argv),
    env: variablesOf(request, length),
    stdin,
    stderr: 'log',
    signal,
  })
  const begun = await begin(run)
  const head = readHead(run, () => parseHead(begun.bytes, isWagi))
  const hasBody = asked.method !== 'HEAD' && ![204, 205, 304].includes(head.status)
  const first = begun.bytes.subarray(head.end)
  if (!hasBody && begun.rest !== undefined) run.kill()
  return {
    status: head.status,
    headers: withLength(head, { hasBody, whole: begun.rest === undefined ? first.length : undefined }),
    body: hasBody ? bodyOf(first, begun.rest, head.length) : nothing(),
    whole: () => (!hasBody ? NOTHING : begun.rest === undefined ? first : undefined),
    isWhole: !hasBody || begun.rest === undefined,
    trailers: () => [],
    ended: hasBody
      ? run.exitCode.then(
          () => undefined,
          (error) => error,
        )
      : OVER,
  }
}

/** A program whose output is no response has nothing more to say. */
function readHead(run: ProgramRun, read: () => Head): Head {
  try {
    return read()
  } catch (error) {
    run.kill()
    throw error
  }
}

/** What else comes of the program is nobody's. */
const OVER = Promise.resolve(undefined)

/** @throws {CGI_REQUEST_TOO_LARGE} */
async function inputOf({ asked, body }: Routed) {
  if (body === null) return { stdin: null, length: 0 }
  if (body instanceof Uint8Array) return { stdin: body, length: body.length }
  if (asked.length !== undefined) return { stdin: body, length: asked.length }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > MAX_UNKNOWN) throw errors.CGI_REQUEST_TOO_LARGE({ maxBytes: MAX_UNKNOWN })
    chunks.push(chunk)
  }
  return { stdin: Buffer.concat(chunks), length }
}

interface Begun {
  readonly bytes: Uint8Array
  /** What comes after them; undefined where that is all. */
  readonly rest: AsyncIterator<Uint8Array> | undefined
}

/** @throws {CGI_NO_OUTPUT} {CGI_EXIT} and whatever ends a program */
async function begin({ stdout, exitCode }: ProgramRun): Promise<Begun> {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = stdout[Symbol.asyncIterator]()
  while (length <= MAX_HEAD) {
    const { done, value } = await reader.next()
    if (done) {
      const status = await exitCode
      if (status !== 0) throw errors.CGI_EXIT({ status })
      if (length === 0) throw errors.CGI_NO_OUTPUT({})
      return { bytes: Buffer.concat(chunks), rest: undefined }
    }
    length += value.length
    chunks.push(value)
  }
  return { bytes: Buffer.concat(chunks), rest: reader }
}

/** @throws {CGI_RESPONSE_INVALID} */
function withLength(
  { status, fields, length }: Head,
  { hasBody, whole }: { hasBody: boolean; whole: number | undefined },
): readonly HttpField[] {
  if (hasBody && whole !== undefined && length !== undefined && length !== whole) throw wrongLength()
  // Of an answer to HEAD it is what a body would have had.
  const known = hasBody
    ? (whole ?? length)
    : status === 204 || status === 205
      ? undefined
      : (length ?? (whole || undefined))
  return known === undefined ? fields : [...fields, ['content-length', String(known)]]
}

async function* bodyOf(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array> | undefined,
  length: number | undefined,
): AsyncGenerator<Uint8Array> {
  let left = length ?? Number.POSITIVE_INFINITY
  if (first.length > 0) yield first
  if (rest === undefined) return
  left -= first.length
  try {
    for (;;) {
      if (left < 0) throw wrongLength()
      const { done, value } = await rest.next()
      if (done) break
      left -= value.length
      if (left >= 0) yield value
    }
  } finally {
    await rest.return?.()
  }
  if (length !== undefined && left !== 0) throw wrongLength()
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

const NOTHING = new Uint8Array()

function wrongLength() {
  return errors.CGI_RESPONSE_INVALID({ reason: 'its body is not as long as its `content-length` says' })
}
