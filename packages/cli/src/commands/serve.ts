import { createHost } from '@wasm-plugin/host'
import { defineCommand } from '../command.js'
import { openRegistry } from '../registry/open-registry.js'
import { grantOptions } from '../run/grants.js'
import { watchAccess } from '../run/watch.js'
import { AccessLog } from '../serve/access-log.js'
import { isPackageName } from '../serve/config.js'
import { configFrom } from '../serve/flags.js'

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
    ['wasm-plugin serve hello.wasm', 'on http://localhost:3000, every path'],
    ['wasm-plugin serve hello.wasm --port 8080 --allow-env GREETING', 'with a variable that it may see'],
    ['wasm-plugin serve routes.json', 'several plugins, each with its own grants and limits'],
    ['wasm-plugin serve modules.toml', 'modules of WAGI'],
  ],
  arguments: {
    plugin: { kind: 'required', description: 'the component, a .json file of routes, or a modules.toml' },
  },
  options: {
    port: {
      kind: 'value',
      value: 'number',
      description: 'where to listen (default: 3000; 0 for any that is free)',
    },
    host: { kind: 'value', value: 'address', description: 'of this machine (default: 127.0.0.1)' },
    socket: { kind: 'value', value: 'path', description: 'a Unix socket to listen on, in place of a port' },
    ...grantOptions,
    reuse: {
      kind: 'value',
      value: 'count',
      description: 'requests that an instance answers before a fresh one takes its place (default: 1)',
    },
    timeout: { kind: 'value', value: 'time', description: 'for a request, 500ms, 5s (default: 5s)' },
    drain: {
      kind: 'value',
      value: 'time',
      description: 'for the requests that run when it is told to end (default: 10s)',
    },
  },
  notes: [
    'SIGTERM and Ctrl-C end it: nothing new is taken, what runs may end, and is cut after `--drain`. Requests are logged',
    'on stdout, in the Common Log Format; `/healthz` and `/readyz` say how it is. `docs/serve.md` has the file of routes.',
  ],

  async run(context, input): Promise<ServeResult> {
    const config = await configFrom(context, input)
    const started = performance.now()
    const { createGateway, listen, wagiRoutes } = await import('@wasm-plugin/gateway')
    const registry = config.routes.some(({ plugin }) => isPackageName(plugin))
      ? { registry: await openRegistry(context, { frozen: true }) }
      : {}
    const host = await createHost(registry)
    try {
      watchAccess(host, context.progress)
      context.progress.busy('Starting', input.plugin)
      const log = new AccessLog(context)
      const { modules, trustedProxies = [], limits = {}, drainMs = DRAIN_MS } = config
      const routes =
        modules === undefined ? config.routes : await wagiRoutes(modules.source, { host, ...modules })
      const inOrder = modules !== undefined || config.inOrder === true
      const gateway = await createGateway({ host, routes, inOrder, trustedProxies, onAnswered: log.take })
      try {
        const { addresses, close } = await listen(gateway, config.listen, limits)
        if (context.json) context.round({ changed: [], ok: true, result: { event: 'listening', addresses } })
        for (const address of addresses) context.progress.status('Listening', address)
        await aborted(context.signal)
        context.progress.status('Ending', `${gateway.inside} requests`)
        await close({ drainMs })
      } finally {
        await gateway.close()
      }
      return { requests: log.requests, failed: log.failed, durationMs: performance.now() - started }
    } finally {
      await host.close()
    }
  },

  render: ({ requests, failed }) => ({ stderr: `Served ${requests} requests, ${failed} of which failed.` }),
  goesOn: () => true,
  endsBySignal: true,
  outlivesReader: true,
})

const DRAIN_MS = 10_000

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
