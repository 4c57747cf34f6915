import { type Contract, type ExportedFunction, shownName } from '../contract/contract.js'
import { requireCount } from '../contract/require-count.js'
import type { EndSignal } from '../ending.js'
import { errors } from '../errors/index.js'
import { named } from '../errors/named.js'
import type { PluginError } from '../errors/plugin-error.js'
import type { PluginLimits } from '../limits.js'
import type { CallOptions } from '../options/given.js'
import { checkCallOptions } from '../options/resolve.js'
import type { Pool } from '../pool/pool.js'
import type { Slot } from '../pool/slot.js'
import { NotBegun, type Settled } from '../pool/slot-call.js'
import { gatherInto } from '../resource/gather.js'
import type { Held } from '../resource/plugin-resource.js'
import { plainArguments } from '../wire/plain-values.js'
import { Room } from '../wire/room.js'
import type { Deadlines } from './deadline.js'
import { callOnLane } from './on-lane.js'
import { failed, type Reported, settle } from './settle.js'

/** What a call needs to know of its plugin. */
export interface CallContext {
  readonly plugin: string
  readonly contract: Contract
  readonly limits: Readonly<PluginLimits>
  readonly pool: Pool
  /** Aborted when the plugin or its host closes. */
  readonly closing: EndSignal
  /** Why no call may enter now; undefined when one may. */
  readonly refusal: () => Error | undefined
  /** The same of one that entered and has not begun. */
  readonly suspension: () => Error | undefined
  readonly deadlines: Deadlines
  /** PLUGIN_CLOSED, made anew for each call that fails with it. */
  readonly closed: () => Error
  /** Ids of calls, unique in the host. */
  readonly nextId: () => number
  /** Called before anything enters the plugin. */
  readonly onEnter: (call: Entered) => void
  /** Called once for every call that reached the plugin's contract. */
  readonly onCall: (call: FinishedCall) => void
}

export interface FinishedCall {
  readonly id: number
  readonly export: string
  readonly durationMs: number
  /** Of those, the ones before it had an instance. */
  readonly waitedMs: number
  /** Set when the call failed; a `result` error of the contract is no failure. */
  readonly error: PluginError | undefined
}

/** What a call runs under. */
export interface Running {
  readonly signal: EndSignal
  /** Keeps a slot that was reserved for the call until the call is over, or goes on in another one. */
  readonly hold: (slot: Slot) => Slot
  /** Waits for a slot, which may have to be a certain one, and holds it. */
  readonly acquire: (wanted?: Slot) => Promise<Slot>
}

/** A call of the export that has this name. */
export async function callByName(
  context: CallContext,
  target: string,
  { args, options }: { args: readonly unknown[]; options: CallOptions | undefined },
): Promise<unknown> {
  const { func, checked } = admit(context, () => {
    if (!Array.isArray(args)) throw errors.OPTIONS_INVALID({ path: 'call.args', reason: 'expected array' })
    return {
      func: context.contract.find(target),
      checked: options === undefined ? NO_OPTIONS : checkCallOptions(options, 'call'),
    }
  })
  return await runCall(context, func, { args, options: checked })
}

const NO_OPTIONS: CallOptions = Object.freeze({})

/**
 * One call, end to end: wait for an instance, run, settle. The order of the checks is the order of the errors: a wrong
 * call is reported as such even when the plugin is busy.
 */
export async function runCall(
  context: CallContext,
  func: ExportedFunction,
  { args, options }: { args: readonly unknown[]; options: CallOptions },
): Promise<unknown> {
  admit(context, () => checkArguments(func, args))
  const call = enter(context, func.name)
  const { id } = call
  const { pool, limits } = context
  const onLane = options.signal?.aborted ? undefined : callOnLane(pool, { id, func, args, fuel: limits.fuel })
  if (onLane === undefined)
    return await underDeadline(context, call, {
      options,
      run: (on) => invoke(context, func, { args, id, ...on }),
    })
  if (!('slot' in onLane)) return settledOnLane(context, call, onLane)
  const run = async (running: Running) => {
    const { signal, hold } = running
    const outcome = await hold(onLane.slot).calls.endOnLane(id, signal)
    if (!(outcome instanceof NotBegun)) return outcome
    // It may be suspended by now.
    const refused = context.suspension()
    if (refused !== undefined) throw refused
    return await invoke(context, func, { args: outcome.args, id, ...running })
  }
  return await underDeadline(context, call, { options, run })
}

function settledOnLane(context: CallContext, call: Entered, settled: Settled): unknown {
  const reported = report(context, call)
  if ('error' in settled) throw failed(settled.error, reported)
  reported.done(undefined)
  return settled.value
}

