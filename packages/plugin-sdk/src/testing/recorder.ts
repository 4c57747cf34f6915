import type { Observer } from '../fakes/observer.js'

/** A call of the plugin into the application, as the test sees it afterwards. */
export interface RecordedCall {
  /** `acme:site/log#write`, `acme:site/log#counter.increment` of a resource. WIT names, without the version. */
  readonly function: string
  /** As the fake got them; for a method without its object. */
  readonly args: readonly unknown[]
  /** What the fake gave back, of a promise what came of it. Absent while it runs and when it threw. */
  result?: unknown
  /** What the fake threw; a `ComponentError` is the `err` of the function's result. */
  error?: unknown
}

/** Writes down every call of a plugin into the application, in the order in which they began. */
export class Recorder {
  readonly calls: RecordedCall[] = []

  readonly observe: Observer = (call, proceed) => {
    const record: RecordedCall = { function: withoutVersion(call.function), args: call.args }
    this.calls.push(record)
    try {
      const result = proceed()
      if (result instanceof Promise) return this.#later(record, result)
      record.result = result
      return result
    } catch (error) {
      record.error = error
      throw error
    }
  }

  /** Calls of one interface (`acme:site/log`) or function (`acme:site/log#write`), or all of them. */
  of(name: string | undefined): RecordedCall[] {
    if (name === undefined) return [...this.calls]
    const wanted = withoutVersion(name)
    return this.calls.filter((call) => call.function === wanted || call.function.startsWith(`${wanted}#`))
  }

  async #later(record: RecordedCall, result: Promise<unknown>): Promise<unknown> {
    try {
      record.result = await result
      return record.result
    } catch (error) {
      record.error = error
      throw error
    }
  }
}

/** `acme:site/log@0.1.0#write` is asked for as `acme:site/log#write`. */
const withoutVersion = (name: string) => name.replace(/@[^#]*/, '')
