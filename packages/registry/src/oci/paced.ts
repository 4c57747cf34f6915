/**
 * Pieces as they come, as long as they come: an answer of a byte now and then would otherwise go on for ever. Only time
 * in which somebody waits for a piece counts.
 */
export async function* paced(
  pieces: AsyncIterable<Uint8Array>,
  windowMs: number,
): AsyncGenerator<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]()
  let waited = 0
  let bytes = 0
  try {
    for (;;) {
      const start = performance.now()
      const { value, done } = await iterator.next()
      if (done) return
      waited += performance.now() - start
      bytes += value.length
      if (waited > windowMs) {
        if (bytes < windowMs * BYTES_PER_MS) throw Object.assign(new Error('too slow'), { code: 'TOO_SLOW' })
        waited = 0
        bytes = 0
      }
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}

const BYTES_PER_MS = 1
