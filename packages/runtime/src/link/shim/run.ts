import type { CoreFunc, JsValue } from '../../abi/js-value.js'
import type { SuspendableFunc } from '../../abi/jspi.js'
import { lazy } from '../../abi/lazy.js'
import type { Definition, ShimTarget } from '../../binary/definition.js'
import { errors } from '../../errors/index.js'
import { lowered } from '../canon.js'
import { entered } from '../core.js'
import type { Frame } from '../frame.js'
import type { ModuleItem } from '../items.js'

/** Functions that stand for others until `connectShim`: a call before that traps, as one of an empty place of a table does. */
export function makeShim(frame: Frame, { module, functions }: Definition & { op: 'core-shim' }): void {
  takeModule(frame, module)
  const shim = frame.coreInstances.length
  const exports: Record<string, JsValue> = Object.create(null)
  for (const { name, standsFor } of functions) exports[name] = standIn(frame, shim, standsFor)
  frame.coreInstances.push(exports)
}

/** @throws {GUEST_TRAP} what is called then trapped */
export function connectShim(frame: Frame, { module, shim, start }: Definition & { op: 'core-fixup' }): void {
  takeModule(frame, module)
  frame.connected.add(shim)
  if (start !== null && !frame.linkage.kept.continues)
    entered(frame, frame.coreInstances[start.instance]![start.name] as CoreFunc)
  frame.coreInstances.push({})
}

/** It counts as if it were instantiated. A shim is never a module of the host. */
function takeModule({ linkage, modules }: Frame, module: number): void {
  linkage.store.addModule(modules[module] as ModuleItem)
}

function standIn(frame: Frame, shim: number, target: ShimTarget): CoreFunc {
  const when = (make: () => SuspendableFunc) => (): SuspendableFunc =>
    frame.connected.has(shim) ? make() : () => frame.state.store.abort(tooEarly())
  if (target.op === 'lower') return lowered(frame, target, when)
  const { instance, name } = target
  return lazy(
    1,
    when(() => frame.coreInstances[instance]![name] as CoreFunc),
  )
}

/** In the words of the engine. */
function tooEarly() {
  return errors.GUEST_TRAP({ reason: 'null function or function signature mismatch' })
}
