import * as z from '@wasm-plugin/manifest/shape'
import { LONGEST_TIMER_MS } from '@wasm-plugin/wasi'
import { fieldsOf, parse } from './parse.js'

export interface CloseOptions {
  /** Milliseconds that calls which run or wait get to end; new ones fail with PLUGIN_CLOSED meanwhile. @default 0 */
  drainMs?: number
}

export const drainMs = z.optional(z.int().check(z.nonnegative(), z.maximum(LONGEST_TIMER_MS)))
const closeSchema = z.strictObject({ drainMs })

/** @throws {OPTIONS_INVALID} */
export function checkCloseOptions(input: CloseOptions, where = 'close'): CloseOptions {
  return parse(closeSchema, fieldsOf(input, where), where) as CloseOptions
}