/** What a call is refused for before it enters the plugin names the plugin too. */
export function admit<T>({ refusal, plugin }: CallContext, check: () => T): T {
  try {
    const refused = refusal()
    if (refused !== undefined) throw refused
    return check()
  } catch (error) {
    throw named(error, plugin)
  }
}

/** A call that enters the plugin. */
export interface Entered {
  readonly id: number
  readonly name: string
  readonly started: number
  /** Milliseconds in which there was no instance for it. */
  waitedMs: number
}

export function enter(context: CallContext, name: string): Entered {
  const call = { id: context.nextId(), name, started: performance.now(), waitedMs: 0 }
  context.onEnter(call)
  return call
}

function report(context: CallContext, call: Entered): Reported {
  const { id, name, started } = call
  return {
    plugin: context.plugin,
    export: name,
    done(error) {
      const durationMs = performance.now() - started
      context.onCall({ id, export: name, durationMs, waitedMs: call.waitedMs, error })
    },
  }
}

/** What ends a call early beside the closing of its plugin. */
interface CallEnds extends Pick<CallOptions, 'timeoutMs'> {
  readonly signal?: EndSignal
}

/** Runs what enters the plugin until its deadline, and reports it. */
export async function underDeadline(
  context: CallContext,
  call: Entered,
  { options, run }: { options: CallEnds; run: (running: Running) => Promise<unknown> },
): Promise<unknown> {
  const { started } = call
  const timeoutMs = options.timeoutMs ?? context.limits.timeoutMs
  const deadline = context.deadlines.start({ timeoutMs, started }, options.signal)
  let held: Slot | undefined
  const hold = (slot: Slot) => {
    if (held !== undefined) context.pool.release(held)
    held = slot
    return slot
  }
  const acquire = async (wanted?: Slot) => {
    const since = performance.now()
    const slot = await context.pool.acquire(deadline.signal, wanted)
    call.waitedMs += performance.now() - since
    return hold(slot)
  }
  try {
    return await settle(run({ signal: deadline.signal, hold, acquire }), report(context, call))
  } finally {
    deadline.stop()
    // The next call begins when this one has been reported.
    if (held !== undefined) context.pool.release(held)
  }
}

async function invoke(
  { pool, limits, contract }: CallContext,
  func: ExportedFunction,
  { args, id, signal, acquire }: { args: readonly unknown[]; id: number } & Running,
): Promise<unknown> {
  const held: Held[] = []
  const transfer: ArrayBuffer[] = []
  const to = {
    room: new Room(limits.liftedValues),
    onHandle: gatherInto(held, contract.origins),
    onMemory: (memory: ArrayBuffer) => transfer.push(memory),
  }
  // Before anything is waited for: what the application does to them later is not what it called with.
  const sent = plainArguments({ name: shownName(func), params: func.type.params }, args, to)
  // Constructors that are still running; their failure is that of the call.
  for (const one of held) {
    one.heard = true
    await one.place
  }
  const slot = await acquire(slotOf(pool, held))
  return await slot.calls.run({ id, func, args: sent, transfer, fuel: limits.fuel, signal })
}

/** Gives up a resource of the plugin: its destructor runs as a call does, with the same deadline. */
export async function runDrop(context: CallContext, held: Held): Promise<void> {
  if (held.gone !== null) return
  held.gone = 'dropped'
  // A resource that was never made, or whose instance has ended, is gone already.
  const place = await Promise.resolve(held.place).catch(() => undefined)
  const { limits, pool, closing } = context
  const slot = place && pool.slotOf(place.home)
  if (slot === undefined || closing.aborted) return
  const call = enter(context, `[resource-drop]${held.resource}`)
  const run = async ({ signal, acquire }: Running) => {
    const reserved = await acquire(slot)
    await reserved.calls.drop(place?.value as number, { id: call.id, fuel: limits.fuel, signal })
  }
  await underDeadline(context, call, { options: {}, run })
}

/** The slot that a call's resources live in; undefined when it has none. */
function slotOf(pool: Pool, held: readonly Held[]): Slot | undefined {
  for (const { place, resource } of held) {
    if (place instanceof Promise) continue
    const slot = pool.slotOf(place.home)
    if (slot !== undefined) return slot
    throw errors.RESOURCE_UNREACHABLE({ resource, reason: 'the instance that it lived in has ended' })
  }
  return undefined
}

function checkArguments(func: ExportedFunction, args: readonly unknown[]): void {
  if (func.foreign !== undefined)
    throw errors.UNSUPPORTED_IN_WORKER({
      name: func.name,
      reason: `it passes a ${func.foreign}, which lives in the plugin's thread`,
    })
  requireCount(func, args)
}
