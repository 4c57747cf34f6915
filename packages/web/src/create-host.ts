import { Host, type HostOptions } from '@wasm-plugin/embed'
import type { ThreadScript } from './threads/start-worker.js'
import { webPorts } from './web-ports.js'

export interface WebHostOptions extends HostOptions {
  /**
   * The script of a plugin's thread, `@wasm-plugin/web/thread.js`: where the page finds it, or a function that starts a
   * worker of it, as some bundlers want it. @default the file beside this module
   */
  thread?: ThreadScript
}

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
export async function createHost(options: WebHostOptions = {}): Promise<Host> {
  return new Host(withoutThread(options), webPorts(options?.thread))
}

/** What is no object of options is refused as such. */
function withoutThread(options: WebHostOptions): HostOptions {
  if (typeof options !== 'object' || options === null || !Object.hasOwn(options, 'thread')) return options
  const { thread: _, ...rest } = options
  return rest
}
