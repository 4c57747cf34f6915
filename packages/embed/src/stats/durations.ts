/** Parts of a power of two that are told apart, as a power of two. */
const PARTS = 3

/** How long calls took, in microseconds, each to an eighth: counts, however many calls there were. */
export class Durations {
  readonly #counts = new Uint32Array((32 - PARTS + 1) << PARTS)
  #total = 0

  add(durationMs: number): void {
    const us = Math.min(Math.max(0, Math.round(durationMs * 1e3)), 2 ** 31 - 1)
    this.#counts[bucketOf(us)]!++
    this.#total++
  }

  /** Milliseconds that this part of the calls took at most. */
  most(part: number): number {
    let left = Math.ceil(this.#total * part)
    if (left === 0) return 0
    const bucket = this.#counts.findIndex((count) => {
      left -= count
      return left <= 0
    })
    return (startOf(bucket + 1) - 1) / 1e3
  }
}

function bucketOf(us: number): number {
  if (us < 1 << PARTS) return us
  const power = 31 - Math.clz32(us)
  return ((power - PARTS + 1) << PARTS) + ((us >>> (power - PARTS)) & ((1 << PARTS) - 1))
}

/** The least value of a bucket. */
function startOf(bucket: number): number {
  if (bucket < 1 << PARTS) return bucket
  const power = (bucket >>> PARTS) + PARTS - 1
  return ((1 << PARTS) + (bucket & ((1 << PARTS) - 1))) * 2 ** (power - PARTS)
}
