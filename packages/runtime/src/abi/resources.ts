import { errors } from '../errors/index.js'
import { DISPOSE } from './dispose.js'
import type { FuncContext } from './func-context.js'
import { abiTrap } from './func-context.js'
import { wrapHandle } from './guest-class.js'
import { type Held, heldOf, requireUsable } from './guest-handle.js'
import { HandleEntry } from './handles.js'
import type { ComponentState } from './instance-state.js'
import type { JsValue } from './js-value.js'
import type { RuntimeResource } from './resource.js'
import { Subtask, Task } from './task.js'

/** The guest gives a handle away (CanonicalABI.md, `lift_own`). @throws {ABI_TRAP} */
export function liftOwn(cx: FuncContext, resource: RuntimeResource, index: number): JsValue {
  const entry = cx.instance.handles.get(index, resource)
  if (entry.borrower !== null) throw abiTrap(`handle ${index} is borrowed and cannot be given away`)
  cx.instance.handles.remove(index, resource)
  if (resource.owner === null) return entry.representation
  return wrapHandle({ resource, representation: entry.representation as number, own: true, gone: null })
}

/** The guest lends a handle for the call (`lift_borrow`). @throws {ABI_TRAP} */
export function liftBorrow(cx: FuncContext, resource: RuntimeResource, index: number): JsValue {
  const entry = cx.instance.handles.get(index, resource)
  const { store } = cx
  store.subtask ??= new Subtask()
  store.subtask.lend(entry)
  if (resource.owner === null) return entry.representation
  const held: Held = { resource, representation: entry.representation as number, own: false, gone: null }
  store.subtask.expire(held)
  return wrapHandle(held)
}

/** Hands an owning handle to the guest (`lower_own`). */
export function lowerOwn(cx: FuncContext, resource: RuntimeResource, value: JsValue): number {
  if (resource.owner === null) return cx.instance.handles.add(new HandleEntry(resource, value, null))
  const held = heldBy(value, resource)
  const index = cx.instance.handles.add(new HandleEntry(resource, held.representation, null))
  held.gone = 'moved'
  return index
}

/** Lends a handle to the guest (`lower_borrow`): the guest that defines the resource gets its own representation. */
export function lowerBorrow(cx: FuncContext, resource: RuntimeResource, value: JsValue): number {
  const representation = resource.owner === null ? value : heldBy(value, resource).representation
  if (resource.owner === cx.instance) return representation
  const { store } = cx
  store.task ??= new Task()
  const { task } = store
  task.borrows++
  return cx.instance.handles.add(new HandleEntry(resource, representation, task))
}

/** The borrows of a call into the guest must be dropped when it returns. @throws {ABI_TRAP} */
export function endTask(task: Task | null): void {
  const borrows = task?.borrows ?? 0
  if (borrows > 0)
    throw abiTrap(`it kept ${borrows} borrowed handle${borrows === 1 ? '' : 's'} after the call`)
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
  const { representation, borrower } = instance.handles.remove(index, resource)
  if (borrower !== null) borrower.borrows--
  else if (resource.owner === null) disposeHostObject(resource, representation)
  else destroy(instance, resource, representation as number)
}

function destroy(from: ComponentState, { owner, destructor }: RuntimeResource, representation: number): void {
  if (owner === null || destructor === null) return
  const { jspi } = from.store
  const canSuspend = jspi?.canSuspend
  // What is called from here can wait for nothing.
  if (jspi !== null) jspi.canSuspend = false
  if (owner === from) destructor(representation)
  else enterForDrop(owner, () => destructor(representation))
  if (jspi !== null) jspi.canSuspend = canSuspend === true
}

function enterForDrop(owner: ComponentState, drop: () => void): void {
  if (owner.busy) throw errors.CANNOT_ENTER({ reason: 'a call is running in it' })
  owner.busy = true
  drop()
  owner.busy = false
}

function disposeHostObject(resource: RuntimeResource, object: unknown): void {
  const dispose = (object as Record<symbol, unknown>)[DISPOSE]
  if (typeof dispose !== 'function') return
  try {
    dispose.call(object)
  } catch (error) {
    throw errors.HOST_FUNCTION_FAILED({ name: `[dispose]${resource.name}` }, error)
  }
}

function heldBy(value: unknown, resource: RuntimeResource): Held {
  const held = heldOf(value, resource)
  if (held === null)
    throw errors.TYPE_MISMATCH({ path: resource.name, expected: resource.name, found: 'another value' })
  requireUsable(held)
  return held
}
