import { availableParallelism } from 'node:os'
import { type Host, type Plugin, PluginError } from '@wasm-plugin/host'
import { errors } from './errors/index.js'
import { Gateway } from './gateway.js'
import { Proxies } from './http/forwarded.js'
import { checkOptions, type GatewayOptions, type Route } from './options.js'
import { checkConflicts, type LiveRoute, labelOf, RouteTable } from './routes/table.js'

/** Requests that may wait for an instance: more than that, and who waits would be gone before its turn. */
const QUEUE = 256
/** Instances of a plugin where nothing else is said: as many as there are processors, and no more than that. */
const MAX_INSTANCES = 8

/**
 * Loads the plugins of all routes, or none. Each is a plugin of `host` under the name of its route, with the grants, the limits
 * and the pool that the route has.
 *
 * @example
 * ```ts
 * const gateway = await createGateway({ host, routes: [{ path: '/hello/...', plugin: './hello.wasm' }] })
 * createServer(gateway.handler).listen(3000)
 * ```
 * @throws {GATEWAY_OPTIONS_INVALID} {ROUTE_CONFLICT} {ROUTE_UNUSABLE}
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  checkOptions(options)
  const { host, routes, trustedProxies = [], onAnswered } = options
  checkConflicts(routes)
  const proxies = new Proxies(trustedProxies)
  const live = await loadAll(host, routes)
  return new Gateway({ routes: live, table: new RouteTable(live), proxies, onAnswered })
}

async function loadAll(host: Host, routes: readonly Route[]): Promise<LiveRoute[]> {
  const loading = routes.map(
    async (route): Promise<LiveRoute> => ({
      label: labelOf(route),
      route,
      plugin: await load(host, route),
    }),
  )
  const settled = await Promise.allSettled(loading)
  const live = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = settled.find((result) => result.status === 'rejected')
  if (failed === undefined) return live
  await Promise.all(live.map(({ plugin }) => plugin.close()))
  throw failed.reason
}

async function load(host: Host, route: Route): Promise<Plugin> {
  const {
    path: _path,
    host: _host,
    plugin,
    reuse: _reuse,
    maxBodyBytes: _max,
    pool,
    requires = [],
    ...rest
  } = route
  try {
    return await host.load(plugin, {
      name: labelOf(route),
      ...rest,
      requires: [...requires, 'wasi:http/incoming-handler'],
      pool: { instances: Math.min(availableParallelism(), MAX_INSTANCES), queue: QUEUE, ...pool },
    })
  } catch (error) {
    if (!PluginError.is(error)) throw error
    const { code, message, hint } = error
    throw errors.ROUTE_UNUSABLE({ route: labelOf(route), code, reason: message, fix: hint }, error)
  }
}
