import { Host, type HostOptions } from '@wasm-plugin/embed'
import { nodePorts } from './node-ports.js'

/**
 * Creates a host: the place where plugins are loaded, watched and closed together. Its options are defaults for each
 * load.
 *
 * @example
 * ```ts
 * const host = await createHost()
 * const plugin = await host.load('./render.wasm', { grants: { env: { LANG: 'de' } } })
 * const html = await plugin.call('acme:site/render#render', [{ path: 'a.md', markdown: '# A' }])
 * await host.close()
 * ```
 * @throws {OPTIONS_INVALID} {GRANTS_INVALID} {UNKNOWN_GRANT}
 */
export async function createHost(options: HostOptions = {}): Promise<Host> {
  // Below `wasm-plugin dev --app`, unless it was told not to.
  const dev = process.env.WASM_PLUGIN_DEV === '1'
  return new Host(dev ? { dev, ...options } : options, nodePorts)
}
