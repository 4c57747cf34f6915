import type { GrantVersion, RuleState } from '@wasm-plugin/wasi/gate'
import type { HostFunction } from '../contract/host-function.js'
import type { AsyncContext, StartThread } from '../ports.js'
import type { Meter } from '../stats/index.js'
import type { Happened, ThreadInit } from '../wire/messages.js'
import type { ThreadServer } from './host-functions.js'
import type { HostRun } from './host-run.js'

/** What the slots of a pool are made of. */
export interface SlotSpec {
  readonly startThread: StartThread
  readonly init: Omit<ThreadInit, 'lane'>
  readonly heapBytes: number
  readonly rules: RuleState
  readonly latest: () => GrantVersion
  /** The thread shares memory with the application, and may be called by way of it. */
  readonly isShared: boolean
  readonly startMs: number
  readonly runs: AsyncContext
  /** Functions of the application that may be asked for by shared memory, by their indices there. */
  readonly functions: readonly HostFunction[]
  /** Makes what answers one thread. */
  readonly serve: () => ThreadServer
  /** Called when the thread of that number is no more. */
  readonly onThreadEnd: (thread: number) => void
  /** Called when a function of the application, or a service, has answered. */
  readonly onAnswered: (run: HostRun) => void
  readonly onEvent: (message: Happened) => void
  /** Counts what a thread uses; the answer is to be called when it is gone. */
  readonly measure: (meter: Meter) => () => void
}
