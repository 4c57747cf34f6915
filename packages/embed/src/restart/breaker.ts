import { isOwnFault } from '../contract/fault.js'
import type { PluginError } from '../errors/plugin-error.js'
import type { RestartOptions } from '../options/restart.js'
import type { Circuit } from '../stats/index.js'

export interface BreakerEvents {
  /** Calls are refused for so many milliseconds. */
  onOpen(retryMs: number): void
  /** Calls are let in again. */
  onClosed(): void
}

const MINUTE_MS = 60_000
/** By which the time of refusal grows at most. */
const MAX_BACKOFF = 64

/**
 * Lets calls in while it is closed, and refuses them while it is open; half-open, when the time of refusal is over, it lets
 * one in that decides.
 */
export class Breaker {
  /** Asked before calls are refused: true when something better than that was done. */
  onFailing: () => boolean = () => false
  /** Called when calls are refused from now on. */
  onOpened: () => void = () => {}
  readonly #options: RestartOptions
  readonly #events: BreakerEvents
  /** When instances ended within the last minute, oldest first, by `performance.now()`. */
  #faults: number[] = []
  /** Until when calls are refused; undefined while it is closed. */
  #openUntil: number | undefined
  #isProbing = false
  #backoff = 1
  #isLive = false

  constructor(options: RestartOptions, events: BreakerEvents) {
    this.#options = options
    this.#events = events
  }

  /** From now on what becomes of calls counts, and nothing of what was before. */
  start(): void {
    this.#isLive = true
    this.#faults = []
    this.#openUntil = undefined
    this.#isProbing = false
    this.#backoff = 1
  }

  /** Calls are for another build. */
  stop(): void {
    this.#isLive = false
  }

  get isClosed(): boolean {
    return this.#openUntil === undefined
  }

  get circuit(): Circuit {
    if (this.#openUntil === undefined) return 'closed'
    return this.refusesFor() ? 'open' : 'half-open'
  }

  /** Milliseconds that calls are refused for, 0 while another one decides; undefined when one may enter. */
  refusesFor(): number | undefined {
    if (this.#openUntil === undefined) return undefined
    const leftMs = this.#openUntil - performance.now()
    if (leftMs > 0) return Math.ceil(leftMs)
    return this.#isProbing ? 0 : undefined
  }

  /** A call enters. */
  enter(): void {
    if (this.#openUntil !== undefined) this.#isProbing = true
  }

  /** A call is over. */
  done(error: PluginError | undefined): void {
    if (!this.#isLive) return
    if (error !== undefined && isOwnFault(error)) this.#fault()
    else if (this.#isProbing) {
      this.#isProbing = false
      // What is wrong with a call itself decides nothing.
      if (error === undefined) this.#close()
    }
  }

  #fault(): void {
    const now = performance.now()
    if (this.#isProbing) {
      this.#backoff = Math.min(this.#backoff * 2, MAX_BACKOFF)
      this.#open(now)
    } else if (this.#openUntil === undefined) {
      this.#faults = [...this.#faults.filter((at) => now - at < MINUTE_MS), now]
      if (this.#faults.length > this.#options.maxPerMinute) this.#open(now)
    }
  }

  #open(now: number): void {
    if (this.onFailing()) return
    const retryMs = this.#options.backoffMs * this.#backoff
    this.#isProbing = false
    this.#faults = []
    this.#openUntil = now + retryMs
    this.onOpened()
    this.#events.onOpen(retryMs)
  }

  #close(): void {
    this.#openUntil = undefined
    this.#backoff = 1
    this.#events.onClosed()
  }
}
