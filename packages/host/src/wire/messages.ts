import type { AccessEvent, GrantSet } from '../capability/index.js'
import type { WireError } from '../errors/wire-error.js'
import type { LogEvent } from '../events.js'
import type { EngineName } from '../options.js'

/** Raised with every change of the messages below; both ends are of one package, so a mismatch is a packaging bug. */
export const PROTOCOL = 1

/** `workerData` of a plugin's thread: everything it needs, once. */
export interface WorkerInit {
  readonly protocol: typeof PROTOCOL
  readonly plugin: string
  readonly engine: EngineName
  /** What the engine's `transfer()` gave. */
  readonly component: unknown
  /** Where each import of the component comes from. */
  readonly imports: readonly ImportSource[]
  readonly grants: GrantSet
  /** Revocations and quotas, shared by every thread of the plugin. */
  readonly ruleState: SharedArrayBuffer
  readonly limits: WorkerLimits
  readonly channel: HostChannelEnds
}

export interface ImportSource {
  /** Exact import name of the component. */
  readonly name: string
  readonly from: 'app' | 'wasi'
}

export interface WorkerLimits {
  readonly memoryBytes: number
  readonly memories: number
  readonly tableElements: number
  readonly handles: number
  readonly valueBytes: number
  readonly liftedValues: number
  readonly fuel?: number
}

/** The worker's end of the blocking channel: it posts on `port` and waits on `signal`. */
export interface HostChannelEnds {
  readonly port: import('node:worker_threads').MessagePort
  readonly signal: SharedArrayBuffer
}

export type ToWorker = {
  readonly type: 'call'
  readonly id: number
  /** Export name of the instance, or null for a function of the world itself. */
  readonly instance: string | null
  /** camelCase. */
  readonly func: string
  readonly args: readonly unknown[]
  /** Units of fuel, when the plugin is metered. */
  readonly fuel?: number
}

export type FromWorker =
  | { readonly type: 'ready' }
  /** The component could not be instantiated. */
  | { readonly type: 'failed'; readonly error: WireError }
  | { readonly type: 'result'; readonly id: number; readonly outcome: Outcome }
  | { readonly type: 'access'; readonly event: AccessEvent }
  | { readonly type: 'log'; readonly event: LogEvent }

export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: WireError }

/** Guest to host, over the blocking channel: one request at a time per worker. */
export interface HostRequest {
  /** A function of the application's `imports`, or a service of the framework (network). */
  readonly kind: 'function' | 'service'
  /** Exact import name, or null for services and functions of the world itself. */
  readonly instance: string | null
  readonly func: string
  readonly args: readonly unknown[]
}

export type HostReply = Outcome
