import type { AccessEntry, Gateway } from '@wasm-plugin/gateway'
import { createHost } from '@wasm-plugin/host'
import type { Context } from '../command.js'
import { openRegistry } from '../registry/open-registry.js'
import { watchAccess } from '../run/watch.js'
import { isPackageName, type ServeConfig } from './config.js'
import { configFrom, type ServeFlags } from './flags.js'

/** A configuration that is served, with a host and a gateway of its own. */
export interface Serving {
  readonly config: ServeConfig
  readonly gateway: Gateway
  /** Ends it; requests that are being answered may go on for its `drainMs`. */
  close(): Promise<void>
}

/** Milliseconds for the requests that run when it is told to end. */
export const DRAIN_MS = 10_000

/** Reads what is to be served, and loads its plugins: all of them, or none. */
export async function openServing(
  context: Context,
  flags: ServeFlags,
  onAnswered: (entry: AccessEntry) => void,
): Promise<Serving> {
  const config = await configFrom(context, flags)
  const { createGateway, wagiRoutes } = await import('@wasm-plugin/gateway')
  const registry = config.routes.some(({ plugin }) => isPackageName(plugin))
    ? { registry: await openRegistry(context, { frozen: true }) }
    : {}
  const host = await createHost(registry)
  try {
    watchAccess(host, context.progress)
    context.progress.busy('Starting', flags.plugin)
    const { modules, trustedProxies = [], drainMs = DRAIN_MS } = config
    const routes =
      modules === undefined ? config.routes : await wagiRoutes(modules.source, { host, ...modules })
    const inOrder = modules !== undefined || config.inOrder === true
    const gateway = await createGateway({ host, routes, inOrder, trustedProxies, onAnswered })
    const close = async () => {
      await gateway.close({ drainMs })
      await host.close()
    }
    return { config, gateway, close }
  } catch (error) {
    await host.close()
    throw error
  }
}
