import { named } from '../errors/named.js'
import type { InlinePlugin } from '../inline/inline-plugin.js'
import type { ResolvedLoadOptions } from '../options.js'
import type { Plugin } from '../plugin.js'
import { admit, type LoadContext } from './admit.js'
import { labelOf, type PluginSource } from './source.js'
import { startWorker } from './start-worker.js'

/** Source → admitted component → running plugin. */
export async function loadPlugin(
  source: PluginSource,
  options: ResolvedLoadOptions,
  host: LoadContext,
): Promise<Plugin | InlinePlugin> {
  const started = performance.now()
  const admitted = await admit(source, options, host).catch((error) => {
    // It could not be read, or is no component: `admit` names it as soon as it knows its name.
    throw named(error, options.name ?? labelOf(source, host.ports.sources))
  })
  try {
    // Loaded when it is needed: a page whose plugins run in threads carries no WASI.
    const plugin =
      options.isolation === 'inline'
        ? await (await import('./start-inline.js')).startInline(admitted, options, host)
        : await startWorker(admitted, options, host)
    const { name, digest } = admitted
    host.register(plugin)
    if (host.ending.aborted) {
      await plugin.close()
      throw host.ending.reason
    }
    host.emit('loaded', { plugin: name, digest, durationMs: performance.now() - started })
    return plugin
  } catch (error) {
    throw named(error, admitted.name)
  } finally {
    admitted.giveBack()
  }
}
