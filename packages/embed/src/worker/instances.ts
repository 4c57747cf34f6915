import type { FuncType, Instance } from '@wasm-plugin/runtime'
import { type AreaCall, type AreaOutcome, areaCall } from '@wasm-plugin/runtime/internal'
import type { AnswerPiece, ServiceCaller } from '@wasm-plugin/wasi'
import { type Awaitable, chain, lastly, rescue } from '@wasm-plugin/wasi/gate'
import type { InstancePorts } from '@wasm-plugin/wasi/instance'
import { type CallableExport, type ExportPlace, exportAt } from '../contract/callable-export.js'
import { exitCodeOf, isCommand } from '../contract/command.js'
import { exportTarget } from '../contract/export-target.js'
import { revive } from '../engine/runnable.js'
import { withLastWords } from '../errors/last-words.js'
import { decodeError } from '../errors/wire-error.js'
import { showDeepStacks } from '../frames/deep-stacks.js'
import { FaultFrames } from '../frames/fault-frames.js'
import type { DebugInformation } from '../frames/frame-finder.js'
import type { CopiedCall } from '../lane/thread-lane.js'
import type { LaneAnswer } from '../lane/thread-questions.js'
import { later } from '../later.js'
import type {
  AnsweredMessage,
  HostRequest,
  MemoryChange,
  Outcome,
  ThreadEvent,
  ThreadInit,
  ToThread,
} from '../wire/messages.js'
import { withBackPressure } from './back-pressure.js'
import { createImports, type HeardRules, type InstanceImports } from './imports.js'
import { Outbox } from './outbox.js'
import type { Ask, FindDirect } from './remote.js'
import { InstanceResources } from './resources.js'

export interface Instances {
  /** Instantiates; throws what keeps the plugin from starting. */
  start(): void
  /** A promise of it where plugins are suspended while they wait. One at a time. */
  serve(message: AnsweredMessage): unknown
  /** See `LaneServer`. */
  copied(call: CopiedCall): AreaOutcome | undefined
  /** What else came of the call that has ended, and is not sent yet. */
  pieces(): readonly AnswerPiece[]
  /** Of a function of the contract, by its index. */
  typeOf(func: number): FuncType
}

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
  /** @param services what is asked of the host's thread */
  readonly ports: (services: ServiceCaller) => InstancePorts
  readonly post: (message: ThreadEvent | MemoryChange) => void
  /**
   * For a thread that shares no memory with the application: what it heard of the rules by message. Its plugin is suspended
   * while it waits. @default the thread sleeps
   */
  readonly suspends?: HeardRules
}

interface Current extends Omit<InstanceImports, 'imports'> {
  readonly instance: Instance
  /** The functions that were called, by their indices. */
  readonly targets: ((...args: unknown[]) => unknown)[]
  /** The same with no values in between; null where there have to be. */
  readonly copying: (AreaCall | null)[]
}

/**
 * The plugin's current instance. A fault poisons an instance for ever, so the next call makes a new one with new
 * imports: nothing of the faulty one, no handle and no open file, is carried over.
 */
