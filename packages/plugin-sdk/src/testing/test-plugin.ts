import type { AccessEvent, Host, LogEvent, UntypedExports } from '@wasm-plugin/host'
import type { RecordedCall, Recorder } from './recorder.js'
import type { TestFiles } from './test-files.js'

interface Parts<Exports> {
  readonly host: Host
  readonly recorder: Recorder
  readonly files: TestFiles | undefined
  readonly logs: LogEvent[]
  readonly denied: AccessEvent[]
  readonly exports: Exports
}

/** A plugin under test. Made by `loadPlugin`. */
export class TestPlugin<Exports = UntypedExports> implements AsyncDisposable {
  /**
   * The plugin's functions by interface, with and without its version. Each answers with a promise, wherever the plugin
   * runs; the `err` of a result rejects with a `ComponentError`.
   */
  readonly exports: Exports
  /** Lines that the plugin wrote to stdout, stderr and logging, in order. */
  readonly logs: readonly LogEvent[]
  /** What the plugin tried to use and was not granted. */
  readonly denied: readonly AccessEvent[]

  readonly #parts: Parts<Exports>

  /** @internal Use `loadPlugin`. */
  constructor(parts: Parts<Exports>) {
    this.#parts = parts
    this.exports = parts.exports
    this.logs = parts.logs
    this.denied = parts.denied
  }

  /** What the plugin called: all of it, or of one interface (`acme:site/log`) or function (`acme:site/log#write`). */
  calls(of?: string): RecordedCall[] {
    return this.#parts.recorder.of(of)
  }

  /** Text of a file as the plugin left it, by the path it sees; undefined when there is none. Needs `files`. */
  file(path: string): string | undefined {
    return this.#parts.files?.read(path)
  }

  /** Forgets calls, logs and denials, between tests that share a plugin. */
  clear(): void {
    const { recorder, logs, denied } = this.#parts
    for (const list of [recorder.calls, logs, denied]) list.length = 0
  }

  /** Ends the plugin and removes its files. Idempotent. */
  async close(): Promise<void> {
    await this.#parts.host.close()
    this.#parts.files?.remove()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
