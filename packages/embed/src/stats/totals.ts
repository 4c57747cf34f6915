import { Durations } from './durations.js'
import { added, type Counts, type Meter, NOTHING, sumOf } from './used.js'

/** What is counted of one plugin. */
export class Totals {
  calls = 0
  failures = 0
  durationMs = 0
  waitedMs = 0
  starts = 0
  readonly denials: Record<string, number> = Object.create(null)
  readonly errors: Record<string, number> = Object.create(null)
  readonly durations = new Durations()
  /** Uses that were allowed in the application's thread, by their capabilities. */
  readonly #uses: Record<string, number> = Object.create(null)
  readonly #meters = new Set<Meter>()
  /** Of instances that have ended. */
  #cpuMs: number | undefined
  #counts = NOTHING

  took(durationMs: number): void {
    this.durationMs += durationMs
    this.durations.add(durationMs)
  }

  allowed(capability: string): void {
    this.#uses[capability] = (this.#uses[capability] ?? 0) + 1
  }

  denied(capability: string): void {
    this.denials[capability] = (this.denials[capability] ?? 0) + 1
  }

  failed(code: string): void {
    this.failures++
    this.errors[code] = (this.errors[code] ?? 0) + 1
  }

  /** Counts what a meter tells, until what this gives is called, when it is asked for the last time. */
  measure(meter: Meter): () => void {
    this.#meters.add(meter)
    return () => {
      if (!this.#meters.delete(meter)) return
      this.#cpuMs = sumOf(this.#cpuMs, meter.cpuMs())
      this.#counts = added(this.#counts, meter.counts())
    }
  }

  /** Milliseconds of processor time; undefined where the platform does not tell. */
  get cpuMs(): number | undefined {
    return [...this.#meters].reduce((sum, meter) => sumOf(sum, meter.cpuMs()), this.#cpuMs)
  }

  get counts(): Counts {
    const own: Counts = { ...NOTHING, uses: this.#uses }
    return [...this.#meters].reduce((sum, meter) => added(sum, meter.counts()), added(this.#counts, own))
  }
}
