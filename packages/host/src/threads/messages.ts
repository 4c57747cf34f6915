import type { MessagePort } from 'node:worker_threads'
import type {
  HostRequest,
  Outcome,
  Parcel,
  Piece,
  ThreadEvent,
  ThreadInit,
  WireError,
} from '@wasm-plugin/embed/thread'

/** `workerData` of a plugin's thread. */
export interface WorkerInit extends ThreadInit {
  readonly channel: HostChannelEnds
  readonly script: WorkerScript
}

/** What the thread runs. */
export interface WorkerScript {
  readonly source: string
  readonly filename: string
  /** What V8 compiled of it before; the thread sends it if there is none, or V8 does not take it. */
  readonly code: Uint8Array | undefined
}

/** The worker's end of the blocking channel: it posts on `port` and waits on `signal`. */
export interface HostChannelEnds {
  readonly port: MessagePort
  /** Where the pieces of large results and requests go ahead. */
  readonly pieces: MessagePort
  readonly signal: SharedArrayBuffer
}

/** `FromThread`, with what is large about a result sent ahead. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly error: WireError }
  | { readonly type: 'result'; readonly id: number; readonly outcome: Parcel<Outcome> }
  | { readonly type: 'code'; readonly code: Uint8Array }
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
