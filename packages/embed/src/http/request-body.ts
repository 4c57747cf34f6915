import { turn } from '../turn.js'
import { isBytes } from './field-bytes.js'

const EMPTY = new Uint8Array()

/** The body of a request that came in: read from the client as the plugin reads it, one chunk ahead. */
export class RequestBody {
  readonly #onChange: () => void
  #chunks: AsyncIterator<Uint8Array> | undefined
  #chunk: Uint8Array = EMPTY
  #isPulling = false
  #failure: { readonly cause: unknown } | undefined

  constructor(body: Uint8Array | AsyncIterable<Uint8Array> | null | undefined, onChange: () => void) {
    this.#onChange = onChange
    if (isBytes(body)) this.#chunk = body
    else this.#chunks = body?.[Symbol.asyncIterator]()
  }

  /** Why it ended in the midst: the client left, or the stream of the application failed. */
  get failure(): { readonly cause: unknown } | undefined {
    return this.#failure
  }

  get isBroken(): boolean {
    return this.#failure !== undefined
  }

  get isAtEnd(): boolean {
    return this.#chunks === undefined && this.#chunk.length === 0
  }

  get hasBytes(): boolean {
    return this.#chunk.length > 0
  }

  /** Up to `max` bytes that are there; `null` at the end. */
  read(max: number): Uint8Array | null {
    if (this.#chunk.length === 0) {
      if (this.isAtEnd) return null
      this.pull()
      return new Uint8Array()
    }
    const bytes = this.#chunk.slice(0, max)
    this.#chunk = this.#chunk.subarray(max)
    if (this.#chunk.length === 0) this.pull()
    return bytes
  }

  /** Asks the client for more, unless there is something or it was asked. */
  pull(): void {
    if (this.#chunks === undefined || this.#isPulling || this.#chunk.length > 0) return
    this.#isPulling = true
    void this.#next(this.#chunks)
  }

  /** Nobody reads it any more. */
  close(): void {
    const chunks = this.#chunks
    this.#chunks = undefined
    this.#chunk = EMPTY
    if (chunks === undefined) return
    // What a stream of the application does about that is nothing of the plugin's.
    void (async () => await chunks.return?.())().catch(() => {})
  }

  async #next(chunks: AsyncIterator<Uint8Array>): Promise<void> {
    try {
      // Whatever it yields, and if that is nothing without end, others have their turn.
      await turn()
      if (this.#chunks === undefined) return
      const { done, value } = await chunks.next()
      if (this.#chunks === undefined) return
      if (done) this.#chunks = undefined
      else if (isBytes(value)) this.#chunk = value
      else throw new TypeError('a body is made of Uint8Arrays')
    } catch (cause) {
      if (this.#chunks === undefined) return
      this.#chunks = undefined
      this.#failure = { cause }
    }
    this.#isPulling = false
    // One that is empty tells nothing.
    if (this.#chunks !== undefined && this.#chunk.length === 0) this.pull()
    else this.#onChange()
  }
}
