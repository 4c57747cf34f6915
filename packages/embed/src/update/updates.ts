import type { GrantControl } from '@wasm-plugin/wasi'
import { unlessAborted } from '../ending.js'
import { errors } from '../errors/index.js'
import { follow } from '../on-abort.js'
import type { ResolvedUpdateOptions } from '../options/update.js'
import type { PluginSource } from '../plugin-source.js'
import type { Builds, RunningBuild } from './builds.js'
import type { Watched } from './rollback.js'

/** What a plugin needs of its host to be updated. */
export interface Updating<B extends RunningBuild> {
  /** Starts another build of the plugin beside the one that it was `before`. */
  start(
    source: PluginSource,
    options: ResolvedUpdateOptions,
    now: { readonly before: B; readonly ending: AbortSignal },
  ): Promise<B>
  /** Milliseconds that a check may take. */
  readonly startMs: number
  onUpdated(before: B, next: B, durationMs: number): void
  onRolledBack(failed: B, back: B, watched: Watched): void
}

/** How a plugin calls one of its builds, whichever is live. */
export interface Calling<B extends RunningBuild> {
  readonly exportsOf: (build: B) => unknown
  readonly call: (build: B, target: string, args: readonly unknown[], signal?: AbortSignal) => unknown
  /** Makes calls wait, and resolves when the live build has none inside. */
  readonly pause: () => Promise<void>
  readonly goOn: () => void
}

interface Run {
  readonly options: ResolvedUpdateOptions
  readonly ending: AbortSignal
  /** How often grants had been taken back when the update was asked for. */
  readonly takings: number
}

/** The updates of one plugin, made one after the other. */
export class Updates<B extends RunningBuild> {
  readonly #plugin: string
  readonly #builds: Builds<B>
  readonly #updating: Updating<B>
  readonly #calling: Calling<B>
  readonly #closing = new AbortController()
  #last: Promise<unknown> = Promise.resolve()
  /** How often grants were taken back. */
  #takings = 0

  constructor(
    plugin: string,
    builds: Builds<B>,
    { updating, calling }: { updating: Updating<B>; calling: Calling<B> },
  ) {
    this.#plugin = plugin
    this.#builds = builds
    this.#updating = updating
    this.#calling = calling
  }

  async update(source: PluginSource, options: ResolvedUpdateOptions): Promise<void> {
    const takings = this.#takings
    const update = this.#last.then(() => this.#update(source, options, takings))
    this.#last = update.catch(() => {})
    await update
  }

  /** Grants of the live build were taken back: no other build has them, nor gets them by what was begun before. */
  takeBack(of: (control: GrantControl) => unknown): void {
    this.#takings++
    this.#builds.takeBack(of)
  }

  /** Ends the update that is made; resolves when nothing of it is left. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#last
  }

  async #update(source: PluginSource, options: ResolvedUpdateOptions, takings: number): Promise<void> {
    const started = performance.now()
    const { signal: ending, stop } = follow([
      [this.#closing.signal, () => errors.PLUGIN_CLOSED({ name: this.#plugin })],
      [options.signal, () => errors.LOAD_ABORTED({}, options.signal?.reason)],
    ])
    const before = this.#builds.live
    const run = { options, ending, takings }
    try {
      ending.throwIfAborted()
      const { check, handOver } = options
      if (handOver !== undefined) before.shown.contract.find(handOver.save)
      const next = await this.#updating.start(source, options, { before, ending })
      try {
        if (handOver !== undefined) next.shown.contract.find(handOver.restore)
        const checked = this.#step('check', () => check?.(this.#calling.exportsOf(next)))
        if (checked instanceof Promise) await this.#inTime(checked, ending)
        await this.#takeOver(next, run)
      } catch (error) {
        await next.close()
        throw error
      }
      this.#updating.onUpdated(before, next, performance.now() - started)
    } finally {
      stop()
    }
  }

  /** What it waits for may be an update, which waits for this one. */
  async #inTime(checked: Promise<unknown>, ending: AbortSignal): Promise<void> {
    const { startMs } = this.#updating
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      const error = errors.DEADLINE_EXCEEDED({ timeoutMs: startMs, limit: 'startMs' })
      const fail = () => reject(errors.UPDATE_CHECK_FAILED({ plugin: this.#plugin, step: 'check' }, error))
      timer = setTimeout(fail, startMs)
    })
    try {
      await unlessAborted(Promise.race([checked, late]), ending)
    } finally {
      clearTimeout(timer)
    }
  }

  async #takeOver(next: B, run: Run): Promise<void> {
    const { handOver } = run.options
    if (handOver === undefined) return this.#succeed(next, run)
    const { call, pause, goOn } = this.#calling
    try {
      await unlessAborted(pause(), run.ending)
      const { live } = this.#builds
      // Ending this one would end the instance that has the state.
      const saved = this.#step('save', () => call(live, handOver.save, []))
      // Where calls do not wait, nothing may happen between these.
      await andThen(saved, (state) => {
        run.ending.throwIfAborted()
        const restored = this.#step('restore', () => call(next, handOver.restore, [state], run.ending))
        return andThen(restored, () => this.#succeed(next, run))
      })
    } finally {
      goOn()
    }
  }

  #succeed(next: B, { options, ending, takings }: Run): void {
    ending.throwIfAborted()
    if (this.#takings !== takings) throw errors.UPDATE_NEEDS_GRANTS({ plugin: this.#plugin })
    const { live } = this.#builds
    const onRolledBack = (watched: Watched) => this.#updating.onRolledBack(next, live, watched)
    this.#builds.succeed(next, { ...options, onRolledBack })
  }

  /** What `run` gives, or a promise of it. @throws {UPDATE_CHECK_FAILED} with what was thrown as its cause */
  #step(step: 'check' | 'save' | 'restore', run: () => unknown): unknown {
    const failed = (error: unknown): never => {
      throw errors.UPDATE_CHECK_FAILED({ plugin: this.#plugin, step }, error)
    }
    try {
      const value = run()
      return value instanceof Promise ? value.catch(failed) : value
    } catch (error) {
      return failed(error)
    }
  }
}

function andThen(value: unknown, next: (value: unknown) => unknown): unknown {
  return value instanceof Promise ? value.then(next) : next(value)
}
