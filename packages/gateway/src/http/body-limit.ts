import { failures } from './failure.js'

/** Ends a request whose body is too large. */
export class BodyLimit {
  readonly #max: number
  readonly #exceeded = new AbortController()

  constructor(max: number) {
    this.#max = max
  }

  get signal(): AbortSignal {
    return this.#exceeded.signal
  }

  async *of(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0
    for await (const chunk of body) {
      bytes += chunk.length
      if (bytes > this.#max) {
        this.#exceeded.abort()
        throw new Error(failures.tooLarge.message)
      }
      yield chunk
    }
  }
}
