import type {
  HostRequest,
  MemoryChange,
  Outcome,
  Parcel,
  Piece,
  ThreadEvent,
  ThreadInit,
  ToThread,
  WireError,
} from '@wasm-plugin/embed/wire'

/** What a thread is sent first. */
export interface ThreadStart {
  readonly init: ThreadInit
  /** A number that no other living thread has. */
  readonly thread: number
  /** The name of a lock that the thread holds for as long as it runs, which is how its end is known. */
  readonly lock: string
  readonly replies: RepliesMemory
}

/** Where a thread that asks finds what it is answered, see `replies.ts`. */
export interface RepliesMemory {
  readonly words: SharedArrayBuffer
  readonly area: SharedArrayBuffer
}

/** To a thread that has started. */
export type ToWorker = ToThread

/** What a thread sends, all of it by one port, so in the order in which it happened. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly error: WireError }
  | { readonly type: 'result'; readonly id: number; readonly outcome: Parcel<Outcome> }
  | MemoryChange
  | ThreadEvent
  /** Of the next result or request. */
  | { readonly type: 'piece'; readonly piece: Piece }
  | Asked
  /** Memory for a reply that is larger than the area. */
  | { readonly type: 'room'; readonly id: number; readonly room: SharedArrayBuffer }

/** By number, so that a reply is never taken for that of another request. */
export interface Asked {
  readonly type: 'ask'
  readonly id: number
  /** The call in which the plugin asks; undefined at the start. */
  readonly call: number | undefined
  readonly request: Parcel<HostRequest>
}
