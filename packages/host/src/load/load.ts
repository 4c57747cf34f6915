import type { FinishedCall } from '../call/call.js'
import { createGate, createServices, parseGrants } from '../capability/index.js'
import { runtimeEngine } from '../engine/runtime.js'
import type { HostEvents } from '../events.js'
import { readManifest } from '../manifest/index.js'
import type { ResolvedLoadOptions } from '../options.js'
import { Plugin } from '../plugin.js'
import { answerHostRequests } from '../pool/host-functions.js'
import { Pool } from '../pool/pool.js'
import { PROTOCOL } from '../wire/messages.js'
import { checkExpectations, contractOf } from './contract.js'
import { faultKind } from './fault.js'
import { planImports } from './imports.js'
import { type PluginSource, readSource } from './source.js'

/** What loading needs of the host. */
export interface LoadContext {
  readonly closing: AbortSignal
  /** Takes the name, or throws PLUGIN_NAME_TAKEN; the answer gives it back. */
  reserve(name: string): () => void
  emit<K extends keyof HostEvents>(event: K, payload: Parameters<HostEvents[K]>[0]): void
  onClosed(name: string): void
}

/** Source → checked component → granted capabilities → planned imports → running instance. */
export async function loadPlugin(
  source: PluginSource,
  options: ResolvedLoadOptions,
  host: LoadContext,
): Promise<Plugin> {
  const started = performance.now()
  const { limits } = options
  const { bytes, digest, label } = await readSource(source, limits.componentBytes, options.integrity)
  const prepared = await runtimeEngine.prepare(bytes, limits)
  const manifest = readManifest(prepared.customSections)
  const name = options.name ?? manifest?.name ?? label
  const giveBack = host.reserve(name)
  try {
    const grants = parseGrants(options.grants, manifest?.capabilities)
    const contract = contractOf(prepared.exports)
    checkExpectations(contract, options.expects, name)
    const { sources, functions } = planImports(prepared.imports, options.imports, { plugin: name, grants })

    const gate = createGate(name, grants, (event) => host.emit(event.decision, event))
    const services = createServices({ plugin: name, grants, gate })
    const pool = new Pool(
      {
        init: {
          protocol: PROTOCOL,
          engine: runtimeEngine.name,
          plugin: name,
          component: prepared.transfer(),
          imports: sources,
          grants,
          limits,
        },
        heapMb: limits.heapMb,
        startMs: limits.startMs,
        onHostRequest: answerHostRequests(functions, services.handlers),
        onEvent: (message) => {
          if (message.type === 'log') host.emit('log', message.event)
          else host.emit(message.event.decision, message.event)
        },
      },
      options.pool,
    )
    const plugin = new Plugin({
      name,
      digest,
      manifest,
      grants,
      context: { plugin: name, contract, limits, pool },
      onCall: (call) => reportCall(host, name, call),
      onClosed: () => {
        services.close()
        host.onClosed(name)
      },
    })
    await startOrClose(plugin, pool, host.closing)
    host.emit('loaded', { plugin: name, digest, ms: performance.now() - started })
    return plugin
  } finally {
    giveBack()
  }
}

/** A plugin that cannot start leaves no thread behind. */
async function startOrClose(plugin: Plugin, pool: Pool, closing: AbortSignal): Promise<void> {
  try {
    await pool.start()
    if (closing.aborted) throw closing.reason
  } catch (error) {
    await plugin.close()
    throw error
  }
}

function reportCall(host: LoadContext, plugin: string, call: FinishedCall): void {
  const { ms, error } = call
  host.emit('call', { plugin, export: call.export, ms, ...(error === undefined ? {} : { error }) })
  if (error === undefined) return
  const kind = faultKind(error.code)
  if (kind !== undefined) host.emit(kind, { plugin, export: call.export, error })
}
