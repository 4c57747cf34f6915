import { PluginError } from '@wasm-plugin/runtime/errors'
import type { RowError } from '../render/registry/outdated.js'

/** The failure of one row among others that went well. What has no code is a defect, and ends the command. */
export function rowError(error: unknown): RowError | null {
  if (error === undefined) return null
  if (!PluginError.is(error)) throw error
  const [message = '', ...reasons] = error.message.split('\n').map((line) => line.trim())
  return { code: error.code, message, reasons }
}
