/** Milliseconds without a change after which a burst of them counts as over: an editor saves several files at once. */
const QUIET_MS = 80

/** Paths that changed since they were last asked for. */
export class Changes {
  readonly #paths = new Set<string>()
  readonly #signal: AbortSignal
  #wake: () => void = () => {}
  #error: unknown

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', () => this.#wake(), { once: true })
  }

  add(file: string): void {
    this.#paths.add(file)
    this.#wake()
  }

  fail(error: unknown): void {
    this.#error = error
    this.#wake()
  }

  /** The next burst of changes, once it is over; empty when the signal came first. */
  async next(): Promise<readonly string[]> {
    while (this.#paths.size === 0 && !this.#done()) await this.#woken()
    for (let before = -1; before !== this.#paths.size && !this.#done(); ) {
      before = this.#paths.size
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
    }
    if (this.#error !== undefined) throw this.#error
    const changed = [...this.#paths].sort()
    this.#paths.clear()
    return changed
  }

  #done(): boolean {
    return this.#signal.aborted || this.#error !== undefined
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
