import { errors as runtimeErrors } from '@wasm-plugin/runtime/errors'
import { turn } from '../turn.js'

/** @throws {LIMIT_EXCEEDED} */
export function checkSize(value: number, max: number): void {
  if (value > max) throw runtimeErrors.LIMIT_EXCEEDED({ limit: 'componentBytes', value, max })
}

/**
 * All bytes of a stream, as one array.
 *
 * @param expected bytes that the stream will most likely have
 * @throws {LIMIT_EXCEEDED} as soon as there are more than `maxBytes`
 */
export async function collect(
  chunks: AsyncIterable<Uint8Array>,
  { maxBytes, expected }: { readonly maxBytes: number; readonly expected: number },
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array(Math.min(expected, maxBytes))
  let length = 0
  for await (const chunk of chunks) {
    // There may be any number of empty ones.
    await turn()
    const needed = length + chunk.byteLength
    checkSize(needed, maxBytes)
    if (needed > bytes.byteLength) bytes = grown(bytes, Math.min(maxBytes, Math.max(needed, length * 2)))
    bytes.set(chunk, length)
    length = needed
  }
  return length === bytes.byteLength ? bytes : bytes.slice(0, length)
}

function grown(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size)
  larger.set(bytes)
  return larger
}
