import type { Budget, Evictable, Seat, Tenant } from '../budget/budget.js'
import { type EndSignal, onEnd } from '../ending.js'
import { errors } from '../errors/index.js'
import type { Leaving } from './leaving.js'
import type { SavedInstances } from './saved-instances.js'
import type { Slot } from './slot.js'

export interface TenantParts {
  readonly plugin: string
  readonly seat: Seat
  readonly budget: Budget
  /** Instances that nobody calls may be ended. */
  readonly mayIdle: boolean
  /** Of the pool. */
  readonly slots: ReadonlySet<Slot>
  readonly leaving: Leaving
  /** Set where the state of instances is kept that have ended. */
  readonly saved: SavedInstances | undefined
  /** Those that are ending included. */
  readonly threads: ReadonlySet<Slot>
  readonly waiting: () => number
  /** Starts an instance for calls that wait. */
  readonly retry: () => void
}

/** A pool as the budget of its host sees it: it takes seats for its instances, and gives idle ones up for others. */
export class PoolTenant implements Tenant {
  readonly #parts: TenantParts
  /** Tries to start the first instance, which the load waits for. */
  #first: (() => void) | undefined
  #maxMemoryBytes = 0

  constructor(parts: TenantParts) {
    this.#parts = parts
    parts.budget.enter(this)
  }

  get plugin(): string {
    return this.#parts.plugin
  }

  get seat(): Seat {
    return this.#parts.seat
  }

  get isEvictable(): boolean {
    return this.#parts.mayIdle && this.#parts.slots.size > 0
  }

  get hasSaved(): boolean {
    return (this.#parts.saved?.bytes ?? 0) > 0
  }

  get ending(): number {
    return [...this.#parts.threads].filter(({ isEnding }) => isEnding).length
  }

  get memoryBytes(): number {
    return bytesOf(this.#parts.threads, ({ isEnding }) => !isEnding) + (this.#parts.saved?.bytes ?? 0)
  }

  /** The most that they were. */
  get maxMemoryBytes(): number {
    return this.#maxMemoryBytes
  }

  get endingBytes(): number {
    return bytesOf(this.#parts.threads, ({ isEnding }) => isEnding)
  }

  get waiting(): number {
    return this.#parts.waiting()
  }

  oldest(isMemory: boolean): Evictable | undefined {
    if (!this.#parts.mayIdle) return undefined
    const [slot] = [...this.#parts.slots]
      .filter(({ isDispensable }) => isDispensable)
      .sort((a, b) => a.lastUse - b.lastUse)
    if (slot === undefined) return isMemory ? this.#parts.saved?.oldest() : undefined
    const evict = () => this.#parts.leaving.end(slot, true)
    return { lastUse: slot.lastUse, memoryBytes: slot.memoryBytes, evict }
  }

  retry(): void {
    if (this.#first !== undefined) this.#first()
    else this.#parts.retry()
  }

  /** An instance has grown: why the host has no memory for it, where it has none. */
  weigh(): Error | undefined {
    const refusal = this.#parts.budget.weigh(this)
    if (refusal === undefined) this.#maxMemoryBytes = Math.max(this.#maxMemoryBytes, this.memoryBytes)
    return refusal
  }

  /** An instance has nothing to do, and may be needed elsewhere. */
  rest(): void {
    this.#parts.budget.rest()
  }

  /** What `open` gives when others have made room, which may take so many milliseconds. */
  async whenRoom(
    open: () => Slot | undefined,
    { ms, closing }: { ms: number; closing: EndSignal },
  ): Promise<Slot> {
    let off = () => {}
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      return await new Promise<Slot>((resolve, reject) => {
        this.#first = () => {
          try {
            const slot = open()
            if (slot !== undefined) resolve(slot)
          } catch (error) {
            reject(error)
          }
        }
        timer = setTimeout(() => reject(errors.DEADLINE_EXCEEDED({ timeoutMs: ms, limit: 'startMs' })), ms)
        off = onEnd(closing, () => reject(closing.reason))
      })
    } finally {
      off()
      clearTimeout(timer)
      this.#first = undefined
    }
  }
}

function bytesOf(slots: ReadonlySet<Slot>, of: (slot: Slot) => boolean): number {
  let bytes = 0
  for (const slot of slots) if (of(slot)) bytes += slot.memoryBytes
  return bytes
}
