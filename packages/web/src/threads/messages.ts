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
} from '@wasm-plugin/embed/wire'
import type { GrantVersion } from '@wasm-plugin/wasi/gate'

/** What a thread is sent first. */
export interface ThreadStart {
  readonly init: ThreadInit
  /** A number that no other living thread has. */
  readonly thread: number
  /** The name of a lock that the thread holds for as long as it runs, which is how its end is known. */
  readonly lock: string
  readonly replies: RepliesMemory
}

/** The same where the page shares no memory with it: it hears of everything by message. */
export interface SuspendingStart extends Omit<ThreadStart, 'replies'> {
  readonly rules: Required<RulesNow>
}

/** What a thread that shares no memory is to know of the rules. */
export interface RulesNow {
  /** Whether uses that are allowed are reported. */
  readonly heard: boolean
  /** Missing where the grants are those of the last message. */
  readonly latest?: GrantVersion
}

/** Where a thread that asks finds what it is answered, see `replies.ts`. */
export interface RepliesMemory {
  readonly words: SharedArrayBuffer
  readonly area: SharedArrayBuffer
}

/** To a thread that has started. */
export type ToWorker = ToThread

/** And what one that shares no memory hears besides. */
export type ToSuspending =
  | ToThread
  | { readonly type: 'reply'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | ({ readonly type: 'rules' } & RulesNow)

/** What a thread sends, all of it by one port, so in the order in which it happened. */
export type FromWorker =
  | Extract<FromThread, { readonly type: 'ready' | 'failed' }>
  | {
      readonly type: 'result'
      readonly id: number
      readonly outcome: Parcel<Outcome>
      /** See `FromThread`. */
      readonly used?: readonly number[]
    }
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
