import type { FuncType, Instance } from '@wasm-plugin/runtime'
import { type AreaCall, type AreaOutcome, areaCall } from '@wasm-plugin/runtime/internal'
import type { AnswerPiece } from '@wasm-plugin/wasi'
import { type Awaitable, chain, lastly, rescue } from '@wasm-plugin/wasi/gate'
import { type CallableExport, type ExportPlace, exportAt } from '../contract/callable-export.js'
import { exitCodeOf, isCommand } from '../contract/command.js'
import { exportTarget } from '../contract/export-target.js'
import { revive } from '../engine/runnable.js'
import { withLastWords } from '../errors/last-words.js'
import { decodeError, type WireError } from '../errors/wire-error.js'
import { showDeepStacks } from '../frames/deep-stacks.js'
import { FaultFrames } from '../frames/fault-frames.js'
import type { DebugInformation } from '../frames/frame-finder.js'
import { packAnswer, packedHandle } from '../http/packed.js'
import type { CopiedCall } from '../lane/thread-lane.js'
import { ThreadMeter } from '../lane/thread-meter.js'
import { later } from '../later.js'
import { type FunctionUnits, NOTHING } from '../stats/index.js'
import type { AnsweredMessage, Outcome, ThreadInit, ToThread } from '../wire/messages.js'
import type { Snapshot } from '../wire/snapshot.js'
import { withBackPressure } from './back-pressure.js'
import { directFunctions } from './direct-functions.js'
import { ThreadFunctionFuel } from './function-fuel.js'
import { createImports, type InstanceImports } from './imports.js'
import type { InstancesContext } from './instances-context.js'
import { Outbox } from './outbox.js'
import { requestOf } from './packed-request.js'
import type { Ask } from './remote.js'
import { InstanceResources } from './resources.js'
import { goingOn, snapshot, wentOn } from './saving.js'

export interface Instances {
  /**
   * Instantiates; throws what keeps the plugin from starting. Gives why it has started where it should have gone on with what was saved.
   */
  start(): { readonly lost?: WireError }
  /** A promise of it where plugins are suspended while they wait. One at a time. */
  serve(message: AnsweredMessage): unknown
  /** The same of what came by shared memory, which may be a request. See `LaneServer`. */
  called(call: Extract<ToThread, { type: 'call' }>): unknown
  /** See `LaneServer`. */
  copied(call: CopiedCall): AreaOutcome | undefined
  /** To be called when nobody waits for anything: gets ready for the next call. */
  rest(): void
  /** What else came of the call that has ended, and is not sent yet. */
  pieces(): readonly AnswerPiece[]
  /** Of a function of the contract, by its index; behind the last is that by which requests come. */
  typeOf(func: number): FuncType
}

