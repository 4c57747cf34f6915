const FREE = 0

/**
 * Lets one of several threads in at a time. It lies in a word of their shared memory, which starts as 0. A thread may be
 * ended while it is in, so whoever hears of that has to `release` it: what is guarded must be right after every single step.
 */
export class ThreadLock {
  readonly #words: Int32Array
  readonly #word: number

  constructor(words: Int32Array, word: number) {
    this.#words = words
    this.#word = word
  }

  /** @param thread Number of this thread. */
  run<T>(thread: number, step: () => T): T {
    this.#enter(thread + 1)
    try {
      return step()
    } finally {
      this.#leave()
    }
  }

  release(deadThread: number): void {
    if (Atomics.load(this.#words, this.#word) === deadThread + 1) this.#leave()
  }

  #enter(me: number): void {
    for (;;) {
      const owner = Atomics.compareExchange(this.#words, this.#word, FREE, me)
      // Of this thread's own is one that did not get to its end, such as a step that ran out of stack.
      if (owner === FREE || owner === me) return
      Atomics.wait(this.#words, this.#word, owner)
    }
  }

  #leave(): void {
    Atomics.store(this.#words, this.#word, FREE)
    Atomics.notify(this.#words, this.#word, 1)
  }
}
