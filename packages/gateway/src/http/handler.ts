import type { HttpField, HttpResponse } from '@wasm-plugin/host'
import { withOrigin } from './forwarded.js'
import type { Routed } from './routed.js'

/** Has a plugin with `wasi:http/incoming-handler` answer a request. */
export async function respondByHandler({
  asked,
  target,
  origin,
  live,
  params,
  body,
  signal,
}: Routed): Promise<HttpResponse> {
  const { onInformational } = asked
  return await live.plugin.handle(
    {
      method: asked.method,
      path: `${target.path}${target.query}`,
      scheme: origin.scheme,
      ...(origin.authority !== undefined && { authority: origin.authority }),
      headers: withOrigin(asked.fields, origin, routeFields({ live, params })),
      body,
      ...(asked.length === undefined && { trailers: asked.trailers }),
    },
    { signal, reuse: live.route.reuse ?? 1, ...(onInformational && { onInformational }) },
  )
}

/** What the plugin is told of its route, which no client can say. */
function routeFields({ live, params }: Pick<Routed, 'live' | 'params'>): HttpField[] {
  return [
    ['x-matched-route', live.route.path],
    ...params.map(([name, value]): HttpField => [`x-path-match-${name.toLowerCase()}`, value]),
  ]
}
