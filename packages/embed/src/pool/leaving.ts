import { Ending } from '../ending.js'
import { errors } from '../errors/index.js'
import { type Snapshot, snapshotOf } from '../wire/snapshot.js'
import type { ReportSnapshot, SavedInstances } from './saved-instances.js'
import type { Slot } from './slot.js'

/** What it takes to keep the state of instances. */
export interface Saving {
  /** Bytes of the state of one. */
  readonly maxBytes: number
  /** An id for what is asked of a thread. */
  readonly nextId: () => number
  readonly report: ReportSnapshot
}

export interface LeavingParts {
  /** Of the pool, which an instance that is ended leaves. */
  readonly slots: Set<Slot>
  /** Milliseconds that saving may take. */
  readonly startMs: number
  /** Set where state is kept. */
  readonly saving: (Saving & { readonly saved: SavedInstances }) | undefined
  /** Whether a call waits that the instance would do for. */
  readonly isWanted: (slot: Slot) => boolean
  /** Takes a slot back. */
  readonly release: (slot: Slot) => void
  /** Starts an instance for calls that wait. */
  readonly retry: () => void
}

/** Ends instances that nobody calls, once their state is saved where it is to be kept. */
export class Leaving {
  readonly #parts: LeavingParts
  /** How often those were used that could not be saved. */
  readonly #saving = new WeakSet<Slot>()
  readonly #refused = new WeakMap<Slot, number>()
  #isClosed = false

  constructor(parts: LeavingParts) {
    this.#parts = parts
  }

  /** @param isNeeded it ends for others, whatever becomes of its state and whoever calls it meanwhile */
  end(slot: Slot, isNeeded: boolean): void {
    if (this.#parts.saving === undefined) this.#end(slot)
    // What could not be saved cannot be until it is called.
    else if (!isNeeded && this.#refused.get(slot) === slot.uses) return
    else if (slot.leave(isNeeded)) void this.#save(slot, isNeeded)
  }

  /** Whether it was to be saved: what came of that is told. */
  has(slot: Slot): boolean {
    return this.#saving.has(slot)
  }

  /** Nothing is kept any more. */
  close(reason: unknown): void {
    this.#isClosed = true
    this.#parts.saving?.saved.clear(reason as Error)
  }

  async #save(slot: Slot, isNeeded: boolean): Promise<void> {
    const { saving, isWanted, release, retry } = this.#parts
    const { saved, report } = saving as NonNullable<typeof saving>
    this.#saving.add(slot)
    const { snapshot, error } = await this.#ask(slot)
    if (this.#isClosed) return
    // A call has come meanwhile, which goes on with the instance itself: nobody else may do so too.
    const stays = slot.state !== 'dead' && !isNeeded && (error !== undefined || isWanted(slot))
    if (error !== undefined) this.#refused.set(slot, slot.uses)
    if (error !== undefined) report({ state: stays ? 'refused' : 'lost', error })
    if (stays || slot.state === 'dead') {
      release(slot)
      this.#saving.delete(slot)
      return
    }
    this.#end(slot)
    if (snapshot) saved.keep(snapshot, slot.lastUse)
    retry()
  }

  async #ask(slot: Slot): Promise<{ readonly snapshot?: Snapshot | null; readonly error?: Error }> {
    const { saving, startMs } = this.#parts
    const { maxBytes, nextId } = saving as Saving
    const until = new Ending()
    const late = () => until.abort(errors.DEADLINE_EXCEEDED({ timeoutMs: startMs, limit: 'startMs' }))
    const timer = setTimeout(late, startMs)
    try {
      return { snapshot: snapshotOf(await slot.calls.save({ id: nextId(), maxBytes }, until), maxBytes) }
    } catch (error) {
      return { error: error as Error }
    } finally {
      clearTimeout(timer)
    }
  }

  #end(slot: Slot): void {
    this.#parts.slots.delete(slot)
    // Nobody is there to hear why.
    slot.end(undefined)
  }
}
