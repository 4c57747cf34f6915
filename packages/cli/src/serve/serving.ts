import type { AccessEntry, Gateway, Route } from '@wasm-plugin/gateway'
import { createHost, type Host, type PluginResolver } from '@wasm-plugin/host'
import type { Context } from '../command.js'
import { watchAccess } from '../run/watch.js'
import { isPackageName, type ServeConfig } from './config.js'
import { configFrom, type ServeFlags } from './flags.js'
import type { Modules } from './modules.js'

/** A configuration that is served, with a host and a gateway of its own. */
export interface Serving {
  readonly config: ServeConfig
  readonly gateway: Gateway
  readonly host: Host
  /** Ends it; requests that are being answered may go on for its `drainMs`. */
  close(): Promise<void>
}

/** Milliseconds for the requests that run when it is told to end. */
export const DRAIN_MS = 10_000

export interface ServingParts {
  readonly onAnswered: (entry: AccessEntry) => void
  /** Where plugins are found that are named as registries name them. */
  readonly registry: () => Promise<PluginResolver>
}

/** Reads what is to be served, and loads its plugins: all of them, or none. */
export async function openServing(
  context: Context,
  flags: ServeFlags,
  { onAnswered, registry }: ServingParts,
): Promise<Serving> {
  const config = await configFrom(context, flags)
  const { createGateway, wagiRoutes } = await import('@wasm-plugin/gateway')
  const isNamed = config.routes.some(({ plugin }) => isPackageName(plugin))
  const host = await createHost(isNamed ? { registry: await registry() } : {})
  try {
    watchAccess(host, context.progress)
    context.progress.busy('Starting', flags.plugin)
    const { modules, trustedProxies = [], drainMs = DRAIN_MS } = config
    const routes = modules === undefined ? config.routes : await routesOf(modules)
    const inOrder = modules !== undefined || config.inOrder === true
    const gateway = await createGateway({ host, routes, inOrder, trustedProxies, onAnswered })
    const close = async () => {
      await gateway.close({ drainMs })
      await host.close()
    }
    return { config, gateway, host, close }

    async function routesOf({ source, limits, files: _, ...options }: Modules): Promise<readonly Route[]> {
      const found = await wagiRoutes(source, { host, ...options })
      return limits === undefined ? found : found.map((route) => ({ ...route, limits }))
    }
  } catch (error) {
    await host.close()
    throw error
  }
}
