import { type FuncType, flattenFunc } from '../../types/index.js'
import type { CallContext } from '../context.js'
import type { ComponentFunc, CoreFunc, HostTarget, Lowering } from '../functions.js'
import type { CoreValue, JsValue } from '../js-value.js'
import type { SuspendableFunc } from '../jspi.js'
import { endLoans } from '../resources.js'
import { guestThrew, hostThrew, isPromise, requireHostResult, unreadableResult } from '../result.js'
import { codecOf, FlatSource } from './index.js'
import { loadTuple, requireTuple, storeTuple, tupleOf } from './tuple.js'

/** The core function through which a guest calls `func`. */
export function closureHostCall({ func, type, cx }: Lowering): CoreFunc {
  const { store } = cx
  return (...core) => {
    if (store.locked) store.refuseLeave()
    try {
      const args = liftParams(cx, type, core)
      return finish(
        { func, type, cx },
        core,
        outcomeOf(func, () => callFunc(func, args)),
      )
    } catch (error) {
      return store.abort(error)
    }
  }
}

/** The same for JSPI: a promise of the host is passed on, and suspends the guest. */
export function suspendableHostCall(lowering: Lowering): SuspendableFunc {
  const { func, type, cx } = lowering
  const { store } = cx
  return (...core) => {
    if (store.locked) store.refuseLeave()
    try {
      const value = callFunc(func, liftParams(cx, type, core))
      if (!isPromise(value))
        return finish(
          lowering,
          core,
          outcomeOf(func, () => value),
        )
      return value.then(
        (settled) => finishLater(lowering, core, () => settled),
        (error) =>
          finishLater(lowering, core, () => {
            throw error
          }),
      )
    } catch (error) {
      return finishLater(lowering, core, () => {
        throw error
      })
    }
  }
}

function finishLater(
  lowering: Lowering,
  core: readonly CoreValue[],
  settled: () => JsValue,
): CoreValue | undefined {
  try {
    return finish(lowering, core, outcomeOf(lowering.func, settled))
  } catch (error) {
    return lowering.cx.store.abort(error)
  }
}

/** Lowers the outcome of a call; `core` holds the guest's pointer to the result. */
function finish(
  { func, type, cx }: Lowering,
  core: readonly CoreValue[],
  ...[outcome]: [JsValue]
): CoreValue | undefined {
  if (func.kind === 'guest') return lowerOutcome({ func, type, cx }, core, outcome)
  requireHostResult(cx, func, outcome)
  try {
    return lowerOutcome({ func, type, cx }, core, outcome)
  } catch (error) {
    throw unreadableResult(func, error)
  }
}

function lowerOutcome(
  { type, cx }: Lowering,
  core: readonly CoreValue[],
  ...[outcome]: [JsValue]
): CoreValue | undefined {
  endLoans(cx)
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

function liftParams(cx: CallContext, type: FuncType, core: readonly CoreValue[]): JsValue[] {
  const types = type.params.map((param) => param.type)
  cx.memory.sync()
  cx.store.budget = cx.store.limits.liftedValues
  if (flattenFunc(type, 'lower').paramsInMemory) return loadTuple(cx, tupleOf(types), Number(core[0]) >>> 0)
  const source = new FlatSource(core)
  return types.map((item) => codecOf(item).lift(cx, source))
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
