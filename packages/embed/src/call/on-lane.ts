import type { Pool } from '../pool/pool.js'
import type { Slot } from '../pool/slot.js'
import type { Settled, SlotCall } from '../pool/slot-call.js'

/**
 * Begins a call by shared memory, which takes plain values and an instance that is idle or answers such calls: what came of
 * it, where that took some microseconds, before anything is made that could end it early; the slot where it goes on, where it
 * takes longer, which is reserved; undefined where the call has to go another way.
 */
export function callOnLane(
  pool: Pool,
  call: Omit<SlotCall, 'signal'>,
): Settled | { readonly slot: Slot } | undefined {
  if (call.func.handles !== null) return undefined
  const slot = pool.acquireForLane()
  if (slot === undefined) return undefined
  const begun = slot.calls.beginOnLane(call)
  if (begun !== 'underway') {
    pool.release(slot)
    return begun
  }
  return { slot }
}
