import type { ComponentState } from './instance-state.js'
import type { HostCallable, JsFunc, JsValue } from './js-value.js'

/** A resource type at run time: fresh for each instantiation of the component that defines it. */
export interface RuntimeResource {
  /** Kebab-case, for messages: the name of its import or, once it has one, of its export. */
  name: string
  /** The instance that defines it; `null` when the host does. */
  readonly owner: ComponentState | null
  /** Core destructor: of the guest for its own resources. */
  readonly destructor: ((representation: number) => void) | null
  /** The host's class; `null` when the host gave none, or when a guest defines the resource. */
  readonly hostClass: HostCallable | null
  /** The class of the objects that stand for a guest's resource, see `guestClassOf`. */
  guestClass: GuestClass | null
  /** The exported constructor of a guest's resource. */
  construct: JsFunc | null
}

export type GuestClass = new (...args: JsValue[]) => object
