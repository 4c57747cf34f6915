import { lookup } from 'node:dns/promises'
import type { Address } from './resolve.js'

/**
 * Asks the system for one name at a time. It is asked by a thread, of which the whole process has two for this, and a name
 * whose server never answers holds one for half a minute, whatever becomes of the call that wanted it: plugins use one of
 * them, and the application's own lookups have the other.
 */
export class LookupQueue {
  readonly #lookup: (host: string) => Promise<readonly Address[]>
  #last: Promise<unknown> = Promise.resolve()

  constructor(lookup: (host: string) => Promise<readonly Address[]>) {
    this.#lookup = lookup
  }

  /** @param isWanted Asked when it is this name's turn: what nobody waits for any more is passed over. */
  ask(host: string, isWanted: () => boolean): Promise<readonly Address[]> {
    const answer = this.#last.then(() => {
      if (isWanted()) return this.#lookup(host)
      throw Object.assign(new Error(`nobody waits for ${host} any more`), { code: 'ECANCELLED' })
    })
    this.#last = answer.catch(() => {})
    return answer
  }
}

/** That of the process. */
export const systemNames = new LookupQueue((host) => lookup(host, { all: true, verbatim: true }))
