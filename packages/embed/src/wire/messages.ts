import type { TransferredComponent } from '@wasm-plugin/runtime'
import type {
  AccessEvent,
  AnswerPiece,
  GrantSet,
  IncomingHead,
  ProgramStart,
  ServiceArgs,
  ServiceName,
} from '@wasm-plugin/wasi'
import type { RuleQuestion } from '@wasm-plugin/wasi/gate'
import type { ExportPlace } from '../contract/callable-export.js'
import type { HostFunctionPlace } from '../contract/host-function.js'
import type { WireError } from '../errors/wire-error.js'
import type { LogEvent } from '../events.js'
import type { Snapshot } from './snapshot.js'

/** Everything that a plugin's thread needs, once. */
export interface ThreadInit {
  readonly plugin: string
  /** Compiled by the application's thread. */
  readonly component: TransferredComponent
  /** Where each import of the component comes from. */
  readonly imports: readonly ImportSource[]
  /** The functions of the application that may be asked for by shared memory, in the order of their indices there. */
  readonly functions: readonly HostFunctionPlace[]
  /** The functions of the contract, in its order. */
  readonly exports: readonly ExportPlace[]
  readonly grants: GrantSet
  /** Revocations and quotas, shared by every thread of the plugin; its head alone where the rest is asked for. */
  readonly ruleState: SharedArrayBuffer
  /** Set where the application is in another process. */
  readonly asksRules?: true
  readonly limits: ThreadLimits
  /** Whether there may be something to ask for that tells where a fault was. */
  readonly mayTellPlaces: boolean
  /** Of its lane, see `lane/memory.ts`. */
  readonly lane: SharedArrayBuffer
  /** What the instance goes on with. */
  readonly snapshot?: Snapshot
}

export interface ImportSource {
  /** Exact import name of the component. */
  readonly name: string
  readonly from: 'app' | 'wasi'
}

export interface ThreadLimits {
  readonly memoryBytes: number
  readonly memories: number
  readonly tableElements: number
  readonly moduleHeapBytes: number
  readonly dataBytes: number
  readonly handles: number
  readonly valueBytes: number
  readonly liftedValues: number
  readonly fuel?: number
}

/** The host's thread to that of a plugin. */
export type ToThread =
  | {
      readonly type: 'call'
      readonly id: number
      /** Index in `ThreadInit.exports`. */
      readonly func: number
      /** A resource is the number by which both threads know it. */
      readonly args: readonly unknown[]
      /** Units of fuel, when the plugin is metered. */
      readonly fuel?: number | undefined
    }
  /** A request of a client, for `wasi:http/incoming-handler`. */
  | {
      readonly type: 'handle'
      readonly id: number
      readonly func: number
      /** The number by which the thread asks for what there is of it. */
      readonly exchange: number
      readonly head: IncomingHead
      /** Requests that an instance answers at most: it ends with the last of them. */
      readonly reuse: number
      readonly fuel?: number
    }
  /** A program, which is run in an instance of its own. */
  | {
      readonly type: 'program'
      readonly id: number
      readonly func: number
      /** The number by which the thread asks for its streams. */
      readonly exchange: number
      readonly start: ProgramStart
      readonly fuel?: number
    }
  /** The application gives up a resource of the plugin, whose destructor runs as a call does. */
  | { readonly type: 'drop'; readonly id: number; readonly resource: number; readonly fuel?: number }
  /** Asks what each function has used of the fuel, see `FunctionUnits`. */
  | { readonly type: 'fuel'; readonly id: number }
  /** What the instance keeps is to be saved, which is a `Snapshot`; null where there is none. */
  | { readonly type: 'save'; readonly id: number; readonly maxBytes: number; readonly fuel?: undefined }
  /** Calls it to its lane, where a call is. */
  | { readonly type: 'lane' }

/** Those that a `result` answers. */
export type AnsweredMessage = Extract<ToThread, { readonly id: number }>

/** And back. */
export type FromThread =
  | {
      readonly type: 'ready'
      /** Why it has started, where it should have gone on. */
      readonly lost?: WireError
    }
  /** The component could not be instantiated. */
  | { readonly type: 'failed'; readonly error: WireError }
  | {
      readonly type: 'result'
      readonly id: number
      readonly outcome: Outcome
      /** The last of what else comes of the call. */
      readonly pieces?: readonly AnswerPiece[]
      /** What it has used, where it shares no memory with the application: see `ThreadMeter`. */
      readonly used?: readonly number[]
    }
  | MemoryChange
  | ThreadEvent

/** The linear memory of the instance is as large as this now. It comes before what came of the call that it changed in. */
export interface MemoryChange {
  readonly type: 'memory'
  readonly bytes: number
}

/** `call` is the id of the call that it happened in; undefined at the start. */
export type ThreadEvent = { readonly call: number | undefined } & (
  | { readonly type: 'access'; readonly event: AccessEvent }
  | { readonly type: 'log'; readonly event: LogEvent }
  /** Of the response to the request of the call, or of what the program writes. */
  | { readonly type: 'response'; readonly pieces: readonly AnswerPiece[] }
)

/** What the application may hear of. */
export type Happened = Exclude<ThreadEvent, { readonly type: 'response' }>

export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: WireError }

/** A service of the framework (network, storage). */
export interface ServiceRequest<K extends ServiceName = ServiceName> {
  readonly kind: 'service'
  readonly service: K
  readonly args: ServiceArgs<K>
}

/** What is answered by a host, on any platform. */
export type AppRequest = Exclude<HostRequest, { readonly kind: 'rules' }>

/** What is answered by the host's thread, and not by what has been asked before. */
export type AnsweredRequest = Exclude<HostRequest, { readonly kind: 'kept' | 'rules' }>

/** What the thread asks of the host's, and sleeps until it is answered. */
export type HostRequest =
  /** A function of the application's `imports`, by the exact names of the component; null for one of the world itself. */
  | {
      readonly kind: 'function'
      readonly instance: string | null
      readonly func: string
      readonly args: readonly unknown[]
    }
  | ServiceRequest
  /** What came of a question that was asked by shared memory and could not be answered there. */
  | { readonly kind: 'kept'; readonly question: number }
  /** The plugin dropped an object of the application. */
  | { readonly kind: 'drop'; readonly resource: number }
  /** About what is booked of the grants; answered by who started the process that it comes from. */
  | { readonly kind: 'rules'; readonly question: RuleQuestion }
  /** What tells where a fault of the plugin was. */
  | { readonly kind: 'debug' }
  /** The instance has ended, and with it everything that it held of the application. */
  | { readonly kind: 'drain' }
