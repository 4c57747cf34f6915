import type { Budget, Evictable } from '../budget/budget.js'
import { errors } from '../errors/index.js'
import { bytesOf, type Snapshot } from '../wire/snapshot.js'

/** What became of the state of an instance. */
export interface SnapshotOutcome {
  readonly state: 'saved' | 'restored' | 'refused' | 'lost'
  readonly bytes?: number
  readonly error?: Error
}

export type ReportSnapshot = (outcome: SnapshotOutcome) => void

interface Saved {
  readonly snapshot: Snapshot
  readonly bytes: number
  /** Of the instance. */
  readonly lastUse: number
}

/** What is saved of the instances of one plugin that have ended. Each is for one instance. */
export class SavedInstances {
  readonly #saved: Saved[] = []
  readonly #budget: Budget
  readonly #report: ReportSnapshot

  constructor(budget: Budget, report: ReportSnapshot) {
    this.#budget = budget
    this.#report = report
  }

  get bytes(): number {
    return this.#saved.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Keeps it, if the host has the memory. */
  keep(snapshot: Snapshot, lastUse: number): void {
    const bytes = bytesOf(snapshot)
    if (this.#budget.fits(bytes)) {
      this.#saved.push({ snapshot, bytes, lastUse })
      this.#report({ state: 'saved', bytes })
    } else this.#lose(bytes)
  }

  /** That of the instance that was used last, for one that is started: whatever comes of that, nobody else gets it. */
  take(): Snapshot | undefined {
    return this.#saved.pop()?.snapshot
  }

  /** That of the instance that was used longest ago. */
  oldest(): Evictable | undefined {
    const [saved] = [...this.#saved].sort((a, b) => a.lastUse - b.lastUse)
    if (saved === undefined) return undefined
    const evict = () => {
      this.#saved.splice(this.#saved.indexOf(saved), 1)
      this.#lose(saved.bytes)
    }
    return { lastUse: saved.lastUse, memoryBytes: saved.bytes, evict }
  }

  /** Loses all of it, for that reason. */
  clear(error: Error): void {
    for (const { bytes } of this.#saved.splice(0)) this.#report({ state: 'lost', bytes, error })
  }

  #lose(bytes: number): void {
    const error = errors.BUDGET_EXHAUSTED({ budget: 'memoryBytes', max: this.#budget.maxMemoryBytes })
    this.#report({ state: 'lost', bytes, error })
  }
}
