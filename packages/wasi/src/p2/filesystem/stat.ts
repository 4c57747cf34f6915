import type { InstancePorts } from '../../ports.js'
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
export function metadataHash(
  { dev, ino }: FileStat,
  { sha256 }: Pick<InstancePorts, 'sha256'>,
): { lower: bigint; upper: bigint } {
  const { buffer, byteOffset } = sha256(`wasm-plugin:${dev}:${ino}`)
  const digest = new DataView(buffer, byteOffset)
  return { lower: digest.getBigUint64(0, true), upper: digest.getBigUint64(8, true) }
}

/** WASI has no times before 1970. */
function toDatetime(ns: bigint): Datetime {
  const positive = ns < 0n ? 0n : ns
  return { seconds: positive / 1_000_000_000n, nanoseconds: Number(positive % 1_000_000_000n) }
}