interface Current extends Omit<InstanceImports, 'imports'> {
  readonly instance: Instance
  /** Requests that it was given. */
  handled: number
  /** Whether a call has been in it, or a request. */
  isUsed: boolean
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
  { ask: outcomeOf, askDirectly, ports, post, show, suspends: rules }: InstancesContext,
): Instances {
  showDeepStacks()
  const component = revive(init.component, init.limits)
  /** By their indices, each found by its first call. */
  const functions: CallableExport[] = []
  const resources = new InstanceResources(init.limits.handles)
  let current: Current | undefined
  /** One that has ended, and has not let go of what it held. */
  let ended: Current | undefined
  let isDue = false
  let call: number | undefined
  let memoryBytes = 0
  const running = () => call
  /** Whether what runs is a request that came by shared memory. */
  let isPacked = false
  const outbox = new Outbox((pieces) => {
    if (!isPacked || show?.(packAnswer(pieces)) !== true) post({ type: 'response', pieces, call })
  })

  const ask: Ask = (request) => {
    outbox.flush()
    return askFirst(request)
  }
  /** Ahead of what waits in the outbox. */
  const askFirst: Ask = (request) => {
    tally()
    return chain(outcomeOf(request, call), opened)
  }

  // Of all instances that the thread has: each may make as few events as it likes.
  const { report, pause } = withBackPressure(post, () =>
    ask({ kind: 'service', service: 'events.seen', args: [] }),
  )

  const direct = directFunctions(init, { ask, askDirectly }, running)

  const faults = new FaultFrames(init.component.options, () =>
    // What a plugin has not sent when it fails goes with the fault: it may be that no response begins.
    init.mayTellPlaces ? (askFirst({ kind: 'debug' }) as Awaitable<DebugInformation | null>) : null,
  )

  const meter = new ThreadMeter(init.lane)
  /** What the instances before this one used. */
  let before = NOTHING
  const functionFuel = new ThreadFunctionFuel()
  const tally = () => {
    if (current === undefined) return
    const { instance, traffic } = current
    meter.set(
      before.fuel + (instance.fuel?.used ?? 0),
      before.bytesIn + instance.bytesIn + traffic.bytesIn,
      before.bytesOut + instance.bytesOut + traffic.bytesOut,
    )
  }

  /** Tells how large its memory is, when that has changed. */
  const measure = () => {
    const bytes = current?.instance.memoryBytes ?? 0
    if (bytes === memoryBytes) return
    memoryBytes = bytes
    post({ type: 'memory', bytes })
  }
  const retire = () => {
    tally()
    const last = current ?? ended
    if (last !== undefined) functionFuel.end(last.instance)
    current = undefined
    ended = undefined
    last?.dispose()
  }
  const fresh = (saved?: Snapshot) => {
    retire()
    before = meter.counts
    const { imports, ...rest } = createImports(component.imports, {
      ...{ init, ask, direct, resources, ports, report, outbox, running, rules },
      spend: (units) => current?.instance.fuel?.spend(units),
      count: (capability) => meter.allowed(capability),
    })
    const how = rules === undefined ? {} : { async: true, onCallOut: pause }
    try {
      current = {
        instance: component.instantiate(imports, { ...how, ...goingOn(saved, rest.lasting) }),
        handled: 0,
        // What goes on was used before.
        isUsed: saved !== undefined,
        targets: [],
        copying: [],
        ...rest,
      }
    } catch (error) {
      if (saved !== undefined) {
        rest.dispose()
        throw error
      }
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
    now.handled++
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
  /** Where an instance ends with every request, the next one does not wait for another, nor the answer for its end. */
  const renew = () => {
    ended = current
    current = undefined
    isDue = true
    later(rest)
  }
  const rest = () => {
    if (!isDue) return
    isDue = false
    try {
      if (current === undefined) fresh()
    } catch {
      // The next call says why.
      measure()
    }
  }
  /** Whether it may not have a request that it is asked for: with fewer requests to an instance than it has had, or with a call. */
  const isSpent = (message: AnsweredMessage | CopiedCall, { handled, isUsed }: Current): boolean => {
    if (message.type === 'handle') return handled >= message.reuse || (isUsed && message.reuse === 1)
    return message.type === 'program' && isUsed
  }
  /** Whether an instance ends with it, whatever comes of it. */
  const isLast = (message: AnsweredMessage | CopiedCall, { handled }: Current): boolean => {
    if (message.type === 'handle') return handled >= message.reuse
    if (message.type === 'program') return true
    return message.type === 'call' && isCommand(init.exports[message.func] as ExportPlace)
  }
  const answer = (
    now: Current,
    message: Exclude<AnsweredMessage, { type: 'save' }> | CopiedCall,
  ): unknown => {
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
    if (message.type === 'fuel') return unitsNow()
    if (message.type === 'save') return current === undefined ? null : snapshot(current, message.maxBytes)
    call = message.id
    const now = current === undefined || isSpent(message, current) ? fresh() : current
    const { instance } = now
    now.isUsed = true
    if (message.fuel !== undefined) instance.fuel?.refill(message.fuel)
    const failed = (error: unknown) =>
      chain(faults.addTo(withLastWords(error, () => current?.lastWords() ?? [])), (told): never => {
        throw told
      })
    const end = () => {
      current?.endCall()
      tally()
      if (isLast(message, now)) renew()
      else {
        if (instance.poisoned) retire()
        measure()
      }
    }
    return lastly(() => rescue(() => answer(now, message), failed), end)
  }

  const unitsNow = (): FunctionUnits => {
    tally()
    const last = current ?? ended
    return functionFuel.with(last === undefined ? [] : [last.instance])
  }

  const isRequest = (func: number) => func === init.exports.length
  const called = (message: Extract<ToThread, { type: 'call' }>): unknown => {
    if (!isRequest(message.func)) return serve(message)
    isPacked = true
    return lastly(
      () => chain(serve(requestOf(message)), () => packAnswer(outbox.take())),
      () => {
        isPacked = false
      },
    )
  }

  return {
    start() {
      const went = wentOn(init.snapshot, fresh)
      if (went === undefined || went.lost !== undefined) fresh()
      return went ?? {}
    },
    pieces: () => outbox.take(),
    typeOf: (func) => (isRequest(func) ? packedHandle : functionAt(func).type),
    serve,
    called,
    copied: (call) =>
      isRequest(call.func) || isCommand(init.exports[call.func] as ExportPlace)
        ? undefined
        : (serve(call) as AreaOutcome | undefined),
    rest,
  }
}

function opened(outcome: Outcome): unknown {
  if (outcome.ok) return outcome.value
  throw decodeError(outcome.error)
}
