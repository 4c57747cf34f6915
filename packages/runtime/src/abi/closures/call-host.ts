import { errors, type PluginError } from '../../errors/index.js'
import { flattenFunc } from '../../types/index.js'
import type { ComponentFunc, HostTarget, Lowering } from '../functions.js'
import type { CoreFunc, CoreValue, JsValue } from '../js-value.js'
import type { SuspendableFunc } from '../jspi.js'
import { calledOut } from '../named-call.js'
import { guestThrew, hostThrew, isPromise, requireHostResult, unreadableResult } from '../result.js'
import type { Subtask } from '../task.js'
import { codecOf, FlatSource } from './index.js'
import { loadTuple, requireTuple, storeTuple, tupleOf } from './tuple.js'

/** The core function through which a guest calls `func`. */
export function closureHostCall(lowering: Lowering): CoreFunc {
  const { func, cx } = lowering
  const { store } = cx
  return calledOut(func.kind === 'host' ? func.name : null, (core) => {
    if (store.locked) store.refuseLeave()
    try {
      const { args, subtask } = liftParams(lowering, core)
      const outcome = outcomeOf(func, () => callFunc(func, args))
      return finish({ lowering, core, subtask }, outcome)
    } catch (error) {
      return store.abort(error)
    }
  })
}

/** The same for JSPI: a promise of the host is passed on, and suspends the guest. */
export function suspendableHostCall(lowering: Lowering): SuspendableFunc {
  const { store } = lowering.cx
  return (...core) => {
    if (store.locked) store.refuseLeave()
    try {
      return startCall(lowering, core)
    } catch (error) {
      return store.abort(error)
    }
  }
}

/** A call out of a guest; `core` holds the guest's pointer to the result. */
interface HostCall {
  readonly lowering: Lowering
  readonly core: readonly CoreValue[]
  readonly subtask: Subtask | null
}

function startCall(lowering: Lowering, core: readonly CoreValue[]): ReturnType<SuspendableFunc> {
  const { func, cx } = lowering
  const canSuspend = cx.store.jspi?.canSuspend
  const { args, subtask } = liftParams(lowering, core)
  const call = { lowering, core, subtask }
  let value: JsValue
  try {
    value = callFunc(func, args)
  } catch (error) {
    return finish(call, outcomeOf(func, thrower(error)))
  }
  if (!isPromise(value))
    return finish(
      call,
      outcomeOf(func, () => value),
    )
  if (!canSuspend) throw cannotSuspend(func.name, value)
  return value.then(
    (settled) => finishLater(call, () => settled),
    (error) => finishLater(call, thrower(error)),
  )
}

/** There are frames of the host between the guest and who waits for it. */
export function cannotSuspend(name: string, promise: Promise<unknown>): PluginError {
  promise.catch(() => {})
  return errors.CANNOT_SUSPEND({ name })
}

function thrower(error: unknown): () => never {
  return () => {
    throw error
  }
}

function finishLater(call: HostCall, settled: () => JsValue): CoreValue | undefined {
  const { func, cx } = call.lowering
  try {
    return finish(call, outcomeOf(func, settled))
  } catch (error) {
    return cx.store.abort(error)
  }
}

/** Lowers the outcome of a call. */
function finish(call: HostCall, outcome: JsValue): CoreValue | undefined {
  const { func, cx } = call.lowering
  if (func.kind === 'guest') return lowerOutcome(call, outcome)
  requireHostResult(cx, func, outcome)
  try {
    return lowerOutcome(call, outcome)
  } catch (error) {
    throw unreadableResult(func, error)
  }
}

function lowerOutcome({ lowering, core, subtask }: HostCall, outcome: JsValue): CoreValue | undefined {
  const { type, cx } = lowering
  subtask?.end()
  if (type.result === null) return undefined
  cx.memory.sync()
  if (flattenFunc(type, 'lower').resultInMemory) {
    const pointer = Number(core.at(-1)) >>> 0
    const tuple = tupleOf([type.result])
    requireTuple(cx, tuple, pointer)
    storeTuple(cx, tuple, pointer, [outcome])
    return undefined
  }
  const values: CoreValue[] = []
  codecOf(type.result).lower(cx, values, outcome)
  return values[0]
}

interface Lifted {
  readonly args: JsValue[]
  readonly subtask: Subtask | null
}

function liftParams({ type, cx }: Lowering, core: readonly CoreValue[]): Lifted {
  const { store } = cx
  store.subtask = null
  cx.memory.sync()
  store.budget = store.limits.liftedValues
  const types = type.params.map((param) => param.type)
  const source = new FlatSource(core)
  const args = flattenFunc(type, 'lower').paramsInMemory
    ? loadTuple(cx, tupleOf(types), Number(core[0]) >>> 0)
    : types.map((item) => codecOf(item).lift(cx, source))
  return { args, subtask: store.subtask }
}

function callFunc(func: ComponentFunc, args: readonly JsValue[]): JsValue {
  return func.kind === 'guest' ? func.fromGuest(...args) : callTarget(func.target, args)
}

/** What `settled` returns or throws; of a `result` function as a tagged value, as its codec takes it. */
function outcomeOf(func: ComponentFunc, settled: () => JsValue): JsValue {
  try {
    const value = settled()
    return func.type.result?.kind === 'result' ? { tag: 'ok', val: value } : value
  } catch (error) {
    return func.kind === 'host' ? hostThrew(func, error) : guestThrew(error)
  }
}

export function callTarget(target: HostTarget, args: readonly JsValue[]): JsValue {
  switch (target.form) {
    case 'function':
      return Reflect.apply(target.call, target.self, args)
    case 'constructor':
      return Reflect.construct(target.hostClass, args)
    case 'method':
      return args[0][target.member](...args.slice(1))
  }
}
