import type { HttpField } from '@wasm-plugin/host'
import type { LiveRoute, Match, RouteTable } from '../routes/table.js'
import type { Answer, Asked } from './answer.js'
import { failureOf, failures } from './failure.js'
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
  const origin = proxies.originOf({ ...asked.direct, authority }, asked.fields)
  const found = table.find(path, origin.authority)
  if (found === undefined) return answerOf(failures.noRoute, id)
  const { live } = found
  const { label: route } = live
  const { maxBodyBytes = Number.POSITIVE_INFINITY } = live.route
  if ((asked.length ?? 0) > maxBodyBytes) return { ...answerOf(failures.tooLarge, id), route }
  const limit = new BodyLimit(maxBodyBytes)
  try {
    const body = await asked.body()
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
    return { ...response, failure: undefined, route }
  } catch (error) {
    return { ...answerOf(limit.signal.aborted ? failures.tooLarge : failureOf(error), id), route }
  }
}

function reuseOf({ route }: LiveRoute): { reuse: number } {
  return { reuse: route.reuse ?? 1 }
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
        return
      }
      yield chunk
    }
  }
}
