import type { GrantControl } from '@wasm-plugin/wasi'
import type { Build } from '../loaded-plugin.js'
import type { ResolvedUpdateOptions } from '../options/update.js'
import type { Breaker } from '../restart/breaker.js'
import { RollbackWatch, type Watched } from './rollback.js'

/** A component that runs as a plugin. */
export interface RunningBuild {
  readonly shown: Build
  /** Set when a plugin that keeps failing is suspended. */
  readonly breaker: Breaker | undefined
  /** To be called when another build has taken its place: what is left of it is told so. */
  replaced(): void
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
    this.#begin(live)
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

  /**
   * To be called when grants of the live build were taken back, with what takes the same back of another: the build that may
   * come back loses them too, or does not come back, and the calls in all others end.
   */
  takeBack(of: (control: GrantControl) => unknown): void {
    for (const build of this.#former) void build.close()
    if (this.#kept === undefined) return
    try {
      of(this.#kept.build.shown.control)
    } catch {
      this.#release(0)
    }
  }

  get all(): readonly B[] {
    return [this.#live, ...this.#former]
  }

  /** Ends all of them; their calls get so many milliseconds to end. */
  async close(drainMs: number): Promise<void> {
    if (this.#kept !== undefined) this.#former.add(this.#kept.build)
    this.#kept?.watch.stop()
    this.#kept = undefined
    const { all } = this
    if (drainMs > 0) await Promise.all(all.map((build) => build.drain(drainMs)))
    await Promise.all(all.map((build) => build.close()))
  }

  #replace(build: B): void {
    this.#live.breaker?.stop()
    this.#begin(build)
    this.#live = build
    this.#onLive(build)
  }

  /** Rather than being suspended, a build gives way to the one before it. */
  #begin({ breaker }: B): void {
    if (breaker === undefined) return
    breaker.start()
    breaker.onFailing = () => {
      const watch = this.watch
      watch?.fail()
      return watch !== undefined
    }
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
    build.replaced()
    await build.drain(drainMs)
    await build.close()
    this.#former.delete(build)
  }
}
