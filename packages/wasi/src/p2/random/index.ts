import { errors } from '../../errors/plugin-codes.js'
import type { RandomGrant } from '../../grants/grant-set.js'
import type { InstancePorts } from '../../ports.js'

/** Bytes fetched from the operating system at a time: a call for a few bytes is a copy. */
const POOL = 32 << 10

type RandomPorts = Pick<InstancePorts, 'fillRandom' | 'sha256'>

/** `wasi:random`. The insecure variants are as good as the secure one: there is no reason to offer less. */
export function createRandom({ maxBytes, seed }: RandomGrant, ports: RandomPorts) {
  /** Blocks that were drawn of what a seed gives. */
  const drawn = { blocks: 0 }
  const fill = seed === null ? pooled(ports) : seeded(seed, ports, drawn)
  const bytes = (len: bigint): Uint8Array => {
    if (len > BigInt(maxBytes))
      throw errors.WASI_LIMIT({
        operation: 'get-random-bytes',
        value: `${len} bytes`,
        max: `${maxBytes} bytes`,
      })
    return fill(Number(len))
  }
  const u64 = (): bigint => {
    const { buffer, byteOffset } = fill(8)
    return new DataView(buffer, byteOffset).getBigUint64(0, true)
  }
  return {
    drawn,
    random: { getRandomBytes: bytes, getRandomU64: u64 },
    insecure: { getInsecureRandomBytes: bytes, getInsecureRandomU64: u64 },
    insecureSeed: { insecureSeed: (): [bigint, bigint] => [u64(), u64()] },
  }
}

/** So many random bytes, which are good until the next ones. */
type Fill = (length: number) => Uint8Array<ArrayBuffer>

function pooled({ fillRandom }: RandomPorts): Fill {
  const pool = new Uint8Array(POOL)
  let from = 0
  let used = POOL
  return (length) => {
    if (length > POOL) return fillRandom(new Uint8Array(length))
    // What was handed out is in the plugin's memory by now, and does not stay behind in ours.
    pool.fill(0, from, used)
    if (used + length > POOL) {
      fillRandom(pool)
      used = 0
    }
    from = used
    used += length
    return pool.subarray(from, used)
  }
}

/** SHA-256 in counter mode: the same seed gives the same bytes on every machine. */
function seeded(seed: string, { sha256 }: RandomPorts, drawn: { blocks: number }): Fill {
  return (length) => {
    const target = new Uint8Array(length)
    for (let at = 0; at < target.length; at += 32) {
      const block = sha256(`${drawn.blocks++}:${seed}`)
      target.set(block.subarray(0, target.length - at), at)
    }
    return target
  }
}
