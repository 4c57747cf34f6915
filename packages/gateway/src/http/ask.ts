import type { HttpField } from '@wasm-plugin/host'
import type { LiveRoute, Match, RouteTable } from '../routes/table.js'
import type { Answer, Asked } from './answer.js'
import { type Failure, failureOf, failures } from './failure.js'
import { type Proxies, withOrigin } from './forwarded.js'
import { answerOf } from './refusal.js'
import { parseTarget } from './target.js'

export interface Asking {
  readonly table: RouteTable
  readonly proxies: Proxies
}

/** Has the plugin of a route answer; what goes wrong before the response begins is an answer too. */
export async function ask({ table, proxies }: Asking, asked: Asked, id: string): Promise<Answer> {
  const target = parseTarget(asked.target)
  if (target === undefined) return answerOf(failures.badTarget, id)
  const { authority = asked.direct.authority, path, query } = target
  if (isAmbiguous(asked.fields)) return answerOf(failures.badHost, id)
  const origin = proxies.originOf({ ...asked.direct, authority }, asked.fields)
  const found = table.find(path, origin.authority)
  if (found === undefined) return answerOf(failures.noRoute, id)
  const { live } = found
  const { label: route } = live
  const refused = (failure: Failure): Answer => ({ ...answerOf(failure, id), route })
  const { maxBodyBytes = Number.POSITIVE_INFINITY } = live.route
  if ((asked.length ?? 0) > maxBodyBytes) return refused(failures.tooLarge)
  const limit = new BodyLimit(maxBodyBytes)
  // Whatever ends it early, there is nobody any more to tell.
  const body = await asked.body().catch(() => undefined)
  if (body === undefined) return refused(failures.left)
  if (body instanceof Uint8Array && body.length > maxBodyBytes) return refused(failures.tooLarge)
  try {
    const { onInformational } = asked
    const response = await live.plugin.handle(
      {
        method: asked.method,
        path: `${path}${query}`,
        scheme: origin.scheme,
        ...(origin.authority !== undefined && { authority: origin.authority }),
        headers: withOrigin(asked.fields, origin, routeFields(found)),
        body: body === null || body instanceof Uint8Array ? body : limit.of(body),
        ...(asked.length === undefined && { trailers: asked.trailers }),
      },
      {
        signal:
          maxBodyBytes === Number.POSITIVE_INFINITY
            ? asked.signal
            : AbortSignal.any([asked.signal, limit.signal]),
        ...reuseOf(live),
        ...(onInformational && { onInformational }),
      },
    )
    const cutFor = () => (limit.signal.aborted ? failures.tooLarge : undefined)
    return { ...response, failure: undefined, route, cutFor }
  } catch (error) {
    return refused(limit.signal.aborted ? failures.tooLarge : failureOf(error))
  }
}

function reuseOf({ route }: LiveRoute): { reuse: number } {
  return { reuse: route.reuse ?? 1 }
}

/** Whoever stands in front may have taken another one of several hosts, or another part of one. */
function isAmbiguous(fields: readonly HttpField[]): boolean {
  const hosts = fields.filter(([name]) => name.toLowerCase() === 'host')
  return hosts.length > 1 || hosts.some(([, value]) => /[/?#@\\]/.test(value))
}

/** What the plugin is told of its route, which no client can say. */
function routeFields({ live, params }: Match): HttpField[] {
  return [
    ['x-matched-route', live.route.path],
    ...params.map(([name, value]): HttpField => [`x-path-match-${name.toLowerCase()}`, value]),
  ]
}

/** Ends a request whose body is too large. */
class BodyLimit {
  readonly #max: number
  readonly #exceeded = new AbortController()

  constructor(max: number) {
    this.#max = max
  }

  get signal(): AbortSignal {
    return this.#exceeded.signal
  }

  async *of(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0
    for await (const chunk of body) {
      bytes += chunk.length
      if (bytes > this.#max) {
        this.#exceeded.abort()
        throw new Error(failures.tooLarge.message)
      }
      yield chunk
    }
  }
}
