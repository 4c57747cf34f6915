import { joined } from './joined.js'

/** Bytes of a response that may wait for whoever reads it before its plugin has to wait; with as many under way. */
export const WINDOW = 256 << 10
/** What may wait beside that: a last write, which a plugin makes before it is told to wait. */
const LAST_WRITE = 256 << 10

export interface ResponseBodyParts {
  readonly onCancel: () => void
  readonly onTaken: () => void
  /** Bytes that may wait for whoever reads it. @default what a plugin sends before it waits */
  readonly mayWait?: number | undefined
}

/** The body of a response on its way to the client, which reads it once. */
export class ResponseBody implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = []
  readonly #onCancel: () => void
  readonly #onTaken: () => void
  readonly #mayWait: number
  #taken = 0
  #added = 0
  #end: { readonly error: unknown } | 'whole' | undefined
  #isCancelled = false
  readonly #waiting: (() => void)[] = []

  constructor({ onCancel, onTaken, mayWait = WINDOW + LAST_WRITE }: ResponseBodyParts) {
    this.#mayWait = mayWait
    this.#onCancel = onCancel
    this.#onTaken = onTaken
  }

  /** Bytes that the plugin has written. */
  get added(): number {
    return this.#added
  }

  get taken(): number {
    return this.#taken
  }

  /** Whether a plugin may go on that has sent so many bytes. */
  hasRoom(sent: number): boolean {
    return this.#isCancelled || this.#end !== undefined || sent - this.#taken <= WINDOW / 2
  }

  /** False where a plugin did not wait that had to. */
  add(bytes: Uint8Array): boolean {
    if (this.#end !== undefined || bytes.length === 0) return true
    this.#added += bytes.length
    if (this.#isCancelled) return this.#takeAll()
    if (this.#added - this.#taken > this.#mayWait) return false
    this.#chunks.push(bytes)
    this.#wake()
    return true
  }

  end(): void {
    this.#finish('whole')
  }

  fail(error: unknown): void {
    this.#finish({ error })
  }

  /** All of it, where it is whole and nothing of it was taken. */
  takeWhole(): Uint8Array | undefined {
    if (this.#end !== 'whole' || this.#isCancelled || this.#taken > 0) return undefined
    this.#takeAll()
    return joined(this.#chunks.splice(0))
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: () => this.#next(),
      return: async () => {
        this.cancel()
        return { done: true, value: undefined }
      },
    }
  }

  /** Who asked for it waits no more: the reader hears of that, since what is cut must not end as if it were whole. */
  abort(error: unknown): void {
    if (this.#isCancelled || this.#end !== undefined) return
    this.#chunks.length = 0
    this.#finish({ error })
    this.#onCancel()
  }

  /** The reader reads no more. */
  cancel(): void {
    if (this.#isCancelled) return
    this.#isCancelled = true
    this.#chunks.length = 0
    this.#takeAll()
    this.#wake()
    if (this.#end === undefined) this.#onCancel()
  }

  /** What nobody reads any more is out of the way. */
  #takeAll(): true {
    this.#taken = this.#added
    this.#onTaken()
    return true
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) {
        this.#taken += chunk.length
        this.#onTaken()
        return { done: false, value: chunk }
      }
      if (this.#isCancelled || this.#end === 'whole') return { done: true, value: undefined }
      if (this.#end !== undefined) throw this.#end.error
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  #finish(end: 'whole' | { readonly error: unknown }): void {
    this.#end ??= end
    this.#wake()
  }

  /** All that wait: whoever asks twice gets two answers. */
  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}
