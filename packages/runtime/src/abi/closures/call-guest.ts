import { type FlatFunc, type FuncType, flattenFunc, type ValueType } from '../../types/index.js'
import type { CallContext } from '../context.js'
import type { GuestFunc, JsFunc } from '../functions.js'
import type { CoreValue, JsValue } from '../js-value.js'
import { requireArguments } from '../mismatch.js'
import { endBorrowScope } from '../resources.js'
import { unwrapResult } from '../result.js'
import { codecOf, FlatSource } from './index.js'
import { loadTuple, storeTuple, tupleOf } from './tuple.js'

/** The JS function that calls `func`. `gate` is what must be idle: the store for the host, the instance for guests. */
export function closureGuestCall(func: GuestFunc, gate: { busy: boolean }): JsFunc {
  const { cx, core, type, postReturn } = func
  const { store, instance, memory } = cx
  const flat = flattenFunc(type, 'lift')
  return (...args) => {
    requireArguments(func, args)
    if (gate.busy || instance.busy) throw store.refuseEntry()
    gate.busy = true
    instance.busy = true
    let result: JsValue
    try {
      memory.sync()
      const returned = core(...lowerParams(cx, type, args, flat))
      if (store.fault !== null) throw store.fault
      memory.sync()
      store.budget = store.limits.liftedValues
      result = type.result === null ? undefined : liftResult(cx, type.result, returned, flat)
      endBorrowScope(cx)
      if (postReturn !== null) {
        store.locked = true
        postReturn(...(returned === undefined ? [] : [returned]))
        if (store.fault !== null) throw store.fault
        store.locked = false
      }
    } catch (error) {
      throw store.settle(error)
    }
    instance.busy = false
    gate.busy = false
    return type.result?.kind === 'result' ? unwrapResult(result) : result
  }
}

function lowerParams(
  cx: CallContext,
  type: FuncType,
  args: readonly JsValue[],
  flat: FlatFunc,
): readonly CoreValue[] {
  if (flat.paramsInMemory) {
    const tuple = tupleOf(type.params.map((param) => param.type))
    const pointer = cx.alloc(tuple.size, tuple.align)
    storeTuple(cx, tuple, pointer, args)
    return [pointer]
  }
  const values: CoreValue[] = []
  type.params.forEach((param, i) => {
    codecOf(param.type).lower(cx, values, args[i])
  })
  return values
}

function liftResult(cx: CallContext, type: ValueType, returned: JsValue, flat: FlatFunc): JsValue {
  if (!flat.resultInMemory) return codecOf(type).lift(cx, new FlatSource([returned]))
  return loadTuple(cx, tupleOf([type]), returned >>> 0)[0]
}
