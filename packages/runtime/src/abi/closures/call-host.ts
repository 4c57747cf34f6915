import { type FuncType, flattenFunc } from '../../types/index.js'
import type { CallContext } from '../context.js'
import type { ComponentFunc, CoreFunc, HostTarget, Lowering } from '../functions.js'
import type { CoreValue, JsValue } from '../js-value.js'
import { endLoans } from '../resources.js'
import { guestThrew, hostThrew, requireHostResult } from '../result.js'
import { codecOf, FlatSource } from './index.js'
import { loadTuple, requireTuple, storeTuple, tupleOf } from './tuple.js'

/** The core function through which a guest calls `func`. */
export function closureHostCall({ func, type, cx }: Lowering): CoreFunc {
  const { store, memory } = cx
  const flat = flattenFunc(type, 'lower')
  return (...core) => {
    if (store.locked) store.refuseLeave()
    try {
      memory.sync()
      store.budget = store.limits.liftedValues
      const args = liftParams(cx, type, core, flat.paramsInMemory)
      const result = callComponentFunc(cx, func, args)
      endLoans(cx)
      if (type.result === null) return undefined
      memory.sync()
      if (flat.resultInMemory) {
        const pointer = Number(core[flat.core.params.length - 1]) >>> 0
        const tuple = tupleOf([type.result])
        requireTuple(cx, tuple, pointer)
        storeTuple(cx, tuple, pointer, [result])
        return undefined
      }
      const values: CoreValue[] = []
      codecOf(type.result).lower(cx, values, result)
      return values[0]
    } catch (error) {
      return store.abort(error)
    }
  }
}

function liftParams(
  cx: CallContext,
  type: FuncType,
  core: readonly CoreValue[],
  inMemory: boolean,
): JsValue[] {
  const types = type.params.map((param) => param.type)
  if (inMemory) return loadTuple(cx, tupleOf(types), Number(core[0]) >>> 0)
  const source = new FlatSource(core)
  return types.map((item) => codecOf(item).lift(cx, source))
}

/** Calls the function; the outcome of a `result` function is a tagged value here, as its codec takes it. */
function callComponentFunc(cx: CallContext, func: ComponentFunc, args: readonly JsValue[]): JsValue {
  const isResult = func.type.result?.kind === 'result'
  let value: JsValue
  try {
    value = func.kind === 'guest' ? func.fromGuest(...args) : callTarget(func.target, args)
    if (isResult) value = { tag: 'ok', val: value }
  } catch (error) {
    value = func.kind === 'host' ? hostThrew(func, error) : guestThrew(error)
  }
  if (func.kind === 'host') requireHostResult(cx, func, value)
  return value
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
