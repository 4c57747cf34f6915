import { PluginError } from './errors/plugin-error.js'
import type { AsyncContext } from './ports.js'
import type { CallSpan, Telemetry, TracedCall } from './telemetry.js'

/** The calls of a host that are traced and not over, by their ids. */
export class Spans {
  readonly #telemetry: Telemetry
  readonly #open = new Map<number, CallSpan>()

  constructor(telemetry: Telemetry) {
    this.#telemetry = telemetry
  }

  begin(id: number, call: TracedCall): void {
    this.#open.set(id, this.#telemetry.begin(call))
  }

  end(id: number, error: PluginError | undefined): void {
    this.#open.get(id)?.end(error)
    this.#open.delete(id)
  }

  /** A call that is over when `run` has returned. */
  around<T>(call: TracedCall, run: () => T): T {
    const span = this.#telemetry.begin(call)
    let error: PluginError | undefined
    try {
      return span.within(run)
    } catch (thrown) {
      if (PluginError.is(thrown)) error = thrown
      throw thrown
    } finally {
      span.end(error)
    }
  }

  /** Runs what is asked for in a call within the span of that. */
  traced(runs: AsyncContext): AsyncContext {
    return {
      current: () => runs.current(),
      here: () => runs.here(),
      within: (run, work) => runs.within(run, () => this.#within((run as { call?: number }).call, work)),
    }
  }

  #within<T>(id: number | undefined, work: () => T): T {
    const span = id === undefined ? undefined : this.#open.get(id)
    return span === undefined ? work() : span.within(work)
  }
}
