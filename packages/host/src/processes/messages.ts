import type {
  FromThread,
  HostRequest,
  Outcome,
  Parcel,
  Piece,
  ThreadInit,
  ToThread,
  WireError,
} from '@wasm-plugin/embed/thread'
import type { Entry } from '../worker-url.js'

/** A plugin as it crosses to another process: what is shared by threads is made there. */
export interface ProcessInit {
  readonly init: Omit<ThreadInit, 'lane' | 'ruleState'>
  /** Of the rule state. */
  readonly head: Int32Array
  readonly heapBytes: number
  readonly script: Entry
}

/** The application to the process of a plugin. */
export type ToProcess =
  /** The first, and once. */
  | { readonly type: 'init'; readonly init: ProcessInit }
  | { readonly type: 'post'; readonly message: ToThread }
  /** Of an answer; sent before it. */
  | { readonly type: 'piece'; readonly id: number; readonly piece: Piece }
  | { readonly type: 'answer'; readonly id: number; readonly outcome: Parcel<Outcome> }
  | { readonly type: 'head'; readonly head: Int32Array }
  /** Has the thread looked at; each is answered before the next. */
  | { readonly type: 'profile'; readonly step: 'begin' | 'end' }

/** And back. */
export type FromProcess =
  | Exclude<FromThread, { readonly type: 'result' }>
  /** Of a result or a request; sent before it, without anything between them. */
  | { readonly type: 'piece'; readonly piece: Piece }
  | (Omit<Extract<FromThread, { type: 'result' }>, 'outcome'> & { readonly outcome: Parcel<Outcome> })
  | {
      readonly type: 'ask'
      readonly id: number
      readonly call: number | undefined
      readonly request: Parcel<HostRequest>
    }
  /** What was seen of the thread, as JSON, where that was asked for. */
  | { readonly type: 'profile'; readonly isOk: boolean; readonly bytes?: Uint8Array }
  /** The thread has ended, for a reason that it knows. */
  | { readonly type: 'crash'; readonly error: WireError }
