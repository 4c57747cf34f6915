import { errors } from '../../errors/index.js'
import { type FlatFunc, type FuncType, flattenFunc, flattenType, type ValueType } from '../../types/index.js'
import type { FuncContext } from '../func-context.js'
import type { GuestFunc } from '../functions.js'
import type { CoreFunc, CoreValue, JsFunc, JsValue } from '../js-value.js'
import type { Jspi } from '../jspi.js'
import { requireArguments, unreadable } from '../mismatch.js'
import { endTask } from '../resources.js'
import { unwrapResult } from '../result.js'
import type { Task } from '../task.js'
import { codecOf, FlatSource } from './index.js'
import { loadTuple, storeTuple, tupleOf } from './tuple.js'

/** What must be idle for a call: the store for the host, the instance for guests. */
export interface Gate {
  busy: boolean
}

/** The JS function that calls `func`. */
export function closureGuestCall(func: GuestFunc, gate: Gate): JsFunc {
  const { core, cx } = func
  return (...args) => {
    const { lowered, task } = enter(func, gate, args)
    let returned: CoreValue | undefined
    try {
      returned = core(...lowered)
    } catch (error) {
      throw cx.store.settle(error)
    }
    return leave(func, gate, returned, task)
  }
}

/** The same by JSPI: the guest is suspended while a host function's promise is pending. Returns a promise. */
export function suspendableGuestCall(func: GuestFunc, gate: Gate, jspi: Jspi): JsFunc {
  const { store } = func.cx
  const core = suspendableCore(func.core, jspi)
  return async (...args) => {
    const { lowered, task } = enter(func, gate, args)
    const before = jspi.canSuspend
    let returned: CoreValue | undefined
    try {
      jspi.canSuspend = true
      returned = await core(...lowered)
    } catch (error) {
      throw store.settle(error)
    } finally {
      jspi.canSuspend = before
    }
    return leave(func, gate, returned, task)
  }
}

function suspendableCore(core: CoreFunc, { promising }: Jspi): ReturnType<Jspi['promising']> {
  try {
    return promising(core)
  } catch (error) {
    throw errors.UNSUPPORTED_FEATURE(
      { feature: 'an import that is exported again, in an asynchronous instance' },
      error,
    )
  }
}

/** Checks and lowers the arguments, and takes the instance. A refusal leaves everything as it was. */
function enter(func: GuestFunc, gate: Gate, args: readonly JsValue[]): Entered {
  const { cx, type } = func
  const { store, instance } = cx
  requireArguments(func, args)
  if (gate.busy || instance.busy) throw store.refuseEntry()
  gate.busy = true
  instance.busy = true
  try {
    store.task = null
    cx.memory.sync()
    const lowered = lowerParams(cx, type, args, flattenFunc(type, 'lift'))
    return { lowered, task: store.task }
  } catch (error) {
    throw store.settle(unreadable(`${func.name}()`, error))
  }
}

interface Entered {
  readonly task: Task | null
  readonly lowered: readonly CoreValue[]
}

/** Lifts the result and gives the instance free. @throws {ComponentError} the `err` of a `result` */
function leave(
  func: GuestFunc,
  gate: Gate,
  ...[returned, task]: [CoreValue | undefined, Task | null]
): JsValue {
  const { cx, type, postReturn } = func
  const { store } = cx
  let result: JsValue
  try {
    if (store.locked) throw store.swallowed()
    cx.memory.sync()
    store.budget = store.limits.liftedValues
    result = type.result === null ? undefined : liftResult(cx, type.result, returned)
    endTask(task)
    if (postReturn !== null) {
      store.locked = true
      postReturn(...(returned === undefined ? [] : [returned]))
      if (store.fault !== null) throw store.fault
      store.locked = false
    }
  } catch (error) {
    throw store.settle(error)
  }
  cx.instance.busy = false
  gate.busy = false
  return type.result?.kind === 'result' ? unwrapResult(result) : result
}

function lowerParams(
  cx: FuncContext,
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

function liftResult(cx: FuncContext, type: ValueType, returned: JsValue): JsValue {
  if (flattenType(type)?.length === 1) return codecOf(type).lift(cx, new FlatSource([returned]))
  return loadTuple(cx, tupleOf([type]), returned >>> 0)[0]
}
