import { createHash, randomFillSync } from 'node:crypto'
import type { RandomGrant } from '../../capability/grant-set.js'
import { errors } from '../../errors/capability-codes.js'

/** Bytes fetched from the operating system at a time: a call for a few bytes is a copy. */
const POOL = 4_096

/** `wasi:random`. The insecure variants are as good as the secure one: there is no reason to offer less. */
export function createRandom({ maxBytes, seed }: RandomGrant) {
  const fill = seed === null ? pooled() : seeded(seed)
  const bytes = (len: bigint): Uint8Array => {
    if (len > BigInt(maxBytes))
      throw errors.WASI_LIMIT({
        operation: 'get-random-bytes',
        value: `${len} bytes`,
        max: `${maxBytes} bytes`,
      })
    return fill(new Uint8Array(Number(len)))
  }
  const u64 = (): bigint => new DataView(fill(new Uint8Array(8)).buffer).getBigUint64(0, true)
  return {
    random: { getRandomBytes: bytes, getRandomU64: u64 },
    insecure: { getInsecureRandomBytes: bytes, getInsecureRandomU64: u64 },
    insecureSeed: { insecureSeed: (): [bigint, bigint] => [u64(), u64()] },
  }
}

type Fill = (target: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>

function pooled(): Fill {
  const pool = new Uint8Array(POOL)
  let used = POOL
  return (target) => {
    if (target.length > POOL) return randomFillSync(target)
    if (used + target.length > POOL) {
      randomFillSync(pool)
      used = 0
    }
    target.set(pool.subarray(used, used + target.length))
    // What was handed out does not stay behind in memory.
    pool.fill(0, used, used + target.length)
    used += target.length
    return target
  }
}

/** SHA-256 in counter mode: the same seed gives the same bytes on every machine. */
function seeded(seed: string): Fill {
  let counter = 0
  return (target) => {
    for (let at = 0; at < target.length; at += 32) {
      const block = createHash('sha256').update(`${counter++}:${seed}`).digest()
      target.set(block.subarray(0, target.length - at), at)
    }
    return target
  }
}
