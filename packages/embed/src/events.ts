import { closest } from '@wasm-plugin/runtime/text'
import type { AccessEvent } from '@wasm-plugin/wasi'
import { errors } from './errors/index.js'
import type { PluginError } from './errors/plugin-error.js'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** One line that a plugin wrote, from stdout, stderr or a logging interface. Control characters are neutralised. */
export interface LogEvent {
  readonly plugin: string
  readonly level: LogLevel
  readonly stream: 'stdout' | 'stderr' | 'log'
  readonly message: string
  /** Id of the call in which it was written; absent at the start, and for an inline plugin. */
  readonly call?: number
}

export interface LoadedEvent {
  readonly plugin: string
  /** `sha256:` and the hex digest of the component. */
  readonly digest: string
  /** Milliseconds from `load` to an instance that is ready to be called. */
  readonly durationMs: number
}

/** A bound of the host was reached. */
export interface BudgetEvent {
  /** The plugin that needed more. */
  readonly plugin: string
  readonly budget: 'threads' | 'processes' | 'memoryBytes' | 'queuedCalls'
  readonly max: number
  /** The plugin whose idle instance was ended for it; absent when a call or the load of `plugin` was refused. */
  readonly evicted?: string
}

/** A plugin whose instances kept ending takes no calls for some time. */
export interface SuspendedEvent {
  readonly plugin: string
  /** Milliseconds until one call is let in, which decides whether others are. */
  readonly retryMs: number
}

/** A plugin that was suspended takes calls again. */
export interface ResumedEvent {
  readonly plugin: string
}

/** Another build of a plugin has taken over. */
export interface UpdatedEvent {
  readonly plugin: string
  /** Of the build that calls are made to from now on. */
  readonly digest: string
  /** Of the one before it. */
  readonly before: string
  /** Milliseconds from `update` to the moment when it took over. */
  readonly durationMs: number
}

/** The file of a plugin that is watched has changed, and what is in it could not take over: what ran before runs on. */
export interface UpdateFailedEvent {
  readonly plugin: string
  readonly error: PluginError
}

/** A build failed too often after it had taken over, and the one before it is back. */
export interface RolledBackEvent {
  readonly plugin: string
  /** Of the build that is back. */
  readonly digest: string
  /** Of the one that failed. */
  readonly failed: string
  /** Calls of that one, and how many of them were faults. */
  readonly calls: number
  readonly faults: number
}

/** Of a plugin that is loaded with `snapshot`. */
export interface SnapshotEvent {
  readonly plugin: string
  /**
   * Of an instance that nobody calls, the state is `saved` and it ends, or it is `refused` and it stays. The next one has it `restored`.
   * It is `lost` where an instance had to end that could not be saved, where another could not go on with it, or where there is no
   * memory for it.
   */
  readonly state: 'saved' | 'restored' | 'refused' | 'lost'
  /** That it has. */
  readonly bytes?: number
  /** Why it is refused or lost. */
  readonly error?: PluginError
}

export interface CallEvent {
  readonly plugin: string
  /** Unique in the host; what the plugin did meanwhile has it as `call`. */
  readonly id: number
  /** `namespace:package/interface#function` */
  readonly export: string
  /** Milliseconds, waiting included. */
  readonly durationMs: number
  /** Of those, the ones before there was an instance for it. */
  readonly waitedMs: number
  /** Of those, the ones in which the plugin waited for functions of the application and for the network; 0 inline. */
  readonly hostMs: number
  /** Set when the call failed; a `result` error of the contract is no failure. */
  readonly error?: PluginError
}

/** The instance ended abnormally; the next call gets a fresh one. */
export interface FaultEvent {
  readonly plugin: string
  /** `trap`: the plugin trapped, broke the ABI, or a host function failed. `limit`: deadline, fuel, memory, sizes. */
  readonly kind: 'trap' | 'limit'
  /** Id of the call that ended so. */
  readonly call: number
  readonly export: string
  readonly error: PluginError
}

export interface ClosedEvent {
  readonly plugin: string
}

/** The audit file of a plugin is not complete: its limit is reached, or the disk is. Reported once per plugin. */
export interface AuditIncompleteEvent {
  readonly plugin: string
  readonly file: string
  readonly reason: string
}

/** The scratch directory of a plugin that was closed could not be removed. */
export interface ScratchLeftEvent {
  readonly plugin: string
  readonly path: string
  /** Of the system: `EACCES`. */
  readonly reason: string
}

/** Events are for observing: a listener cannot change what happens. */
export interface HostEvents extends NamedEvents {
  /** All of them in one stream. */
  event: (event: HostEvent) => void
}

/** An event of any name, in the order in which they happen in the host. */
export type HostEvent = {
  [K in keyof NamedEvents]: Streamed<K> & Parameters<NamedEvents[K]>[0]
}[keyof NamedEvents]

interface Streamed<K> {
  readonly type: K
  /** Rises by one with each event of the host. */
  readonly sequence: number
}

export interface NamedEvents {
  loaded: (event: LoadedEvent) => void
  log: (event: LogEvent) => void
  call: (event: CallEvent) => void
  allowed: (event: AccessEvent) => void
  denied: (event: AccessEvent) => void
  auditIncomplete: (event: AuditIncompleteEvent) => void
  scratchLeft: (event: ScratchLeftEvent) => void
  /** An instance of a plugin ended, or a limit ended a call. */
  fault: (event: FaultEvent) => void
  budget: (event: BudgetEvent) => void
  suspended: (event: SuspendedEvent) => void
  resumed: (event: ResumedEvent) => void
  updated: (event: UpdatedEvent) => void
  updateFailed: (event: UpdateFailedEvent) => void
  rolledBack: (event: RolledBackEvent) => void
  snapshot: (event: SnapshotEvent) => void
  closed: (event: ClosedEvent) => void
}

const events: Readonly<Record<keyof HostEvents, true>> = {
  loaded: true,
  log: true,
  call: true,
  allowed: true,
  denied: true,
  auditIncomplete: true,
  scratchLeft: true,
  fault: true,
  budget: true,
  suspended: true,
  resumed: true,
  updated: true,
  updateFailed: true,
  rolledBack: true,
  snapshot: true,
  closed: true,
  event: true,
}

/** A listener for a name that nothing is sent under would wait for ever. @throws {OPTIONS_INVALID} */
export function checkEventName(name: string): void {
  if (Object.hasOwn(events, name)) return
  const known = Object.keys(events)
  const guess = closest(String(name), known)
  throw errors.OPTIONS_INVALID({
    path: 'on',
    reason: `there is no event "${name}"; there are ${known.join(', ')}`,
    fix: guess && `Did you mean \`${guess}\`?`,
  })
}
