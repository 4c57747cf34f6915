import { abiTrap, type FuncContext } from '../func-context.js'
import { requireUtf8 } from '../strings/utf8.js'
import type { ValueArea } from './area.js'

/** There is no room in the area for what a guest returned: it is lifted instead. */
export const NO_ROOM = new Error('no room in the area')

/** Bytes up to which a loop costs less than a view of them. */
const LOOP_BYTES = 32

export function copyBytes(from: Uint8Array, at: number, ...[to, place, size]: [Uint8Array, number, number]) {
  if (size <= LOOP_BYTES) for (let i = 0; i < size; i++) to[place + i] = from[at + i]!
  else to.set(from.subarray(at, at + size), place)
}

/** Memory of the area for what is copied from `from`. @throws {Error} `NO_ROOM` */
export function reserve(area: ValueArea, size: number, ...[align, from]: [number, number]): number {
  const at = area.reserve(size, align, from)
  if (at < 0) throw NO_ROOM
  return at
}

/** A string of an area in memory that the guest allocates: where it is. What is there was written by a codec of ours. */
export function stringToGuest(cx: FuncContext, from: Uint8Array, ...[at, size]: [number, number]): number {
  const to = cx.alloc(size, 1)
  copyBytes(from, at, cx.memory.bytes, to, size)
  return to
}

/** A string of the guest in an area, refused as it is when it is lifted. @throws {ABI_TRAP | LIMIT_EXCEEDED} */
export function stringToArea(cx: FuncContext, area: ValueArea, ...[at, size]: [number, number]): number {
  const { bytes: from } = cx.memory
  if (at + size > from.length) throw abiTrap('a string is out of bounds of the memory')
  cx.limitBytes(size)
  cx.charge(size)
  const to = reserve(area, size, 1, at)
  const { bytes } = area.cx.memory
  if (size <= LOOP_BYTES) {
    let all = 0
    for (let i = 0; i < size; i++) {
      const byte = from[at + i]!
      all |= byte
      bytes[to + i] = byte
    }
    if (all > 0x7f) requireUtf8(from, at, at + size)
    return to
  }
  requireUtf8(from, at, at + size)
  bytes.set(from.subarray(at, at + size), to)
  return to
}
