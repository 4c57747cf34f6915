import { named } from '../errors/named.js'
import type { InlineBuild } from '../inline/inline-build.js'
import { InlinePlugin } from '../inline/inline-plugin.js'
import type { ResolvedLoadOptions } from '../options/resolved.js'
import type { Fallback } from '../options/restart.js'
import { haltPlugin, Plugin } from '../plugin.js'
import type { PluginSource } from '../plugin-source.js'
import type { RunningBuild } from '../update/builds.js'
import type { ThreadBuild } from '../update/thread-build.js'
import type { Updating } from '../update/updates.js'
import { type Admitted, admit, type LoadContext } from './admit.js'
import { labelOf } from './source.js'
import { startWorker } from './start-worker.js'
import { admitUpdate } from './update.js'

/** Source → admitted component → running plugin. */
export async function loadPlugin(
  source: PluginSource,
  options: ResolvedLoadOptions,
  host: LoadContext,
): Promise<Plugin | InlinePlugin> {
  const started = performance.now()
  let giveUpThread = () => {}
  const onRead = () => {
    if (options.isolation !== 'worker') return
    giveUpThread = host.threads.ahead?.(options.limits.heapBytes) ?? giveUpThread
  }
  const admitted = await admit(source, options, { ...host, onRead }).catch((error) => {
    giveUpThread()
    // It could not be read, or is no component: `admit` names it as soon as it knows its name.
    throw named(error, options.name ?? labelOf(source, host.ports.sources))
  })
  try {
    const plugin = await startPlugin(admitted, options, host)
    const { name, digest } = admitted
    host.register(plugin, () => {
      if (plugin instanceof Plugin) haltPlugin(plugin)
    })
    if (host.ending.aborted) {
      await plugin.close()
      throw host.ending.reason
    }
    host.emit('loaded', { plugin: name, digest, durationMs: performance.now() - started })
    return plugin
  } catch (error) {
    throw named(error, admitted.name)
  } finally {
    giveUpThread()
    admitted.giveBack()
  }
}

async function startPlugin(
  admitted: Admitted,
  options: ResolvedLoadOptions,
  host: LoadContext,
): Promise<Plugin | InlinePlugin> {
  const { name } = admitted
  const onClosed = () => host.onClosed(name)
  if (options.isolation === 'inline') {
    // Loaded when it is needed: a page whose plugins run in threads carries no WASI.
    const { startInline } = await import('./start-inline.js')
    const start = (next: Admitted, context: LoadContext) => startInline(next, options, context)
    const updating: Updating<InlineBuild> = updatingBy(start, { name, options, host })
    const build = await start(admitted, host)
    return new InlinePlugin({ name, build, updating, totals: host.totals, onClosed })
  }
  const start = (next: Admitted, context: LoadContext) => startWorker(next, options, context)
  const updating: Updating<ThreadBuild> = updatingBy(start, { name, options, host })
  const fallback = fallbackOf(options)
  const build = await start(admitted, host)
  return new Plugin({ name, build, updating, totals: host.totals, fallback, onClosed })
}

function fallbackOf({ restart }: ResolvedLoadOptions): Fallback | undefined {
  return typeof restart?.onExhausted === 'function' ? restart.onExhausted : undefined
}

function updatingBy<B extends RunningBuild>(
  start: (admitted: Admitted, host: LoadContext) => Promise<B>,
  { name, options, host }: { name: string; options: ResolvedLoadOptions; host: LoadContext },
): Updating<B> {
  return {
    startMs: options.limits.startMs,
    async start(source, update, { before, ending }) {
      // It runs under the name that its plugin has.
      const context = { ...host, ending, reserve: () => () => {} }
      const request = { name, before: before.shown, update }
      try {
        return await start(await admitUpdate(source, request, { options, host: context }), context)
      } catch (error) {
        throw named(error, name)
      }
    },
    onUpdated: (before, next, durationMs) =>
      host.emit('updated', {
        plugin: name,
        digest: next.shown.digest,
        before: before.shown.digest,
        durationMs,
      }),
    onRolledBack: (failed, back, watched) =>
      host.emit('rolledBack', {
        plugin: name,
        digest: back.shown.digest,
        failed: failed.shown.digest,
        ...watched,
      }),
  }
}
