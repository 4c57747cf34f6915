import type { Slot } from './slot.js'

/** A slot with room; those that have ended leave. */
export function idleOf(slots: Set<Slot>): Slot | undefined {
  for (const slot of slots) {
    if (slot.hasRoom) return slot
    if (slot.state === 'dead') slots.delete(slot)
  }
  return undefined
}

/** Of those that run calls of their lanes alone, the one with the fewest. */
export function leastOnLane(slots: ReadonlySet<Slot>): Slot | undefined {
  let least: Slot | undefined
  for (const slot of slots)
    if (slot.hasRoomOnLane && slot.waiting < (least?.waiting ?? Number.POSITIVE_INFINITY)) least = slot
  return least
}

/** The slot whose thread shares these resources; undefined when it has ended. */
export function homeOf(slots: ReadonlySet<Slot>, resources: object): Slot | undefined {
  for (const slot of slots) if (slot.resources === resources) return slot
  return undefined
}