export function createInstances(
  init: ThreadInit,
  { ask: outcomeOf, askDirectly, ports, post, suspends: rules }: InstancesContext,
): Instances {
  showDeepStacks()
  const component = revive(init.component, init.limits)
  /** By their indices, each found by its first call. */
  const functions: CallableExport[] = []
  const resources = new InstanceResources(init.limits.handles)
  let current: Current | undefined
  let call: number | undefined
  let memoryBytes = 0
  const running = () => call
  const outbox = new Outbox((pieces) => post({ type: 'response', pieces, call }))

  const ask: Ask = (request) => {
    outbox.flush()
    return chain(outcomeOf(request, call), opened)
  }

  // Of all instances that the thread has: each may make as few events as it likes.
  const { report, pause } = withBackPressure(post, () =>
    ask({ kind: 'service', service: 'events.seen', args: [] }),
  )

  const indices = new Map(init.functions.map((place, index) => [JSON.stringify(place), index]))
  const direct: FindDirect = (instance, func, type) => {
    const index = indices.get(JSON.stringify([instance, func]))
    if (index === undefined) return undefined
    return (args) => {
      // At the start nobody waits in place.
      const answer = call === undefined ? undefined : askDirectly(index, type, { args, call })
      return answer && ('kept' in answer ? { value: ask({ kind: 'kept', question: answer.kept }) } : answer)
    }
  }

  const faults = new FaultFrames(init.component.options, () =>
    init.mayTellPlaces ? (ask({ kind: 'debug' }) as Awaitable<DebugInformation | null>) : null,
  )

  /** Tells how large its memory is, when that has changed. */
  const measure = () => {
    const bytes = current?.instance.memoryBytes ?? 0
    if (bytes === memoryBytes) return
    memoryBytes = bytes
    post({ type: 'memory', bytes })
  }
  const retire = () => {
    current?.dispose()
    current = undefined
  }
  const fresh = () => {
    const { imports, ...rest } = createImports(component.imports, {
      ...{ init, ask, direct, resources, ports, report, outbox, running, rules },
      spend: (units) => current?.instance.fuel?.spend(units),
    })
    const how = rules === undefined ? {} : { async: true, onCallOut: pause }
    try {
      current = { instance: component.instantiate(imports, how), targets: [], copying: [], ...rest }
    } catch (error) {
      const worded = withLastWords(error, rest.lastWords)
      const told = faults.addTo(worded)
      // For a start, nobody waits.
      throw told instanceof Promise ? worded : told
    }
    // What is said at the start is no word of the call that comes.
    rest.endCall()
    measure()
    return current
  }

  const functionAt = (index: number): CallableExport => {
    functions[index] ??= exportAt(component.exports, init.exports[index] as ExportPlace)
    return functions[index]
  }
  const targetAt = ({ instance, targets }: Current, index: number) => {
    targets[index] ??= exportTarget(instance.exports, functionAt(index))
    return targets[index]
  }
  const copied = (now: Current, { func, at, areas, fits }: CopiedCall): AreaOutcome | undefined => {
    const { copying } = now
    if (copying[func] === undefined) copying[func] = areaCall(targetAt(now, func), areas)
    return copying[func]?.(at, fits)
  }
  const run = (now: Current, { func, args }: Extract<ToThread, { type: 'call' }>): unknown => {
    const target = targetAt(now, func)
    const { handles } = functionAt(func)
    if (handles === null) return target(...args)
    const { toPlugin, toApp } = resources
    return rescue(
      () => chain(target(...handles.args(args, toPlugin)), (result) => handles.result(result, toApp)),
      (error) => {
        throw handles.error(error, toApp)
      },
    )
  }

  const handle = (now: Current, { func, exchange, head }: Extract<ToThread, { type: 'handle' }>): unknown => {
    const { args, end } = now.accept(exchange, head)
    return lastly(() => chain(targetAt(now, func)(...args), () => undefined), end)
  }
  const runProgram = (
    now: Current,
    { func, exchange, start }: Extract<ToThread, { type: 'program' }>,
  ): Awaitable<number> => {
    const end = now.program(exchange, start)
    return lastly(() => exitCodeOf(targetAt(now, func)), end)
  }
  /** Where an instance ends with every request, the next one does not wait for another. */
  const renew = () => {
    retire()
    later(() => {
      try {
        if (current === undefined) fresh()
      } catch {
        // The next call says why.
        measure()
      }
    })
  }
  /** Whether an instance ends with it, whatever comes of it. */
  const isLast = (message: AnsweredMessage | CopiedCall): boolean => {
    if (message.type === 'handle') return message.isLast
    if (message.type === 'program') return true
    return message.type === 'call' && isCommand(init.exports[message.func] as ExportPlace)
  }
  const answer = (now: Current, message: AnsweredMessage | CopiedCall): unknown => {
    switch (message.type) {
      case 'call':
        return run(now, message)
      case 'copied':
        return copied(now, message)
      case 'handle':
        return handle(now, message)
      case 'program':
        return runProgram(now, message)
      case 'drop':
        return resources.drop(message.resource)
    }
  }

  const serve = (message: AnsweredMessage | CopiedCall): unknown => {
    // With the instance, its resources have gone too.
    if (message.type === 'drop' && current === undefined) return undefined
    call = message.id
    const now = current ?? fresh()
    const { instance } = now
    if (message.fuel !== undefined) instance.fuel?.refill(message.fuel)
    const failed = (error: unknown) =>
      chain(faults.addTo(withLastWords(error, () => current?.lastWords() ?? [])), (told): never => {
        throw told
      })
    const end = () => {
      current?.endCall()
      if (isLast(message)) renew()
      else {
        if (instance.poisoned) retire()
        measure()
      }
    }
    return lastly(() => rescue(() => answer(now, message), failed), end)
  }

  return {
    start: () => void fresh(),
    pieces: () => outbox.take(),
    typeOf: (func) => functionAt(func).type,
    serve,
    copied: (call) =>
      isCommand(init.exports[call.func] as ExportPlace)
        ? undefined
        : (serve(call) as AreaOutcome | undefined),
  }
}

function opened(outcome: Outcome): unknown {
  if (outcome.ok) return outcome.value
  throw decodeError(outcome.error)
}
