import type { Manifest } from '@wasm-plugin/manifest'
import type { GrantsInput, MissingRequests } from '@wasm-plugin/wasi'
import type { Capability } from '../capability/capability.js'
import type { OnInformational } from '../http/incoming-exchange.js'
import type { PluginLimits } from '../limits.js'
import type { PluginResolver } from '../plugin-resolver.js'
import type { PluginSource } from '../plugin-source.js'
import type { ProgramInput } from '../program/program-input.js'
import type { Telemetry } from '../telemetry.js'
import type { RestartOptions } from './restart.js'

/** Functions that the application offers to plugins, by interface. A version in the key is optional. */
export type HostImports = Record<string, unknown>

export interface PoolOptions {
  /** Instances of the plugin that may run at a time. More than one means that calls share no state. @default 1 */
  instances: number
  /** Calls that may wait for an instance. @default 1_000 */
  queue: number
  /**
   * Milliseconds after which an instance that nobody calls ends, with its thread and its state; the next call gets a fresh
   * one. One that has taken part in a call with resources stays. @default they stay
   */
  idleMs?: number
}

/**
 * Where a plugin runs. `worker`: a thread of its own, ended at the deadline. `process`: the same in a process of its own,
 * which the application survives whatever becomes of it. `inline`: the application's thread, called without a promise,
 * bounded by fuel, unable to wait.
 */
export type Isolation = 'worker' | 'process' | 'inline'

export interface AuditOptions {
  /** Relative to the working directory; made if it does not exist. Several plugins may share one. */
  file: string
  /** Bytes of decisions that one load may add to the file; later ones are counted and not written. @default 64 MiB */
  maxBytes?: number
}

/** What all plugins of a host may use together. */
export interface BudgetOptions {
  /** Threads in which plugins run; those that `warmThreads` starts ahead come on top. @default 256 */
  threads: number
  /** Processes in which plugins run. @default 64 */
  processes: number
  /**
   * Bytes of linear memory, of all instances as large as they are. They tell it when a call ends, and one that has grown too
   * large then ends with that call: the sum is exceeded by what calls that run have grown by, each within its own limit.
   * @default what the machine has
   */
  memoryBytes: number
  /** Calls that may wait, of all plugins together. @default 100_000 */
  queuedCalls: number
}

/** What `load` takes when it is given nothing else. */
export interface HostOptions {
  /** Each limit that `load` is not given. */
  limits?: Partial<PluginLimits>
  /** The grants of a plugin that is loaded without any of its own. */
  grants?: GrantsInput
  /** Functions for every plugin, by interface. An interface that `load` is given takes the place of the same one here. */
  imports?: HostImports
  /** The audit file of every plugin that is loaded without one of its own. */
  audit?: string | AuditOptions
  /** Asked for every plugin that is loaded without a hook of its own. */
  onRequest?: OnRequest
  /** Capabilities of the application's own, beside those of every host. */
  capabilities?: readonly Capability[]
  /**
   * Threads that are started ahead: a plugin that gets one is there in a few milliseconds instead of some fifty. Each takes some
   * 10 MB while it waits, so there are none unless asked for. They are for plugins with the `heapBytes` of these `limits`.
   * @default 0
   */
  warmThreads?: number
  /**
   * Bounds of the host as a whole. Where no thread, process or memory is left, the idle instance that was used longest ago is ended, of
   * plugins that are loaded with `pool.idleMs`.
   */
  budget?: Partial<BudgetOptions>
  /** Has every call traced and counted: `openTelemetry()` of `@wasm-plugin/host/opentelemetry`. @default nothing is */
  telemetry?: Telemetry
  /**
   * Updates every plugin that is loaded from a file whenever that changes, as `host.watch` does. For development. With Node also
   * where the environment has `WASM_PLUGIN_DEV=1`, as it does below `wasm-plugin dev --app`. @default false
   */
  dev?: boolean
  /** Finds plugins that are loaded by their names: `await createRegistry()` of `@wasm-plugin/registry`. */
  registry?: PluginResolver
}

/**
 * Asked once, before anything of the plugin runs, when its manifest asks for something that nothing grants. What it
 * answers are the grants of the plugin, in the place of those in the question; with no answer those hold, and the plugin
 * is loaded without what is missing.
 */
