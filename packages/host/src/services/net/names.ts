import { findInHosts } from './hosts-file.js'
import { type LookupQueue, systemNames } from './lookup-queue.js'
import { askNameServers } from './name-servers.js'
import type { Address } from './resolve.js'

/** Milliseconds of one lookup that no other has to mind. */
const QUICK_MS = 100
/** Milliseconds beyond those for which a plugin may keep the system, and for which it has to pay with rest. */
const PATIENCE_MS = 5_000
/** Milliseconds of rest that pay for one of the system's. */
const REST = 120

/** What a name server says of a name when the system would not hear anything else from it. */
const FINAL = new Set(['ETIMEOUT', 'ESERVFAIL', 'ECANCELLED'])

/**
 * Finds the addresses of names for one plugin: in the file of hosts, then from the name servers, over sockets of the
 * lookup's own. Only for what those do not know the system is asked, which has further ways (search lists, mDNS, directories
 * of users) but few threads: a plugin that made it wait for long, in one lookup or in many, goes without for a while, so that it does not keep others
 * waiting.
 */
export class Names {
  readonly #system: LookupQueue
  readonly #now: () => number
  /** When all that it has kept the system for will be paid for. */
  #paidAt = 0

  constructor(system: LookupQueue = systemNames, now: () => number = () => performance.now()) {
    this.#system = system
    this.#now = now
  }

  readonly lookup = async (host: string, signal: AbortSignal): Promise<readonly Address[]> => {
    const written = await findInHosts(host)
    if (written.length > 0) return written
    if (isForSystem(host)) return await this.#askSystem(host, signal)
    try {
      return await askNameServers(host, signal)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (FINAL.has(code ?? '') || this.#rests()) throw error
      return await this.#askSystem(host, signal)
    }
  }

  async #askSystem(host: string, signal: AbortSignal): Promise<readonly Address[]> {
    let since: number | undefined
    try {
      return await this.#system.ask(this, host, () => {
        if (signal.aborted || this.#rests()) return false
        since = this.#now()
        return true
      })
    } finally {
      if (since !== undefined) this.#charge(this.#now() - since)
    }
  }

  /** One lookup that takes for ever costs no longer a rest than two times the patience. */
  #charge(ms: number): void {
    const now = this.#now()
    const owed = Math.max(this.#paidAt - now, 0) / REST + Math.max(ms - QUICK_MS, 0)
    this.#paidAt = now + Math.min(owed, 2 * PATIENCE_MS) * REST
  }

  #rests(): boolean {
    return this.#paidAt - this.#now() > PATIENCE_MS * REST
  }
}

/** Name servers know nothing of names of one part, and are not to be asked for those of the local network. */
function isForSystem(host: string): boolean {
  return !host.includes('.') || /\.(?:local|localhost)$/.test(host)
}
