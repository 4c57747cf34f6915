import type { HttpField, HttpResponse } from '@wasm-plugin/host'
import { withOrigin } from './forwarded.js'
import type { Routed } from './routed.js'

/** Has a plugin with `wasi:http/incoming-handler` answer a request. */
export function respondByHandler({
  asked,
  target,
  origin,
  live,
  params,
  body,
  signal,
}: Routed): Promise<HttpResponse> {
  return live.plugin.handle(
    {
      method: asked.method,
      path: `${target.path}${target.query}`,
      scheme: origin.scheme,
      authority: origin.authority,
      headers: withOrigin(asked.fields, origin, routeFields({ live, params })),
      body,
      trailers: asked.length === undefined ? asked.trailers : undefined,
    },
    { signal, reuse: live.route.reuse ?? 1, onInformational: asked.onInformational },
  )
}

/** What the plugin is told of its route, which no client can say. */
function routeFields({ live, params }: Pick<Routed, 'live' | 'params'>): HttpField[] {
  return [
    ['x-matched-route', live.route.path],
    ...params.map(([name, value]): HttpField => [`x-path-match-${name.toLowerCase()}`, value]),
  ]
}
