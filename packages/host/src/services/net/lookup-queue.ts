import { builtIn } from '../../node/built-in.js'
import type { Address } from './resolve.js'

interface Question {
  readonly host: string
  readonly isWanted: () => boolean
  readonly resolve: (addresses: Promise<readonly Address[]>) => void
  readonly reject: (error: Error) => void
}

/**
 * Asks the system for one name at a time, for all who ask in turn. It is asked by a thread, of which the whole process has
 * two for this, and a name whose server never answers holds one for half a minute, whatever becomes of the call that wanted
 * it: plugins use one of them, and the application's own lookups have the other.
 */
export class LookupQueue {
  readonly #lookup: (host: string) => Promise<readonly Address[]>
  /** By who asks, with the one that has waited for longest in front. */
  readonly #waiting = new Map<object, Question[]>()
  #last: object | undefined
  #isBusy = false

  constructor(lookup: (host: string) => Promise<readonly Address[]>) {
    this.#lookup = lookup
  }

  /**
   * @param asker Who has a turn, however many names it asks for.
   * @param isWanted Asked when it is this name's turn: what nobody waits for any more is passed over.
   */
  ask(asker: object, host: string, isWanted: () => boolean): Promise<readonly Address[]> {
    return new Promise((resolve, reject) => {
      const questions = this.#waiting.get(asker) ?? []
      questions.push({ host, isWanted, resolve, reject })
      this.#waiting.set(asker, questions)
      if (!this.#isBusy) void this.#work()
    })
  }

  async #work(): Promise<void> {
    this.#isBusy = true
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      const { host, isWanted, resolve, reject } = next
      if (!isWanted()) {
        reject(Object.assign(new Error(`nobody waits for ${host} any more`), { code: 'ECANCELLED' }))
        continue
      }
      const answer = this.#lookup(host)
      resolve(answer)
      await answer.catch(() => {})
    }
    this.#isBusy = false
  }

  /** Whoever had a turn goes to the end, and has no second one while another waits. */
  #take(): Question | undefined {
    const askers = [...this.#waiting.keys()]
    const asker = askers.find((one) => one !== this.#last) ?? askers[0]
    if (asker === undefined) return undefined
    const questions = this.#waiting.get(asker) ?? []
    const next = questions.shift()
    this.#last = asker
    this.#waiting.delete(asker)
    if (questions.length > 0) this.#waiting.set(asker, questions)
    return next
  }
}

/** That of the process. */
export const systemNames = new LookupQueue((host) =>
  builtIn.dns.promises.lookup(host, { all: true, verbatim: true }),
)
