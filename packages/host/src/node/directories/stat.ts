import type { BigIntStats, Dirent } from 'node:fs'
import type { DescriptorType, FileStat, NewTimestamp } from '@wasm-plugin/wasi/instance'

/** Why all numbers are exact: inode numbers and times in nanoseconds do not fit a JavaScript number. */
export const EXACT = { bigint: true } as const
export const EXACT_OR_NONE = { bigint: true, throwIfNoEntry: false } as const

const FORMAT = 0o170000
const FORMATS = new Map<number, DescriptorType>([
  [0o100000, 'regular-file'],
  [0o040000, 'directory'],
  [0o120000, 'symbolic-link'],
  [0o010000, 'fifo'],
  [0o140000, 'socket'],
  [0o020000, 'character-device'],
  [0o060000, 'block-device'],
])

export function fileStat(stat: BigIntStats): FileStat {
  return {
    type: FORMATS.get(Number(stat.mode) & FORMAT) ?? 'unknown',
    dev: stat.dev,
    ino: stat.ino,
    nlink: stat.nlink,
    size: stat.size,
    atimeNs: stat.atimeNs,
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
  }
}

/** `unknown` on file systems that do not tell types with names. */
export function typeOfEntry(entry: Dirent): DescriptorType {
  if (entry.isFile()) return 'regular-file'
  if (entry.isDirectory()) return 'directory'
  if (entry.isSymbolicLink()) return 'symbolic-link'
  if (entry.isFIFO()) return 'fifo'
  if (entry.isSocket()) return 'socket'
  if (entry.isCharacterDevice()) return 'character-device'
  if (entry.isBlockDevice()) return 'block-device'
  return 'unknown'
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
