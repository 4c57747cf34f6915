/** Milliseconds that the jobs of one turn of the event loop may take, but for the last one that began in time. */
const TURN_MS = 4

/**
 * Small jobs that others cause, such as servers by what they send: so few in one turn of the event loop that nobody waits
 * for it, whatever else is queued.
 */
export class Turns {
  readonly #jobs: (() => void)[] = []
  readonly #now: () => number
  #isRunning = false

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** `job` does not throw. */
  add(job: () => void): void {
    this.#jobs.push(job)
    if (!this.#isRunning) this.#begin()
  }

  #begin(): void {
    this.#isRunning = true
    setImmediate(() => this.#turn())
  }

  #turn(): void {
    this.#isRunning = false
    const end = this.#now() + TURN_MS
    // What is added meanwhile has its turn later.
    for (let left = this.#jobs.length; left > 0 && this.#now() < end; left--) this.#jobs.shift()?.()
    if (this.#jobs.length > 0 && !this.#isRunning) this.#begin()
  }
}

/** Those of the process: what many servers send to many plugins is one after the other too. */
export const networkTurns = new Turns()
