import { cannotSuspend } from '../abi/closures/call-host.js'
import type { CoreFunc, JsValue } from '../abi/js-value.js'
import type { SuspendableFunc } from '../abi/jspi.js'
import { callOut, suspendableCallOut } from '../abi/make-call.js'
import { calledOut } from '../abi/named-call.js'
import { isPromise } from '../abi/result.js'
import type { Store } from '../abi/store.js'
import { errors } from '../errors/index.js'
import type { CoreFuncType } from '../types/index.js'
import type { HostModuleItem } from './items.js'

type Namespace = Readonly<Record<string, JsValue>>

/**
 * An instance of a core module of the host. Its functions are called as they are, with numbers for `i32`, `f32` and `f64`
 * and bigints for `i64`; what one throws ends the instance that called it, which is suspended while a promise of one is
 * pending, if it can be.
 *
 * @throws {MISSING_IMPORT} a function that the module is said to export is not there
 */
export function hostModule(
  store: Store,
  item: HostModuleItem,
  imports: Readonly<Record<string, Namespace>>,
): Namespace {
  const { name } = item
  const made = item.instantiate(imports) as Readonly<Record<string, unknown>>
  const exports: Record<string, JsValue> = Object.create(null)
  for (const [member, type] of item.type.exports) {
    if (type.kind !== 'func')
      throw errors.UNSUPPORTED_FEATURE({ feature: `a ${type.kind} of a core module of the host` })
    const func = Object.hasOwn(made, member) ? made[member] : undefined
    if (typeof func !== 'function')
      throw errors.MISSING_IMPORT({ name: `${name}#${member}`, kind: 'function', property: member })
    exports[member] = guarded(store, func as CoreFunc, { name: `${name}#${member}`, type })
  }
  return exports
}

interface Member {
  readonly name: string
  readonly type: CoreFuncType
}

function guarded(store: Store, func: CoreFunc, { name, type }: Member): CoreFunc {
  const call = calledOut(name, (core) => {
    if (store.locked) store.refuseLeave()
    try {
      return func(...core)
    } catch (error) {
      return store.abort(error)
    }
  })
  const { jspi } = store
  return jspi === null
    ? callOut(store, call, name)
    : jspi.suspending(suspendableCallOut(store, suspendable(store, call, name), name), type)
}

function suspendable(store: Store, call: SuspendableFunc, ...[name]: [string]): SuspendableFunc {
  return (...core) => {
    const canSuspend = store.jspi?.canSuspend
    const returned = call(...core)
    if (!isPromise(returned)) return returned
    if (!canSuspend) return store.abort(cannotSuspend(name, returned))
    return returned.catch((error) => store.abort(error))
  }
}
