import { Ending, onEnd, unlessAborted } from '../ending.js'
import { errors } from '../errors/index.js'
import { named } from '../errors/named.js'
import type { CallOptions } from '../options/given.js'
import { checkCallOptions } from '../options/resolve.js'

export interface PausedCall<T> {
  readonly plugin: string
  readonly options: CallOptions
  /** Where the options say nothing. */
  readonly timeoutMs: () => number
  /** With so much less time. */
  readonly run: (left: CallOptions) => Promise<T>
}

/** Holds calls of a plugin back while state is handed over from one of its builds to the next. */
export class CallPause {
  #pause: { readonly over: Promise<void>; readonly end: () => void } | undefined

  /** Settles when calls may go on; undefined where they may. */
  get over(): Promise<void> | undefined {
    return this.#pause?.over
  }

  begin(): void {
    let end = () => {}
    const over = new Promise<void>((resolve) => {
      end = resolve
    })
    this.#pause = { over, end }
  }

  end(): void {
    this.#pause?.end()
    this.#pause = undefined
  }

  /** Runs a call when it may go on, unless it ends before. */
  async after<T>({ plugin, options, timeoutMs, run }: PausedCall<T>): Promise<T> {
    const { timeoutMs: most = timeoutMs(), signal } = checkCallOptions(options, 'call')
    const started = performance.now()
    const ending = new Ending()
    const timer = setTimeout(() => ending.abort(errors.DEADLINE_EXCEEDED({ timeoutMs: most })), most)
    const abort = () => ending.abort(errors.CALL_ABORTED({}, signal?.reason))
    if (signal?.aborted) abort()
    const off = signal && onEnd(signal, abort)
    try {
      while (this.#pause !== undefined) await unlessAborted(this.#pause.over, ending)
    } catch (error) {
      throw named(error, plugin)
    } finally {
      clearTimeout(timer)
      off?.()
    }
    const left = Math.max(1, Math.ceil(most - (performance.now() - started)))
    return await run({ ...options, timeoutMs: left })
  }
}
