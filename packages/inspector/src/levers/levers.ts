import type { Host } from '@wasm-plugin/host'
import { detailOf } from '../detail/detail.js'
import { errors } from '../errors/index.js'
import type { Detail } from '../protocol.js'
import type { Recordings } from '../watch/recordings.js'
import type { Roster } from '../watch/roster.js'

export interface LeverParts {
  readonly host: Host
  readonly roster: Roster
  readonly recordings: Recordings
  readonly readOnly: boolean
}

/** What a person does to the plugins by the page. Each gives the plugin as it is then. */
export class Levers {
  readonly #parts: LeverParts

  constructor(parts: LeverParts) {
    this.#parts = parts
  }

  /** @throws {INSPECTOR_READ_ONLY} */
  mayChange(): void {
    if (this.#parts.readOnly) throw errors.INSPECTOR_READ_ONLY({})
  }

  /** @throws {INSPECTOR_PLUGIN_GONE} */
  detail(number: number): Detail {
    const { roster, recordings } = this.#parts
    const plugin = roster.find(number)
    return detailOf(number, plugin, recordings.of(plugin.name))
  }

  /** @throws {INSPECTOR_READ_ONLY} {INSPECTOR_PLUGIN_GONE} {UNKNOWN_RULE} */
  revoke(number: number, rule: string): Detail {
    this.#change(number).revoke(rule)
    return this.detail(number)
  }

  /** @throws {INSPECTOR_READ_ONLY} {INSPECTOR_PLUGIN_GONE}, and what `narrow` throws */
  narrow(number: number, grants: unknown): Detail {
    // What is wrong with them is said by `narrow`.
    this.#change(number).narrow(grants as object)
    return this.detail(number)
  }

  /** With the grants that it has: what it asks for beyond them, the update is refused for. @throws as `update` does */
  async update(number: number, bytes: Uint8Array<ArrayBuffer>): Promise<Detail> {
    await this.#change(number).update(bytes)
    return this.detail(number)
  }

  /** @throws {INSPECTOR_READ_ONLY} {INSPECTOR_PLUGIN_GONE} */
  async unload(number: number): Promise<null> {
    await this.#change(number).close()
    return null
  }

  /** Begins or ends to keep every event of a plugin. @throws {INSPECTOR_READ_ONLY} {INSPECTOR_PLUGIN_GONE} */
  record(number: number, on: boolean): Detail {
    const { name } = this.#change(number)
    const { recordings } = this.#parts
    if (on) recordings.start(name)
    else recordings.stop(name)
    return this.detail(number)
  }

  /** What was kept, one event on a line. @throws {INSPECTOR_PLUGIN_GONE} */
  recording(number: number): string {
    const { roster, recordings } = this.#parts
    const { name } = roster.find(number)
    return recordings
      .linesOf(name)
      .map((line) => `${line}\n`)
      .join('')
  }

  #change(number: number) {
    this.mayChange()
    return this.#parts.roster.find(number)
  }
}
