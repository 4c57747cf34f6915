import type { FuncType } from '@wasm-plugin/runtime'
import type { ServiceCaller } from '@wasm-plugin/wasi'
import type { Awaitable } from '@wasm-plugin/wasi/gate'
import type { InstancePorts } from '@wasm-plugin/wasi/instance'
import type { LaneAnswer } from '../lane/thread-questions.js'
import type { HostRequest, MemoryChange, Outcome, ThreadEvent } from '../wire/messages.js'
import type { HeardRules } from './imports.js'

/** What a plugin's thread gives to what runs in it. */
export interface InstancesContext {
  /** Asks the host's thread, in the call of that id, and blocks until it has answered; or does not, where it `suspends`. */
  readonly ask: (request: HostRequest, call: number | undefined) => Awaitable<Outcome>
  /** The same by shared memory, for a function of `init.functions`; undefined where it has to go by message. */
  readonly askDirectly: (
    func: number,
    type: FuncType,
    asked: { readonly args: readonly unknown[]; readonly call: number },
  ) => LaneAnswer | undefined
  /** Shows the application what the call that came by shared memory has so far; false where that has to be posted. @default it has */
  readonly show?: (value: unknown) => boolean
  /** @param services what is asked of the host's thread */
  readonly ports: (services: ServiceCaller) => InstancePorts
  readonly post: (message: ThreadEvent | MemoryChange) => void
  /**
   * For a thread that shares no memory with the application: what it heard of the rules by message. Its plugin is suspended
   * while it waits. @default the thread sleeps
   */
  readonly suspends?: HeardRules
}
