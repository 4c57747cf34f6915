import { readManifest } from '@wasm-plugin/manifest'
import { matchName } from '@wasm-plugin/manifest/names'
import type { Component } from '@wasm-plugin/runtime'
import {
  type AccessEvent,
  checkGrants,
  type Gate,
  GrantControl,
  type GrantSet,
  parseGrants,
} from '@wasm-plugin/wasi'
import { createGate, LiveGrants } from '@wasm-plugin/wasi/gate'
import { createDecisions, type Decisions } from '../audit/decisions.js'
import type { Budget } from '../budget/budget.js'
import { checkRules } from '../capability/read.js'
import { checkRequired, contractOf } from '../contract/contract.js'
import { resourceOrigins } from '../contract/origin.js'
import { compile } from '../engine/compile.js'
import { errors } from '../errors/index.js'
import { named } from '../errors/named.js'
import type { NamedEvents } from '../events.js'
import type { InlinePlugin } from '../inline/inline-plugin.js'
import { Learner } from '../learn/index.js'
import type { Build } from '../loaded-plugin.js'
import type { ResolvedLoadOptions } from '../options/resolved.js'
import type { Plugin } from '../plugin.js'
import type { PluginSource } from '../plugin-source.js'
import { callOf } from '../pool/host-run.js'
import type { HostPorts, PluginServices, Threads } from '../ports.js'
import type { Spans } from '../spans.js'
import type { Totals } from '../stats/index.js'
import { inTurns } from '../turn.js'
import { askForMissing } from './ask.js'
import { type DebugReader, debugReader } from './debug-information.js'
import { type ImportPlan, planImports } from './imports.js'
import { readOptionsOf } from './read-options.js'
import { readSource } from './source.js'
import { compiledForStepping } from './stepping.js'

/** What loading needs of the host. */
export interface LoadContext {
  readonly ports: HostPorts
  readonly threads: Threads
  readonly budget: Budget
  /** What is counted of the plugin. */
  readonly totals: Totals
  /** Set when calls are traced. */
  readonly spans: Spans | undefined
  /** Aborted when the host closes or the caller gives up, with the error that the load fails with. */
  readonly ending: AbortSignal
  /** Takes the name, or throws PLUGIN_NAME_TAKEN; the answer gives it back. */
  reserve(name: string): () => void
  /** Called when its bytes are there, before they are compiled. */
  readonly onRead?: () => void
  /** Called with the plugin that runs, while its name is still reserved. */
  /** @param halt has its threads stop that run calls: it is to be closed before the event loop goes on */
  register(plugin: Plugin | InlinePlugin, halt: () => void): void
  emit<K extends keyof NamedEvents>(event: K, payload: Parameters<NamedEvents[K]>[0]): void
  /** An id for a call. */
  readonly nextCall: () => number
  /** Whether the application listens to an event. */
  listens(event: keyof NamedEvents): boolean
  /** Calls back whenever the listeners changed; the answer ends that. */
  onListener(changed: () => void): () => void
  /** Closes a plugin. */
  unload(name: string): void
  onClosed(name: string): void
}

/** A component that may be started: checked, granted, and with a source for every import. */
export interface Admitted extends Build {
  readonly name: string
  readonly component: Component
  /** Decides about uses on this thread; its grants are shared by every thread of the plugin. */
  readonly gate: Gate
  readonly decisions: Decisions
  readonly services: PluginServices
  readonly plan: ImportPlan
  readonly debug: DebugReader
  /** Ends the reservation of the name. */
  readonly giveBack: () => void
  /** To be called when nothing of it runs. */
  readonly release: () => Promise<void>
}

