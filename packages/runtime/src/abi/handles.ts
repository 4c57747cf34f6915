import { errors } from '../errors/index.js'
import type { HostCallable, JsFunc } from './functions.js'
import type { GuestClass } from './guest-class.js'
import type { ComponentState } from './instance-state.js'
import type { Store } from './store.js'

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

/** The borrows that one call lent to a guest, which must be gone when it returns. */
export interface BorrowScope {
  borrows: number
}

export class HandleEntry {
  /** Calls in flight that borrow this handle. */
  lends = 0

  constructor(
    readonly resource: RuntimeResource,
    /** An i32 of the guest that defines the resource, or the object of the host. */
    readonly representation: unknown,
    /** Set for a borrow, `null` for an owning handle. */
    readonly scope: BorrowScope | null,
  ) {}
}

/** The handles of one component instance; index 0 is never used. */
export class HandleTable {
  private readonly entries: (HandleEntry | undefined)[] = [undefined]
  private readonly free: number[] = []

  constructor(private readonly store: Store) {}

  /** @throws {LIMIT_EXCEEDED} */
  add(entry: HandleEntry): number {
    const { store } = this
    const max = store.limits.handles
    if (store.handles >= max) throw errors.LIMIT_EXCEEDED({ limit: 'handles', value: store.handles + 1, max })
    store.handles++
    const index = this.free.pop() ?? this.entries.length
    this.entries[index] = entry
    return index
  }

  /** @throws {ABI_TRAP} */
  get(index: number, resource: RuntimeResource): HandleEntry {
    const entry = this.entries[index]
    if (entry === undefined) throw errors.ABI_TRAP({ reason: `handle ${index} does not exist` })
    if (entry.resource !== resource) {
      throw errors.ABI_TRAP({ reason: `handle ${index} is a ${entry.resource.name}, not a ${resource.name}` })
    }
    return entry
  }

  /** Removes a handle that no call borrows. @throws {ABI_TRAP} */
  remove(index: number, resource: RuntimeResource): HandleEntry {
    const entry = this.get(index, resource)
    if (entry.lends > 0) throw errors.ABI_TRAP({ reason: `handle ${index} is lent to a running call` })
    this.entries[index] = undefined
    this.free.push(index)
    this.store.handles--
    return entry
  }
}
