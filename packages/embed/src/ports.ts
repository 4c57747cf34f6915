import type { CoreModule } from '@wasm-plugin/runtime'
import type {
  AccessEvent,
  Gate,
  GrantPorts,
  GrantSet,
  ServiceArgs,
  ServiceCaller,
  ServiceName,
  ServiceResult,
} from '@wasm-plugin/wasi'
import type { GrantVersion, RuleState } from '@wasm-plugin/wasi/gate'
import type { InstancePorts } from '@wasm-plugin/wasi/instance'
import type { AnsweringExchange } from './http/exchange.js'
import type { AuditOptions } from './options/given.js'
import type { WarmThreads } from './options/resolved.js'
import type { AppRequest, FromThread, Outcome, ThreadInit, ToThread } from './wire/messages.js'

/** What a host takes of its platform. A host for Node, or for a browser, is this and `new Host(options, ports)`. */
export interface HostPorts {
  /** The environment and the files that grants are about. */
  readonly grants: GrantPorts
  /** What an instance in the application's thread runs on. */
  readonly instance: () => InstancePorts | Promise<InstancePorts>
  /** Asked once for each host. */
  readonly threads: (warm: WarmThreads) => Threads
  /** Where a plugin can have a process of its own. */
  readonly processes?: ProcessPort
  readonly sources: SourcePort
  readonly scratch: ScratchPort
  readonly services: (context: ServicesContext) => PluginServices
  readonly audit: AuditPort
  /** Where every decision is published besides the events of its host. */
  readonly decisions: DecisionChannel
  readonly runs: AsyncContext
  /**
   * Compiles a large core module off the application's thread; undefined for what may as well be compiled here. Rejects
   * with what the engine has against the module, and with the reason of `signal` at once when that is aborted.
   */
  readonly compileModule: (bytes: Uint8Array, signal: AbortSignal) => Promise<CoreModule | undefined>
  /** Looks at the application's own thread; missing where nothing can. */
  readonly sampler?: () => Sampler
  /** Bytes of memory that the machine has, or a container lets this process have of it. */
  readonly memoryBytes: number
  /** Says what no promise is left to say. */
  readonly warn: (text: string) => void
}

/** Looks at what one thread does, again and again. */
export interface Sampler {
  /** Looks about every millisecond from now on. Rejects where nothing can look. */
  begin(): Promise<void>
  /** Answers with what was seen since, as a `Profile` of the engine's inspector. Rejects when the thread has ended. */
  end(): Promise<unknown>
  /** Looks no more. */
  close(): void
}

/** Processes for plugins, each with one thread that runs an instance. */
export interface ProcessPort {
  /**
   * Asked once for each plugin that runs in processes.
   *
   * @throws {PROCESS_UNAVAILABLE}
   */
  open(grants: GrantSet): Promise<StartThread>
}

/** The threads of one host. */
export interface Threads {
  /** Asked once for each plugin that runs in threads, with what it is granted. */
  open(grants: GrantSet): Promise<StartThread>
  /**
   * Starts a thread for a plugin that is being compiled, so that both take no longer than one of them. To be given up when the
   * plugin has its thread or will have none.
   */
  ahead?(heapBytes: number): () => void
  /** Threads that wait for a plugin; the process does not wait for them. */
  readonly waiting: number
  /** Ends those that wait. */
  close(): Promise<void>
}

/** Starts a thread, in which one instance of a plugin runs: see `createInstances` of `@wasm-plugin/embed/thread`. */
export type StartThread = (spec: ThreadSpec, events: ThreadEvents) => ThreadPort

export interface ThreadSpec {
  readonly init: ThreadInit
  /** Bytes of its JavaScript heap. */
  readonly heapBytes: number
  /** The application's end of `init.ruleState`. */
  readonly rules: RuleState
  /** The grants as they are now. */
  readonly latest: () => GrantVersion
}

/** What is heard of a thread, in the order in which it happened. */
export interface ThreadEvents {
  /** It asks, and is asleep until the answer is there. `call` is the id of the call that it asks in. */
  ask(request: AppRequest, call: number | undefined): Promise<Outcome>
  /** The answer of what it asked has been sent. */
  onAnswered(): void
  onMessage(message: FromThread): void
  /** It ended abnormally, or is about to. */
  onCrash(error: Error): void
  /** It is gone, with everything that it sent taken in. `thread` is the number that its instances had in their ports. */
  onExit(thread: number, reason: string): void
}

