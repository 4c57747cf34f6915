import { PluginError } from './errors/plugin-error.js'
import type { AsyncContext } from './ports.js'
import type { CallSpan, Telemetry, TracedCall, WatchedHost } from './telemetry.js'

/**
 * The calls of a host that are traced and not over, by their ids. Calls go on whatever the telemetry does: what it throws is a
 * warning, once.
 */
export class Spans {
  readonly #telemetry: Telemetry
  readonly #warn: (text: string) => void
  readonly #open = new Map<number, CallSpan>()
  #hasWarned = false

  constructor(telemetry: Telemetry, warn: (text: string) => void) {
    this.#telemetry = telemetry
    this.#warn = warn
  }

  begin(id: number, call: TracedCall): void {
    const span = this.#begin(call)
    if (span !== undefined) this.#open.set(id, span)
  }

  end(id: number, error: PluginError | undefined): void {
    this.#end(this.#open.get(id), error)
    this.#open.delete(id)
  }

  /** A call that is over when `run` has returned. */
  around<T>(call: TracedCall, run: () => T): T {
    const span = this.#begin(call)
    let error: PluginError | undefined
    try {
      return this.#within(span, run)
    } catch (thrown) {
      if (PluginError.is(thrown)) error = thrown
      throw thrown
    } finally {
      this.#end(span, error)
    }
  }

  /** Runs what is asked for in a call within the span of that. */
  traced(runs: AsyncContext): AsyncContext {
    return {
      current: () => runs.current(),
      here: () => runs.here(),
      within: (run, work) =>
        runs.within(run, () => this.#within(this.#open.get((run as { call?: number }).call ?? -1), work)),
    }
  }

  /** Has the figures of a host read until the answer is called. */
  watch(host: WatchedHost): () => void {
    const stop = this.#guarded(() => this.#telemetry.watch?.(host))
    return () => this.#guarded(() => stop?.())
  }

  #begin(call: TracedCall): CallSpan | undefined {
    return this.#guarded(() => this.#telemetry.begin(call))
  }

  #end(span: CallSpan | undefined, error: PluginError | undefined): void {
    if (span !== undefined) this.#guarded(() => span.end(error))
  }

  #within<T>(span: CallSpan | undefined, work: () => T): T {
    if (span === undefined) return work()
    const outcomes: (() => T)[] = []
    const once = () => {
      if (outcomes.length === 0) outcomes.push(outcomeOf(work))
    }
    this.#guarded(() => span.within(once))
    once()
    return outcomes[0]!()
  }

  #guarded<T>(ask: () => T): T | undefined {
    try {
      return ask()
    } catch (error) {
      if (!this.#hasWarned) this.#warn(`telemetry failed, and calls go on without it: ${String(error)}`)
      this.#hasWarned = true
      return undefined
    }
  }
}

/** Gives what the work gave, or throws what it threw. */
function outcomeOf<T>(work: () => T): () => T {
  try {
    const value = work()
    return () => value
  } catch (error) {
    return () => {
      throw error
    }
  }
}
