/**
 * What it costs to carry `value` to another thread, in the values of `limits.liftedValues`: what the runtime charges for
 * the same value. Stops counting above `max`, so that neither a cycle nor a value without end takes longer.
 *
 * @param seen objects that count no more, where each is to count once
 */
export function weigh(value: unknown, max: number, seen?: Set<object>): number {
  const rest: object[] = []
  let weight = 0
  const count = (item: unknown) => {
    if (typeof item === 'object' && item !== null) rest.push(item)
    else weight += weightOfLeaf(item)
  }
  count(value)
  for (let next = rest.pop(); next !== undefined && weight <= max; next = rest.pop()) {
    if (seen?.has(next)) continue
    seen?.add(next)
    if (ArrayBuffer.isView(next)) {
      // Shared memory is not sent.
      weight += TYPED_ARRAY + (next.buffer instanceof ArrayBuffer ? weightOfBytes(next.byteLength) : 0)
      continue
    }
    weight += OBJECT
    if (Array.isArray(next)) {
      for (const item of next) {
        count(item)
        if (weight > max) break
      }
    } else
      for (const [key, item] of Object.entries(next)) {
        weight += weightOfName(key)
        count(item)
      }
  }
  return weight
}

/** An object or array, without what it holds. */
export const OBJECT = 2
/** A typed array, without its bytes: the view, its buffer, and what the engine keeps beside them. */
export const TYPED_ARRAY = 5
/** 32 bytes of text or of a typed array count as one value. */
const BYTES_PER_VALUE_LOG2 = 5
/** Bytes from which handing memory over is less work than copying it. */
export const TRANSFERRED_BYTES = 16 << 10

export function weightOfLeaf(value: unknown): number {
  return typeof value === 'string' ? 2 + weightOfBytes(value.length) : 1
}

/** Names are sent with each object. */
export function weightOfName(name: string): number {
  return weightOfBytes(name.length)
}

export function weightOfBytes(bytes: number): number {
  return bytes >>> BYTES_PER_VALUE_LOG2
}
