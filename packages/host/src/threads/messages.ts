import type { MessagePort } from 'node:worker_threads'
import type {
  FromThread,
  HostRequest,
  MemoryChange,
  Outcome,
  Parcel,
  Piece,
  ThreadEvent,
  ThreadInit,
  ToThread,
} from '@wasm-plugin/embed/thread'

/** `workerData` of a thread. */
export interface WorkerData {
  readonly channel: HostChannelEnds
  readonly script: WorkerScript
  /** It waits for a plugin, and may get ready for it; or nothing was compiled for threads before it. */
  readonly isWarm: boolean
}

/** What the thread runs. */
export interface WorkerScript {
  /** Latin-1. It and the code are in memory that threads share: sent, it is copied twice for each. */
  readonly source: Uint8Array<SharedArrayBuffer>
  readonly filename: string
  /** What V8 compiled of it before; the thread sends it if there is none, or V8 does not take it. */
  readonly code: Uint8Array<SharedArrayBuffer> | undefined
  /** What V8 compiles of it is kept. */
  readonly isKept: boolean
}

/** The worker's end of the blocking channel: it posts on `port` and waits on `signal`. */
export interface HostChannelEnds {
  readonly port: MessagePort
  /** Where the pieces of large results and requests go ahead. */
  readonly pieces: MessagePort
  readonly signal: SharedArrayBuffer
}

/** The plugin comes first, and once. */
export type ToWorker = { readonly type: 'init'; readonly init: ThreadInit } | ToThread

/** `FromThread`, with what is large about a result sent ahead. */
export type FromWorker =
  | Extract<FromThread, { readonly type: 'ready' | 'failed' }>
  | (Omit<Extract<FromThread, { type: 'result' }>, 'outcome'> & { readonly outcome: Parcel<Outcome> })
  | { readonly type: 'code'; readonly code: Uint8Array }
  /** The number by which the system knows the thread. */
  | { readonly type: 'thread'; readonly number: number }
  | MemoryChange
  | ThreadEvent

/** By number, so that a reply is never taken for that of another request. */
export interface HostCall {
  readonly id: number
  /** The call in which the plugin asks; undefined at the start. */
  readonly call: number | undefined
  readonly request: Parcel<HostRequest>
}

/** By the number of the request that it answers. */
export interface HostReply {
  readonly id: number
  readonly outcome: Parcel<Outcome>
}

/** Of a reply; sent before it. */
export interface HostPiece {
  readonly id: number
  readonly piece: Piece
}
