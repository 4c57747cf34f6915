import { errors } from '../errors/index.js'
import type { CallContext } from './context.js'
import { abiTrap } from './context.js'
import { wrapHandle } from './guest-class.js'
import { disposeSymbol, expire, type Held, heldOf, requireUsable } from './guest-handle.js'
import { HandleEntry, type RuntimeResource } from './handles.js'
import type { ComponentState } from './instance-state.js'
import type { JsValue } from './js-value.js'

/** The guest gives a handle away (CanonicalABI.md, `lift_own`). @throws {ABI_TRAP} */
export function liftOwn(cx: CallContext, resource: RuntimeResource, index: number): JsValue {
  const entry = cx.instance.handles.get(index, resource)
  if (entry.scope !== null) throw abiTrap(`handle ${index} is borrowed and cannot be given away`)
  cx.instance.handles.remove(index, resource)
  return toHost(resource, entry.representation, true)
}

/** The guest lends a handle for the call (`lift_borrow`). @throws {ABI_TRAP} */
export function liftBorrow(cx: CallContext, resource: RuntimeResource, index: number): JsValue {
  const entry = cx.instance.handles.get(index, resource)
  entry.lends++
  cx.lent.push(entry)
  const value = toHost(resource, entry.representation, false)
  if (resource.owner !== null) cx.expiring.push(value)
  return value
}

/** Hands an owning handle to the guest (`lower_own`). */
export function lowerOwn(cx: CallContext, resource: RuntimeResource, value: JsValue): number {
  if (resource.owner === null) return cx.instance.handles.add(new HandleEntry(resource, value, null))
  const held = heldBy(value, resource)
  const index = cx.instance.handles.add(new HandleEntry(resource, held.representation, null))
  held.gone = 'moved'
  return index
}

/** Lends a handle to the guest (`lower_borrow`): the guest that defines the resource gets its own representation. */
export function lowerBorrow(cx: CallContext, resource: RuntimeResource, value: JsValue): number {
  const representation = resource.owner === null ? value : heldBy(value, resource).representation
  if (resource.owner === cx.instance) return representation
  cx.scope ??= { borrows: 0 }
  cx.scope.borrows++
  return cx.instance.handles.add(new HandleEntry(resource, representation, cx.scope))
}

/** The borrows of a call into the guest must be dropped when it returns. @throws {ABI_TRAP} */
export function endBorrowScope(cx: CallContext): void {
  const borrows = cx.scope?.borrows ?? 0
  cx.scope = null
  if (borrows > 0)
    throw abiTrap(`it kept ${borrows} borrowed handle${borrows === 1 ? '' : 's'} after the call`)
}

/** Gives back what the guest lent for a call out of it. */
export function endLoans(cx: CallContext): void {
  // Emptied one by one: setting a length of 0 gives the memory back, with every call.
  for (let entry = cx.lent.pop(); entry !== undefined; entry = cx.lent.pop()) entry.lends--
  for (let handle = cx.expiring.pop(); handle !== undefined; handle = cx.expiring.pop()) expire(handle)
}

/** `canon resource.new`. */
export function resourceNew(
  instance: ComponentState,
  resource: RuntimeResource,
  representation: number,
): number {
  return instance.handles.add(new HandleEntry(resource, representation, null))
}

/** `canon resource.rep`. */
export function resourceRep(instance: ComponentState, resource: RuntimeResource, index: number): number {
  return instance.handles.get(index, resource).representation as number
}

/** `canon resource.drop`: a borrow ends, an owned resource is destroyed. */
export function resourceDrop(instance: ComponentState, resource: RuntimeResource, index: number): void {
  const { representation, scope } = instance.handles.remove(index, resource)
  if (scope !== null) scope.borrows--
  else if (resource.owner === null) disposeHostObject(resource, representation)
  else destroy(instance, resource, representation as number)
}

function destroy(from: ComponentState, { owner, destructor }: RuntimeResource, representation: number): void {
  if (owner === null || destructor === null) return
  if (owner === from) {
    destructor(representation)
    return
  }
  if (owner.busy) throw errors.CANNOT_ENTER({ reason: 'a call is running in it' })
  owner.busy = true
  destructor(representation)
  owner.busy = false
}

function disposeHostObject(resource: RuntimeResource, object: unknown): void {
  const dispose = (object as Record<symbol, unknown>)[disposeSymbol()]
  if (typeof dispose !== 'function') return
  try {
    dispose.call(object)
  } catch (error) {
    throw errors.HOST_FUNCTION_FAILED({ name: `[dispose]${resource.name}` }, error)
  }
}

function toHost(resource: RuntimeResource, representation: unknown, own: boolean): JsValue {
  return resource.owner === null ? representation : wrapHandle(resource, representation as number, own)
}

function heldBy(value: unknown, resource: RuntimeResource): Held {
  const held = heldOf(value, resource)
  if (held === null)
    throw errors.TYPE_MISMATCH({ path: resource.name, expected: resource.name, found: 'another value' })
  requireUsable(held)
  return held
}
