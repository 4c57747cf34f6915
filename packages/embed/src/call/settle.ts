import { ComponentError } from '@wasm-plugin/runtime'
import { named } from '../errors/named.js'
import { PluginError } from '../errors/plugin-error.js'

/** A call, as its end is reported. */
export interface Reported {
  readonly plugin: string
  readonly export: string
  readonly done: (error: PluginError | undefined) => void
}

/** Waits for the outcome, names the plugin and the export in a failure, and reports once. */
export async function settle(outcome: Promise<unknown>, call: Reported): Promise<unknown> {
  let value: unknown
  try {
    value = await outcome
  } catch (thrown) {
    throw failed(atCaller(thrown), call)
  }
  call.done(undefined)
  return value
}

/** Not in every browser. */
const engine = Error as { captureStackTrace?: (error: object) => void }

/** Lets an error that a message brought say who waits for the call, in place of where the message was read. */
function atCaller(thrown: unknown): unknown {
  if (PluginError.is(thrown) || ComponentError.is(thrown)) engine.captureStackTrace?.(thrown)
  return thrown
}

/** Reports a failure; returns what the caller gets. */
export function failed(thrown: unknown, call: Reported): unknown {
  const error = named(thrown, call.plugin, call.export)
  call.done(PluginError.is(error) ? error : undefined)
  return error
}