/** A thread that runs, as its platform gives it. */
export interface ThreadPort {
  /** `transfer` is memory of the message that is handed over with it. */
  post(message: ToThread, transfer?: readonly ArrayBuffer[]): void
  /** Whether the process waits for it. */
  hold(isHeld: boolean): void
  /** Ends it, whatever it does, and answers it no more; `onExit` tells when it has ended. */
  terminate(): void
  /** Missing where nothing can look at it. */
  sampler?(): Sampler
  /** Milliseconds of processor time that it has had, or its process. @default nobody knows */
  cpuMs?(): number | undefined
}

/** How bytes are read that are neither given nor fetched: by a path or a `file:` URL. */
export interface SourcePort {
  /** Where a path leads, if it is to a URL that is fetched; undefined where there are files. */
  readonly base?: URL | undefined
  /** `render.wasm` for `./dist/render.wasm`. @throws {SOURCE_UNREADABLE} */
  fileName(path: string | URL): string
  /** @throws {FILE_NOT_FOUND} {SOURCE_UNREADABLE} {LIMIT_EXCEEDED} */
  readFile(path: string | URL, maxBytes: number): Promise<Uint8Array<ArrayBuffer>>
  /**
   * Calls back when a file has changed since this call and rests, until the answer is called; the process does not wait
   * for it.
   */
  watch?(path: string | URL, onChange: () => void): () => void
  /** SHA-256, as 64 hex digits; in turns with the application. */
  sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string>
}

export interface ScratchPort {
  /** The grants with the directories of their scratch grants made. Whoever closes the services removes them. */
  make(grants: GrantSet): GrantSet
}

/** A scratch directory that could not be removed. */
export interface ScratchLeft {
  readonly path: string
  /** Of the system: `EACCES`. Its message has names that the plugin chose. */
  readonly reason: string
}

export interface ServicesContext {
  readonly gate: Gate
  readonly onScratchLeft?: (left: ScratchLeft) => void
}

/** The network and the stores of one plugin, which answer from the application's thread. */
export interface PluginServices {
  /** Reads what the plugin keeps. @throws {STORE_UNUSABLE} */
  start(): Promise<void>
  forThread(): ThreadServices
  /** For a plugin in the application's thread, where nothing can be waited for; it has no grant for the network. */
  forCaller(): ServiceCaller
  /** To be called when the grants have become narrower: open connections do not wait for their next use. */
  closeDenied(): void
  /** Closes the stores, and removes scratch directories. */
  close(): Promise<void>
}

/** What one thread of a plugin asks of the host's thread, because it is asynchronous. Ends with the thread. */
export interface ThreadServices {
  answer<K extends ServiceName>(service: K, args: ServiceArgs<K>): Promise<ServiceResult<K>>
  /** Lets the thread ask for what there is of a request that it answers, by a number. */
  accept(exchange: AnsweringExchange): AcceptedExchange
  /** The thread runs a call from now on, or waits for one. */
  idle(isIdle: boolean): void
  /** Ends every connection of the thread. */
  close(): void
}

export interface AcceptedExchange {
  readonly id: number
  /** To be called when the request is answered, or never will be. */
  release(): void
}

export interface AuditPort {
  /**
   * @param onLoss called once, when the first line is dropped
   * @throws {AUDIT_UNWRITABLE} {AUDIT_UNSAFE}
   */
  open(options: Required<AuditOptions>, grants: GrantSet, onLoss: (loss: AuditLoss) => void): AuditLog
}

export interface AuditLog {
  /** Takes one decision. Never throws: what cannot be written is counted. */
  append(event: AccessEvent): void
  /** Writes what is left, then the counts of this plugin. Idempotent. */
  close(plugin: string): void
}

/** What went missing from an audit file. */
export interface AuditLoss {
  /** Canonical path. */
  readonly file: string
  readonly reason: string
}

export interface DecisionChannel {
  readonly hasSubscribers: boolean
  publish(event: AccessEvent): void
}

/**
 * What a function was called by, whatever it awaited meanwhile: how a call is recognised that waits for itself. A
 * platform that cannot tell answers undefined, and such a call ends at its deadline.
 */
export interface AsyncContext {
  current(): object | undefined
  within<T>(value: object, work: () => T): T
  /** Runs something as if it were run here. */
  here(): <T>(work: () => T) => T
}
