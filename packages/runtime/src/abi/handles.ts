import { errors } from '../errors/index.js'
import type { Store } from './store.js'
import type { Loan, Task } from './task.js'

/** A resource type, as far as a table must know it: which one it is, and its name for messages. */
export interface NamedResource {
  readonly name: string
}

export class HandleEntry implements Loan {
  lends = 0

  constructor(
    readonly resource: NamedResource,
    /** An i32 of the guest that defines the resource, or the object of the host. */
    readonly representation: unknown,
    /** The call that it was lent for; `null` for an owning handle. */
    readonly borrower: Task | null,
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
  get(index: number, resource: NamedResource): HandleEntry {
    const entry = this.entries[index]
    if (entry === undefined) throw errors.ABI_TRAP({ reason: `handle ${index} does not exist` })
    if (entry.resource !== resource) {
      throw errors.ABI_TRAP({ reason: `handle ${index} is a ${entry.resource.name}, not a ${resource.name}` })
    }
    return entry
  }

  /** Removes a handle that no call borrows. @throws {ABI_TRAP} */
  remove(index: number, resource: NamedResource): HandleEntry {
    const entry = this.get(index, resource)
    if (entry.lends > 0) throw errors.ABI_TRAP({ reason: `handle ${index} is lent to a running call` })
    this.entries[index] = undefined
    this.free.push(index)
    this.store.handles--
    return entry
  }

  /** What its handles stand for, as `of` tells it, by their indices from 1 on; null where one is free. */
  save<T>(of: (entry: HandleEntry) => T): (T | null)[] {
    return this.entries.slice(1).map((entry) => (entry === undefined ? null : of(entry)))
  }

  /** Fills a table that is empty. @throws {LIMIT_EXCEEDED} */
  restore(entries: readonly (HandleEntry | null)[]): void {
    const { store } = this
    const max = store.limits.handles
    const handles = store.handles + entries.length
    if (handles > max) throw errors.LIMIT_EXCEEDED({ limit: 'handles', value: handles, max })
    for (const [i, entry] of entries.entries()) {
      this.entries.push(entry ?? undefined)
      if (entry === null) this.free.push(i + 1)
      else store.handles++
    }
  }
}
