import { errors } from '../errors/index.js'
import { DISPOSE } from './dispose.js'
import type { RuntimeResource } from './resource.js'
import type { Expiring } from './task.js'

/** What the object of a guest's resource refers to. */
export interface Held extends Expiring {
  readonly resource: RuntimeResource
  readonly representation: number
  /** False for a borrow, which ends with its call and cannot be given away. */
  readonly own: boolean
}

/** Passed to the constructor of a resource class by the runtime alone. */
export class Wrapping {
  constructor(readonly held: Held) {}
}

let heldIn: (value: object) => Held | null

/**
 * Base of the classes that stand for the resources of a plugin. An object holds one handle; `Symbol.dispose` gives
 * it up, which runs the plugin's destructor.
 */
export abstract class GuestHandle {
  readonly #held: Held

  static {
    heldIn = (value) => (#held in value ? value.#held : null)
  }

  constructor(wrapping: Wrapping) {
    this.#held = wrapping.held
  }

  /** @throws {CANNOT_ENTER} a call is running in the plugin */
  [DISPOSE](): void {
    const held = this.#held
    const { owner, destructor } = held.resource
    if (held.gone !== null || !held.own || owner === null) return
    if (destructor !== null && owner.store.poison === null) {
      if (owner.store.busy) throw owner.store.refuseEntry()
      held.gone = 'dropped'
      runDestructor(held)
    }
    held.gone = 'dropped'
  }
}

/** What `value` holds, if it is a handle of `resource`. */
export function heldOf(value: unknown, resource: RuntimeResource): Held | null {
  if (typeof value !== 'object' || value === null) return null
  const held = heldIn(value)
  return held?.resource === resource ? held : null
}

/** Moves a handle into a new object of a class that the host may have derived. */
export function takeOver(handle: GuestHandle): Wrapping {
  const held = heldIn(handle)!
  const moved: Held = { ...held }
  held.gone = 'moved'
  return new Wrapping(moved)
}

/** @throws {RESOURCE_DROPPED} */
export function requireUsable(held: Held): void {
  if (held.gone !== null) throw errors.RESOURCE_DROPPED({ resource: held.resource.name, how: held.gone })
}

function runDestructor({ resource, representation }: Held): void {
  const owner = resource.owner!
  const { store } = owner
  store.busy = true
  owner.busy = true
  try {
    resource.destructor!(representation)
    if (store.locked) throw store.swallowed()
  } catch (error) {
    throw store.settle(error)
  }
  owner.busy = false
  store.busy = false
}
