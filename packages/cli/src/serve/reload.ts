import type { Listening } from '@wasm-plugin/gateway'
import { PluginError } from '@wasm-plugin/runtime/errors'
import type { Context } from '../command.js'
import type { Serving } from './serving.js'

export interface ReloadParts {
  readonly context: Context
  readonly listening: Listening
  readonly first: Serving
  /** Reads and loads everything anew. */
  readonly open: () => Promise<Serving>
  readonly onServed: (serving: Serving) => void
}

/** Has what is served follow its configuration. One that is wrong changes nothing, and no request is lost. */
export class Reloader {
  readonly #parts: ReloadParts
  #current: Serving
  #work: Promise<void> = Promise.resolve()
  /** Those before it, until they have ended. */
  readonly #ending = new Set<Promise<void>>()

  constructor(parts: ReloadParts) {
    this.#parts = parts
    this.#current = parts.first
  }

  get current(): Serving {
    return this.#current
  }

  /** One after the other. @param changed what made it do so */
  reload(changed: readonly string[] = []): Promise<void> {
    this.#work = this.#work.then(() => this.#reload(changed))
    return this.#work
  }

  /** Resolves when nothing is loaded any more but what is served. */
  async rest(): Promise<void> {
    await this.#work
    await Promise.all(this.#ending)
  }

  async #reload(changed: readonly string[]): Promise<void> {
    const { context, listening, open, onServed } = this.#parts
    if (context.signal.aborted) return
    try {
      const next = await open()
      try {
        listening.secure(next.config.listen.map(({ tls }) => tls))
      } catch (error) {
        await next.close()
        throw error
      }
      const before = this.#current
      this.#current = next
      listening.use(next.gateway)
      onServed(next)
      const ending = before.close().finally(() => this.#ending.delete(ending))
      this.#ending.add(ending)
      this.#tell(before, next, changed)
    } catch (error) {
      if (!PluginError.is(error)) throw error
      if (context.json) context.round({ changed, error })
      else context.progress.failure(error)
    }
  }

  #tell(before: Serving, next: Serving, changed: readonly string[]): void {
    const { context } = this.#parts
    if (context.json) context.round({ changed, ok: true, result: { event: 'reloaded' } })
    context.progress.status('Reloaded', changed.length === 0 ? 'the configuration' : changed.join(', '))
    if (placesOf(before) !== placesOf(next))
      context.progress.line('warning: where it listens is as it was, until the command starts anew')
  }
}

function placesOf({ config }: Serving): string {
  return JSON.stringify(config.listen.map(({ tls, ...place }) => ({ ...place, isSecure: tls !== undefined })))
}
