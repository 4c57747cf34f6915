import { type AccessEntry, commonLog } from '@wasm-plugin/gateway'
import type { Context } from '../command.js'

/** Writes the log of requests, and counts them. */
export class AccessLog {
  requests = 0
  failed = 0
  readonly #context: Context

  constructor(context: Context) {
    this.#context = context
  }

  readonly take = (entry: AccessEntry): void => {
    const { json, progress, round } = this.#context
    const { error, id } = entry
    this.requests++
    if (error !== undefined) this.failed++
    if (json) round({ changed: [], ok: error === undefined, result: { event: 'request', ...entry } })
    else progress.pass(`${commonLog(entry)}\n`)
    if (error !== undefined) progress.line(`${id} ${error.code}: ${error.message}`)
  }
}
