import type { CoreFunc, JsValue } from '../abi/js-value.js'
import { callOut } from '../abi/make-call.js'
import type { Store } from '../abi/store.js'
import { errors } from '../errors/index.js'
import type { HostModuleItem } from './items.js'

type Namespace = Readonly<Record<string, JsValue>>

/**
 * An instance of a core module of the host. Its functions are called as they are, with numbers for `i32`, `f32` and `f64`
 * and bigints for `i64`; what one throws ends the instance that called it.
 *
 * @throws {MISSING_IMPORT} a function that the module is said to export is not there
 */
export function hostModule(
  store: Store,
  { name, type, instantiate }: HostModuleItem,
  imports: Readonly<Record<string, Namespace>>,
): Namespace {
  const made = instantiate(imports) as Readonly<Record<string, unknown>>
  const exports: Record<string, JsValue> = Object.create(null)
  for (const [member, { kind }] of type.exports) {
    if (kind !== 'func')
      throw errors.UNSUPPORTED_FEATURE({ feature: `a ${kind} of a core module of the host` })
    const func = Object.hasOwn(made, member) ? made[member] : undefined
    if (typeof func !== 'function')
      throw errors.MISSING_IMPORT({ name: `${name}#${member}`, kind: 'function', property: member })
    exports[member] = guarded(store, func as CoreFunc, `${name}#${member}`)
  }
  return exports
}

function guarded(store: Store, func: CoreFunc, name: string): CoreFunc {
  const call: CoreFunc = (...core) => {
    if (store.locked) store.refuseLeave()
    try {
      return func(...core)
    } catch (error) {
      return store.abort(error)
    }
  }
  return callOut(store, call, name)
}
