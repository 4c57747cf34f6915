import { aborted } from '../aborted.js'
import { defineCommand } from '../command.js'
import { openRegistry } from '../registry/open-registry.js'
import { grantOptions } from '../run/grants.js'
import { AccessLog } from '../serve/access-log.js'
import { Reloader } from '../serve/reload.js'
import { DRAIN_MS, openServing, type Serving } from '../serve/serving.js'
import { watchFiles } from '../serve/watch-files.js'
import { openWindow } from '../window/window.js'

export interface ServeResult {
  readonly requests: number
  /** Those that a plugin, or its absence, kept from an answer. */
  readonly failed: number
  readonly durationMs: number
}

export const serveCommand = defineCommand({
  name: 'serve',
  summary: 'Serve plugins that answer HTTP requests',
  examples: [
    ['wasm-plugin serve hello.wasm --allow-env GREETING', 'every path, with a variable that it may see'],
    ['wasm-plugin serve routes.json', 'several plugins, each with its own grants and limits'],
  ],
  arguments: {
    plugin: {
      kind: 'required',
      description: 'the component, a .json file of routes (docs/serve.md), or a modules.toml of WAGI',
    },
  },
  options: {
    port: {
      kind: 'value',
      value: 'number',
      description: 'where to listen (default: 3000; 0 for any that is free)',
    },
    host: { kind: 'value', value: 'address', description: 'of this machine (default: 127.0.0.1)' },
    socket: { kind: 'value', value: 'path', description: 'a Unix socket to listen on, in place of a port' },
    'metrics-port': {
      kind: 'value',
      value: 'number',
      description: 'where metrics are, and health, in the text of Prometheus (default: nowhere)',
    },
    ...grantOptions,
    reuse: {
      kind: 'value',
      value: 'count',
      description: 'requests that an instance answers before a fresh one takes its place (default: 1)',
    },
    timeout: { kind: 'value', value: 'time', description: 'for a request, 500ms, 5s (default: 5s)' },
    watch: {
      kind: 'flag',
      description: 'serve anew whatever changes, as SIGHUP does: plugins, and the file of routes',
    },
    ui: { kind: 'flag', description: 'open a page on this machine that shows what the plugins do' },
    offline: {
      kind: 'flag',
      description: 'take plugins that registries name from the cache, and from nowhere else',
    },
    drain: {
      kind: 'value',
      value: 'time',
      description: 'for the requests that run when SIGTERM or Ctrl-C ends it (default: 10s)',
    },
  },

  async run(context, input): Promise<ServeResult> {
    const started = performance.now()
    const log = new AccessLog(context)
    const registry = () => openRegistry(context, { frozen: true, offline: input.offline })
    const open = () => openServing(context, input, { onAnswered: log.take, registry })
    const first = await open()
    const { listen } = await import('@wasm-plugin/gateway')
    const { listen: places, metrics, limits = {} } = first.config
    const all = metrics === undefined ? places : [...places, { ...metrics, isMetrics: true }]
    const listening = await listen(first.gateway, all, limits).catch(async (error) => {
      await first.close()
      throw error
    })
    const window = input.ui ? await openWindow(first.host, context) : undefined
    const onServed = ({ host }: Serving) => window?.show(host)
    const reloader = new Reloader({ context, listening, first, open, onServed })
    context.onHangup(() => void reloader.reload())
    const { addresses } = listening
    const result = { event: 'listening', addresses, ...(window && { window: window.url }) }
    if (context.json) context.round({ changed: [], ok: true, result })
    for (const address of addresses) context.progress.status('Listening', address)
    const { cwd, signal } = context
    const step = (changed: readonly string[]) => reloader.reload(changed)
    const onReady = () => context.progress.status('Watching', input.plugin)
    if (input.watch) await watchFiles(() => reloader.current.config.files, { cwd, signal, onReady, step })
    else await aborted(signal)
    const { config, gateway, close } = reloader.current
    context.progress.status('Ending', `${gateway.inside} requests`)
    await listening.close({ drainMs: config.drainMs ?? DRAIN_MS })
    await close()
    await reloader.rest()
    await window?.close()
    return { requests: log.requests, failed: log.failed, durationMs: performance.now() - started }
  },

  render: ({ requests, failed }) => ({ stderr: `Served ${requests} requests, ${failed} of which failed.` }),
  goesOn: () => true,
  endsBySignal: true,
  outlivesReader: true,
})
