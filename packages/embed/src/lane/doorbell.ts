import { cell, cellOf, type LaneMemory, place, state, word } from './memory.js'

/** The lane that the application used last. */
let recent: LaneMemory | undefined

/** By which the application shows a thread that there is a request on its lane. */
export class Doorbell {
  readonly #memory: LaneMemory
  readonly #summon: () => void
  #isAwake = false

  /** @param summon brings the thread to the lane */
  constructor(memory: LaneMemory, summon: () => void) {
    this.#memory = memory
    this.#summon = summon
  }

  /** The thread was on the lane when the last request was made, and need not be woken. */
  get isAwake(): boolean {
    return this.#isAwake
  }

  /** A thread that goes away from the lane looks at the request again when it has said so: one of the two sees the other. */
  ring(request: number): void {
    const { words } = this.#memory
    if (recent !== this.#memory) {
      if (recent !== undefined) recent.words[word.recent] = 0
      recent = this.#memory
    }
    words[word.recent] = 1
    Atomics.store(words, cellOf(request) + cell.state, state.waits)
    Atomics.store(words, word.request, request)
    const now = Atomics.load(words, word.place)
    this.#isAwake = now === place.lane
    switch (now) {
      case place.eventLoop:
        this.#summon()
        return
      case place.asleep:
        Atomics.notify(words, word.request)
    }
  }

  /** Nobody answers any more. */
  close(): void {
    if (recent === this.#memory) recent = undefined
  }
}
