import type { DescriptorStat } from '../p2/filesystem/stat.js'
import type { Datetime, NewTimestamp } from '../volume/volume.js'
import { Errno, INVAL } from './errno.js'
import type { GuestMemory } from './guest-memory.js'

/** `filetype`, by the type of 0.2. */
export const FILE_TYPES: Readonly<Record<string, number>> = {
  unknown: 0,
  'block-device': 1,
  'character-device': 2,
  directory: 3,
  'regular-file': 4,
  socket: 6,
  'symbolic-link': 7,
}

/** `filestat`, 64 bytes. A device and its numbers stay with the host: `hash` stands for both. */
export function writeStat(memory: GuestMemory, at: number, stat: DescriptorStat, hash: bigint): void {
  memory.bytes(at, 64).fill(0)
  memory.setU64(at + 8, hash)
  memory.setU8(at + 16, FILE_TYPES[stat.type] ?? 0)
  memory.setU64(at + 24, stat.linkCount)
  memory.setU64(at + 32, stat.size)
  memory.setU64(at + 40, nanoseconds(stat.dataAccessTimestamp))
  memory.setU64(at + 48, nanoseconds(stat.dataModificationTimestamp))
  memory.setU64(at + 56, nanoseconds(stat.statusChangeTimestamp))
}

export function nanoseconds(time: Datetime | undefined): bigint {
  return time === undefined ? 0n : time.seconds * 1_000_000_000n + BigInt(time.nanoseconds)
}

/** `fstflags`: of each time, to the given one or to now. */
const ACCESS = { given: 1, now: 2 }
const MODIFICATION = { given: 4, now: 8 }

export function newTimes(access: bigint, modification: bigint, flags: number): [NewTimestamp, NewTimestamp] {
  return [newTime(access, flags, ACCESS), newTime(modification, flags, MODIFICATION)]
}

function newTime(ns: bigint, flags: number, { given, now }: typeof ACCESS): NewTimestamp {
  const isGiven = (flags & given) !== 0
  const isNow = (flags & now) !== 0
  if (isGiven && isNow) throw new Errno(INVAL)
  if (isNow) return { tag: 'now' }
  if (!isGiven) return { tag: 'no-change' }
  const time = BigInt.asUintN(64, ns)
  return {
    tag: 'timestamp',
    val: { seconds: time / 1_000_000_000n, nanoseconds: Number(time % 1_000_000_000n) },
  }
}