/** Source → checked component → granted capabilities → planned imports. Nothing of the plugin has run yet. */
export async function admit(
  source: PluginSource,
  options: ResolvedLoadOptions,
  host: LoadContext,
): Promise<Admitted> {
  const { limits } = options
  const { ports } = host
  const reading = readOptionsOf(options, host.ending)
  const loaded = await readSource(source, reading, ports.sources)
  host.onRead?.()
  const { digest, signer, label } = loaded
  const compiling = {
    ending: host.ending,
    compileModule: ports.compileModule,
    countsFuel: options.countsFuel,
    leavesModules: options.isolation === 'process',
    snapshot: options.snapshot,
  }
  const built = await compile(loaded.bytes, limits, compiling)
  const { countsFuel } = options
  const debug = debugReader(
    { ...loaded, source, component: built, debug: options.debug, isKept: countsFuel },
    reading,
    ports.sources,
  )
  const component = options.stepping
    ? await compiledForStepping(loaded.bytes, debug, { limits, compiling })
    : built
  const manifest = readManifest(component.customSections)
  const name = options.name ?? manifest?.name ?? label
  let giveBack = () => {}
  let services: PluginServices | undefined
  let decisions: Decisions | undefined
  try {
    giveBack = host.reserve(name)
    const { onRequest } = options
    const given =
      manifest === undefined || onRequest === undefined
        ? options.grants
        : await askForMissing({ plugin: name, digest, manifest, grants: options.grants }, onRequest)
    host.ending.throwIfAborted()
    checkRules(checkGrants(given), options.capabilities)
    const grants = ports.scratch.make(parseGrants(given, manifest?.capabilities, ports.grants))
    const gate = createGate(
      name,
      new LiveGrants(grants),
      (event: AccessEvent) => {
        // What is decided in the application's thread is decided in a call all the same.
        const call = callOf(ports.runs, grants)
        decisions?.take(call === undefined ? event : { ...event, call })
      },
      () => decisions?.heard() === true,
      (capability) => host.totals.allowed(capability),
    )
    options.gated.connect(gate)
    const started = ports.services({
      gate,
      onScratchLeft: (left) => host.emit('scratchLeft', { plugin: name, ...left }),
    })
    services = started
    const waits = options.isolation === 'inline' ? waitedFor(grants) : undefined
    if (waits !== undefined) throw errors.GRANT_NEEDS_THREAD({ grant: waits, plugin: name })
    const volume = grants.fs.find(({ memory }) => memory !== null)
    if (options.isolation === 'process' && volume !== undefined)
      throw errors.GRANT_NEEDS_MEMORY({ plugin: name, at: volume.at })
    const control = new GrantControl(gate.grants, {
      ports: ports.grants,
      asked: manifest?.capabilities,
      check: (input) => checkRules(input, options.capabilities),
      onNarrowed: () => started.closeDenied(),
    })
    const learner = options.learn ? new Learner(checkGrants(given), grants, ports.grants.paths) : undefined
    const { audit } = options
    const { emit, listens, totals } = host
    decisions = createDecisions({ plugin: name, grants, audit, learner, emit, listens, ports, totals })
    const provided = options.imports
    const origins = resourceOrigins(component, (name) => matchName(name, provided.keys()) !== undefined)
    const contract = await inTurns(contractOf(component.exports, origins))
    checkRequired(contract, options.requires, name)
    const plan = planImports(component.imports, provided, {
      plugin: name,
      grants,
      isolation: options.isolation,
      origins,
    })
    await started.start()
    host.ending.throwIfAborted()
    const heard = decisions
    return {
      ...{ name, digest, signer, manifest, component, gate, control, granted: given },
      ...{ decisions, learner, services, contract, plan, debug, giveBack },
      imports: plan.sources.filter(({ from }) => from === 'app').map((source) => source.name),
      async release() {
        options.gated.disconnect()
        await started.close()
        heard.close()
      },
    }
  } catch (error) {
    await services?.close()
    decisions?.close()
    giveBack()
    throw named(error, name)
  }
}

/** The grant that cannot be used without waiting, if there is one. */
function waitedFor({ net, fs }: GrantSet): 'net' | 'fs' | undefined {
  if (net.allow.length > 0) return 'net'
  return fs.some((grant) => 'isPicked' in grant) ? 'fs' : undefined
}
