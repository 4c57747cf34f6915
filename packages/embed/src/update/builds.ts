import type { Build } from '../loaded-plugin.js'
import type { ResolvedUpdateOptions } from '../update-options.js'
import { RollbackWatch, type Watched } from './rollback.js'

/** A component that runs as a plugin. */
export interface RunningBuild {
  readonly shown: Build
  /** Takes no more calls. Resolves when those that run or wait are over, or after `ms`; each has a deadline of its own. */
  drain(ms?: number): Promise<void>
  /** Ends it, and the calls in it. Idempotent. */
  close(): Promise<void>
}

export interface Succession extends Pick<ResolvedUpdateOptions, 'drainMs' | 'rollback'> {
  /** Called when the build before has come back. */
  readonly onRolledBack: (watched: Watched) => void
}

/** The builds of one plugin: the live one, the one before it that may come back, and those that have calls to end. */
export class Builds<B extends RunningBuild> {
  readonly #onLive: (build: B) => void
  readonly #former = new Set<B>()
  #live: B
  #kept: { readonly build: B; readonly watch: RollbackWatch } | undefined

  /** @param onLive called when another build has become the live one, before anything calls it */
  constructor(live: B, onLive: (build: B) => void) {
    this.#live = live
    this.#onLive = onLive
  }

  get live(): B {
    return this.#live
  }

  /** Where calls of the live build are counted, while the one before it may come back. */
  get watch(): RollbackWatch | undefined {
    return this.#kept?.watch
  }

  /** From now on calls are made to `next`; those that are inside of the live one end there. */
  succeed(next: B, { drainMs, rollback, onRolledBack }: Succession): void {
    const before = this.#live
    this.#release(drainMs)
    this.#replace(next)
    if (rollback === undefined) {
      void this.#retire(before, drainMs)
      return
    }
    const watch = new RollbackWatch(rollback, {
      onProven: () => this.#release(drainMs),
      onFailed: (watched) => {
        this.#kept = undefined
        this.#replace(before)
        void this.#retire(next, drainMs)
        onRolledBack(watched)
      },
    })
    this.#kept = { build: before, watch }
  }

  /** Ends everything that is not live, the calls in it too. */
  endFormer(): void {
    this.#release(0)
    for (const build of this.#former) void build.close()
  }

  /** Ends all of them; their calls get so many milliseconds to end. */
  async close(drainMs: number): Promise<void> {
    this.#release(drainMs)
    const all = [this.#live, ...this.#former]
    if (drainMs > 0) await Promise.all(all.map((build) => build.drain(drainMs)))
    await Promise.all(all.map((build) => build.close()))
  }

  #replace(build: B): void {
    this.#live = build
    this.#onLive(build)
  }

  /** The build that might have come back will not. */
  #release(drainMs: number | undefined): void {
    if (this.#kept === undefined) return
    const { build, watch } = this.#kept
    this.#kept = undefined
    watch.stop()
    void this.#retire(build, drainMs)
  }

  async #retire(build: B, drainMs: number | undefined): Promise<void> {
    this.#former.add(build)
    await build.drain(drainMs)
    await build.close()
    this.#former.delete(build)
  }
}
