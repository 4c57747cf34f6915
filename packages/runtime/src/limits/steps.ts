import type { Steps } from '../binary/context.js'
import type { ByteWriter } from './byte-writer.js'

/** Takes steps where nobody else waits. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** Bytes that are copied in one step: a fraction of a millisecond. */
const CHUNK = 1 << 20

/** Copies `source[from..to)` in steps. */
export function* copySteps(
  output: ByteWriter,
  source: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
): Steps<void> {
  for (let at = from; at < to; at += CHUNK) {
    output.bytes(source.subarray(at, Math.min(to, at + CHUNK)))
    yield
  }
}
