import { createHash } from 'node:crypto'
import type { Datetime, DescriptorType, FileStat } from '../../volume/volume.js'

export interface DescriptorStat {
  type: DescriptorType
  linkCount: bigint
  size: bigint
  dataAccessTimestamp: Datetime | undefined
  dataModificationTimestamp: Datetime | undefined
  statusChangeTimestamp: Datetime | undefined
}

export function toStat({ type, nlink, size, atimeNs, mtimeNs, ctimeNs }: FileStat): DescriptorStat {
  return {
    type,
    linkCount: nlink,
    size,
    dataAccessTimestamp: toDatetime(atimeNs),
    dataModificationTimestamp: toDatetime(mtimeNs),
    statusChangeTimestamp: toDatetime(ctimeNs),
  }
}

/** Two hashes are equal exactly for one file in one state of its identity; inode numbers stay with the host. */
export function metadataHash({ dev, ino }: FileStat): { lower: bigint; upper: bigint } {
  const digest = createHash('sha256').update(`wasm-plugin:${dev}:${ino}`).digest()
  return { lower: digest.readBigUInt64LE(0), upper: digest.readBigUInt64LE(8) }
}

/** WASI has no times before 1970. */
function toDatetime(ns: bigint): Datetime {
  const positive = ns < 0n ? 0n : ns
  return { seconds: positive / 1_000_000_000n, nanoseconds: Number(positive % 1_000_000_000n) }
}