export type OnRequest = (request: GrantRequest) => GrantsInput | undefined | Promise<GrantsInput | undefined>

export interface GrantRequest {
  readonly plugin: string
  /** `sha256:` and the hex digest of the component. */
  readonly digest: string
  readonly manifest: Manifest
  /** What the manifest asks for and no grant has a part of, each with its reason. */
  readonly missing: MissingRequests
  /** What would hold without an answer. */
  readonly grants: GrantsInput
}

/** Of a plugin in a thread of its own, or of one that shares the application's: `isolation` decides what `load` gives. */
export type LoadOptions<I = HostImports> = ThreadLoadOptions<I> | InlineLoadOptions<I>

export interface ThreadLoadOptions<I = HostImports> extends SharedLoadOptions<I> {
  /** @default 'worker' */
  isolation?: 'worker' | 'process'
  /**
   * Keeps the state of an instance that `pool.idleMs` ends, for the next one to go on with: memories, globals and what is in them, of
   * a plugin that holds nothing open between calls. The plugin need not do anything for it. Not in a process. @default state ends with its instance
   */
  snapshot?: boolean
}

export interface InlineLoadOptions<I = HostImports> extends SharedLoadOptions<I> {
  isolation: 'inline'
}

/** `I` is the type of `imports`, as `wasm-plugin types` writes it. */
export interface SharedLoadOptions<I = HostImports> {
  /** Unique in the host. @default the name in the manifest, else the file's name */
  name?: string
  /** What the plugin may use. @default those of the host, which are none by default */
  grants?: GrantsInput
  /** What the plugin may call of the application, by interface; of the world itself, functions and classes by name. */
  imports?: I
  /** Exports that the application relies on; the load fails if one is missing. */
  requires?: readonly string[]
  limits?: Partial<PluginLimits>
  pool?: Partial<PoolOptions>
  /** Suspends the plugin when its instances keep ending. @default each call after a fault gets a fresh instance */
  restart?: Partial<RestartOptions>
  /** Asked when the plugin's manifest asks for more than is granted. @default the host's, else nobody is asked */
  onRequest?: OnRequest
  /** Ends the load; a plugin that is loaded stays. */
  signal?: AbortSignal
  /** `sha256:` and the hex digest that the component must have. */
  integrity?: string
  /**
   * Remembers what the plugin uses of its grants, for `plugin.learned()`: grant a generous scope, let the plugin work,
   * and load it with what it needed. @default false
   */
  learn?: boolean
  /**
   * Has each function of the plugin count the fuel that it uses, for `plugin.profile(…, { by: 'fuel' })`. Calls take
   * longer then, the examples 1.2 and 1.3 times. @default nothing is counted
   */
  profile?: 'fuel'
  /**
   * Gives the plugin to a debugger of the engine, as under `node --inspect`, with its debug information: for development, and for
   * plugins in threads. It runs from the component that has the debug information, and has no deadline unless it is given one,
   * since it may stand still. @default false
   */
  stepping?: boolean
  /**
   * Where debug information of the plugin is: a component that was not stripped, or a source map of its first core module. It is read
   * when the plugin fails, to say where (`error.frames`), or at the load of one that is `inline`.
   * @default what is in the component, else `<file>.debug` or `<file>.map` beside it
   */
  debug?: PluginSource
  /** A file that gets one JSON line per decision, and one last line with the counts when the plugin is closed. */
  audit?: string | AuditOptions
}

export interface CallOptions {
  /** Milliseconds for this call. @default `limits.timeoutMs` */
  timeoutMs?: number
  /** Aborting ends the instance, since a running plugin cannot be asked to stop. */
  signal?: AbortSignal
}

/** One run of a program. */
export interface RunOptions extends CallOptions, ProgramInput {}

/** Of a plugin in the application's thread, which has the deadline that it was loaded with. */
export type InlineHandleOptions = Omit<HandleOptions, 'timeoutMs'>

export interface HandleOptions extends CallOptions {
  /**
   * Requests that an instance answers before a fresh one takes its place, which it does before a request of whose number it has
   * had as many. With one, no request sees what another left behind, or a call. @default an instance answers requests until it ends
   */
  reuse?: number
  /** Called for each response with a status below 200, of which there may be some before the one that counts. */
  onInformational?: OnInformational | undefined
}
