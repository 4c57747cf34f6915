import { createHash } from 'node:crypto'
import type { BigIntStats, Dirent } from 'node:fs'
import type { Datetime } from '../clocks/clock.js'

export type DescriptorType =
  | 'unknown'
  | 'block-device'
  | 'character-device'
  | 'directory'
  | 'fifo'
  | 'symbolic-link'
  | 'regular-file'
  | 'socket'

export interface DescriptorStat {
  type: DescriptorType
  linkCount: bigint
  size: bigint
  dataAccessTimestamp: Datetime | undefined
  dataModificationTimestamp: Datetime | undefined
  statusChangeTimestamp: Datetime | undefined
}

export type NewTimestamp = { tag: 'no-change' } | { tag: 'now' } | { tag: 'timestamp'; val: Datetime }

export function toStat(stat: BigIntStats): DescriptorStat {
  return {
    type: typeOf(stat),
    linkCount: stat.nlink,
    size: stat.size,
    dataAccessTimestamp: toDatetime(stat.atimeNs),
    dataModificationTimestamp: toDatetime(stat.mtimeNs),
    statusChangeTimestamp: toDatetime(stat.ctimeNs),
  }
}

export function typeOf(entry: BigIntStats | Dirent): DescriptorType {
  if (entry.isFile()) return 'regular-file'
  if (entry.isDirectory()) return 'directory'
  if (entry.isSymbolicLink()) return 'symbolic-link'
  if (entry.isFIFO()) return 'fifo'
  if (entry.isSocket()) return 'socket'
  if (entry.isCharacterDevice()) return 'character-device'
  if (entry.isBlockDevice()) return 'block-device'
  return 'unknown'
}

/** Two hashes are equal exactly for one file in one state of its identity; inode numbers stay with the host. */
export function metadataHash({ dev, ino }: BigIntStats): { lower: bigint; upper: bigint } {
  const digest = createHash('sha256').update(`wasm-plugin:${dev}:${ino}`).digest()
  return { lower: digest.readBigUInt64LE(0), upper: digest.readBigUInt64LE(8) }
}

/**
 * Seconds since 1970 for `futimes` and friends. Node passes times as floating-point seconds, so what is set is exact
 * to the microsecond.
 */
export function toSeconds(time: NewTimestamp, currentNs: bigint): number {
  switch (time.tag) {
    case 'no-change':
      return Number(currentNs) / 1e9
    case 'now':
      return Date.now() / 1000
    case 'timestamp':
      return Number(time.val.seconds) + time.val.nanoseconds / 1e9
  }
}

/** WASI has no times before 1970. */
function toDatetime(ns: bigint): Datetime {
  const positive = ns < 0n ? 0n : ns
  return { seconds: positive / 1_000_000_000n, nanoseconds: Number(positive % 1_000_000_000n) }
}
