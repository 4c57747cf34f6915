import { availableParallelism } from 'node:os'
import { type Host, type InlinePlugin, type LoadOptions, type Plugin, PluginError } from '@wasm-plugin/host'
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
  const { host, routes, inOrder = false, trustedProxies = [], onAnswered } = options
  checkConflicts(routes)
  const proxies = new Proxies(trustedProxies)
  const live = await loadAll(host, routes)
  return new Gateway({ host, routes: live, table: new RouteTable(live, inOrder), proxies, onAnswered })
}

async function loadAll(host: Host, routes: readonly Route[]): Promise<LiveRoute[]> {
  const settled = await Promise.allSettled(routes.map((route) => load(host, route)))
  const live = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = settled.find((result) => result.status === 'rejected')
  if (failed === undefined) return live
  await Promise.all(live.map(({ plugin }) => plugin.close()))
  throw failed.reason
}

async function load(host: Host, route: Route): Promise<LiveRoute> {
  const {
    path: _path,
    host: _host,
    plugin: source,
    reuse: _reuse,
    maxBodyBytes: _max,
    cgi: _cgi,
    ...rest
  } = route
  const label = labelOf(route)
  const unusable = (code: string, reason: string, fix: string, cause?: unknown) =>
    errors.ROUTE_UNUSABLE({ route: label, code, reason, fix }, cause)
  try {
    const pool = { instances: Math.min(availableParallelism(), MAX_INSTANCES), queue: QUEUE, ...route.pool }
    const plugin = await host.load(source, { name: label, ...rest, pool } as LoadOptions)
    const kind = kindOf(plugin)
    const isInline = route.isolation === 'inline'
    if (kind === 'handler' || (kind === 'program' && !isInline))
      return { label, route, plugin, kind, isInline }
    await plugin.close()
    // Says why not.
    if (kind === 'program') (plugin as InlinePlugin).run()
  } catch (error) {
    if (!PluginError.is(error)) throw error
    throw unusable(error.code, error.message, error.hint, error)
  }
  throw unusable(
    'HTTP_NOT_SERVED',
    'it exports neither wasi:http/incoming-handler nor wasi:cli/run',
    'Export `wasi:http/incoming-handler` of WASI 0.2 from the world of the plugin, or make it a program that answers by CGI.',
  )
}

/** A plugin that is both is asked in the richer way. */
function kindOf({ exports }: Plugin | InlinePlugin): LiveRoute['kind'] | undefined {
  const names = Object.keys(exports)
  if (names.some((name) => name.startsWith('wasi:http/incoming-handler'))) return 'handler'
  return names.some((name) => name.startsWith('wasi:cli/run')) ? 'program' : undefined
}
