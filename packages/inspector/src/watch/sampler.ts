/** Kinds of events that are not to keep each other from being shown. */
export type Share = 'denied' | 'allowed' | 'call' | 'log' | 'rare'

const SHARES: readonly Share[] = ['denied', 'allowed', 'call', 'log', 'rare']

/**
 * Decides which events are shown where there are more than anybody can read. Of what may be shown in a while, half is for
 * the first event of each kind of each plugin, so that a plugin which floods hides no other; a quarter is shared out
 * among the kinds, and a quarter is for whoever comes first.
 */
export class Sampler {
  readonly #max: number
  readonly #firsts = new Map<Share, Set<string>>(SHARES.map((share) => [share, new Set()]))
  readonly #left = new Map<Share | 'first' | 'any', number>()

  /** @param max events of a while */
  constructor(max: number) {
    this.#max = max
    this.next()
  }

  /** A new while begins. */
  next(): void {
    for (const names of this.#firsts.values()) names.clear()
    const each = Math.floor(this.#max / 4 / SHARES.length)
    for (const share of SHARES) this.#left.set(share, each)
    this.#left.set('first', Math.floor(this.#max / 2))
    this.#left.set('any', this.#max - Math.floor(this.#max / 2) - each * SHARES.length)
  }

  /** Whether this one is shown. */
  takes(share: Share, plugin: string): boolean {
    const names = this.#firsts.get(share) as Set<string>
    if (!names.has(plugin) && this.#take('first')) {
      names.add(plugin)
      return true
    }
    return this.#take(share) || this.#take('any')
  }

  #take(from: Share | 'first' | 'any'): boolean {
    const left = this.#left.get(from) as number
    if (left > 0) this.#left.set(from, left - 1)
    return left > 0
  }
}
