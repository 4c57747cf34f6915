import type { HttpField } from '@wasm-plugin/host'
import { respondByProgram } from './cgi/respond.js'
import type { Answer, Asked } from './http/answer.js'
import { BodyLimit } from './http/body-limit.js'
import { type Failure, failureOf, failures } from './http/failure.js'
import type { Proxies } from './http/forwarded.js'
import { respondByHandler } from './http/handler.js'
import { answerOf } from './http/refusal.js'
import { parseTarget } from './http/target.js'
import type { RouteTable } from './routes/table.js'

export interface Asking {
  readonly table: RouteTable
  readonly proxies: Proxies
}

/** Has the plugin of a route answer; what goes wrong before the response begins is an answer too. */
export async function ask({ table, proxies }: Asking, asked: Asked, id: string): Promise<Answer> {
  const target = parseTarget(asked.target)
  if (target === undefined) return answerOf(failures.badTarget, id)
  const { authority = asked.direct.authority, path } = target
  if (isAmbiguous(asked.fields)) return answerOf(failures.badHost, id)
  // A spread of which a part is said anew is the dearest part of a small request.
  const { client, scheme } = asked.direct
  const origin = proxies.originOf({ client, scheme, authority }, asked.fields)
  const found = table.find(path, origin.authority)
  if (found === undefined) return answerOf(failures.noRoute, id)
  const { live, params } = found
  const { label: route } = live
  const refused = (failure: Failure): Answer => ({ ...answerOf(failure, id), route })
  const { maxBodyBytes = live.isInline ? INLINE_BODY : Number.POSITIVE_INFINITY } = live.route
  if ((asked.length ?? 0) > maxBodyBytes) return refused(failures.tooLarge)
  // Whatever ends it early, there is nobody any more to tell.
  const body =
    asked.body === null
      ? null
      : await bodyOf(asked.body, live.isInline ? maxBodyBytes : undefined).catch(() => undefined)
  if (body === undefined) return refused(failures.left)
  const isThere = body === null || body instanceof Uint8Array
  if (body instanceof Uint8Array && body.length > maxBodyBytes) return refused(failures.tooLarge)
  const limit = isThere || maxBodyBytes === Number.POSITIVE_INFINITY ? undefined : new BodyLimit(maxBodyBytes)
  try {
    const respond = live.kind === 'program' ? respondByProgram : respondByHandler
    const response = await respond({
      live,
      params,
      asked,
      target,
      origin,
      body: isThere || limit === undefined ? body : limit.of(body),
      signal: limit === undefined ? asked.signal : AbortSignal.any([asked.signal, limit.signal]),
    })
    const cutFor = limit && (() => (limit.signal.aborted ? failures.tooLarge : undefined))
    return { response, failure: undefined, route, cutFor }
  } catch (error) {
    return refused(limit?.signal.aborted ? failures.tooLarge : failureOf(error))
  }
}

/** Bytes of a body that is there before its plugin is asked. */
const INLINE_BODY = 64 << 10

/** The body, which is read where only so many bytes may be there: one byte too many is enough. */
async function bodyOf(
  read: NonNullable<Asked['body']>,
  readsTo: number | undefined,
): ReturnType<typeof read> {
  const body = await read()
  if (readsTo === undefined || body instanceof Uint8Array) return body
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > readsTo) break
  }
  return Buffer.concat(chunks)
}

/** Whoever stands in front may have taken another one of several hosts, or another part of one. */
function isAmbiguous(fields: readonly HttpField[]): boolean {
  let hosts = 0
  for (const [name, value] of fields)
    if (name.length === HOST.length && name.toLowerCase() === HOST)
      if (++hosts > 1 || /[/?#@\\]/.test(value)) return true
  return false
}

const HOST = 'host'
