import type { Sampler } from '@wasm-plugin/embed'
import { ProfilerSession } from './profiler-session.js'

/** Looks at the thread that runs this. */
export class OwnSampler implements Sampler {
  readonly #session = new ProfilerSession()
  #isOpen = false

  async begin(): Promise<void> {
    if (!this.#isOpen) {
      this.#session.open((session) => session.connect())
      this.#isOpen = true
      await this.#session.post('Profiler.enable')
    }
    await this.#session.post('Profiler.start')
  }

  async end(): Promise<unknown> {
    return ((await this.#session.post('Profiler.stop')) as { profile: unknown }).profile
  }

  close(): void {
    this.#session.close()
  }
}
