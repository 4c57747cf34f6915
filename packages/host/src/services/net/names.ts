import { findInHosts } from './hosts-file.js'
import { type LookupQueue, systemNames } from './lookup-queue.js'
import { askNameServers } from './name-servers.js'
import type { Address } from './resolve.js'

/** Milliseconds after which the system was too slow for a plugin, and for which it is then left alone. */
const SLOW_MS = 5_000
const REST_MS = 600_000

/** What a name server says of a name when the system would not hear anything else from it. */
const FINAL = new Set(['ETIMEOUT', 'ESERVFAIL', 'ECANCELLED'])

/**
 * Finds the addresses of names for one plugin: in the file of hosts, then from the name servers, over sockets of the
 * lookup's own. Only for what those do not know the system is asked, which has further ways (search lists, mDNS, directories
 * of users) but few threads: a plugin that made it wait goes without for a while, so that it does not keep others waiting.
 */
export class Names {
  readonly #system: LookupQueue
  /** By `performance.now`. */
  #restUntil = 0

  constructor(system: LookupQueue = systemNames) {
    this.#system = system
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
    let since = Number.POSITIVE_INFINITY
    try {
      return await this.#system.ask(host, () => {
        since = performance.now()
        return !signal.aborted && !this.#rests()
      })
    } finally {
      const now = performance.now()
      if (now - since > SLOW_MS) this.#restUntil = now + REST_MS
    }
  }

  #rests(): boolean {
    return performance.now() < this.#restUntil
  }
}

/** Name servers know nothing of names of one part, and are not to be asked for those of the local network. */
function isForSystem(host: string): boolean {
  return !host.includes('.') || /\.(?:local|localhost)$/.test(host)
}
