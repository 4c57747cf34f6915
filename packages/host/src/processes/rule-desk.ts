import { answerRules, type RuleQuestion, type RuleState } from '@wasm-plugin/wasi/gate'

interface Waiter {
  readonly thread: number
  readonly enter: () => void
}

/** Answers what the processes of one plugin ask about its rule state, and has them in one after the other. */
export class RuleDesk {
  readonly #state: RuleState
  /** The thread that is in. */
  #owner: number | undefined
  readonly #waiting = new Set<Waiter>()

  constructor(state: RuleState) {
    this.#state = state
  }

  async answer(thread: number, { ask, args }: RuleQuestion): Promise<unknown> {
    if (ask === 'enter') return await this.#enter(thread)
    if (ask === 'leave') return this.#leave(thread)
    const answers = answerRules(this.#state, thread)
    if (!Object.hasOwn(answers, ask)) throw new Error('there is no such question')
    return (answers[ask] as (...args: unknown[]) => unknown)(...args)
  }

  /** The thread has ended, wherever it was. */
  release(thread: number): void {
    for (const waiter of this.#waiting) if (waiter.thread === thread) this.#waiting.delete(waiter)
    this.#leave(thread)
  }

  async #enter(thread: number): Promise<void> {
    // Of this thread's own is one that did not get to its end.
    if (this.#owner !== undefined && this.#owner !== thread)
      await new Promise<void>((resolve) => this.#waiting.add({ thread, enter: resolve }))
    this.#owner = thread
  }

  #leave(thread: number): void {
    if (this.#owner !== thread) return
    const [next] = this.#waiting
    this.#owner = next?.thread
    if (next === undefined) return
    this.#waiting.delete(next)
    next.enter()
  }
}
