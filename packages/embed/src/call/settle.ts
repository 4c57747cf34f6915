import { named } from '../errors/named.js'
import { PluginError } from '../errors/plugin-error.js'

/** Waits for the outcome, names the plugin and the export in a failure, and reports once. */
export async function settle(
  outcome: Promise<unknown>,
  call: { plugin: string; export: string; done: (error: PluginError | undefined) => void },
): Promise<unknown> {
  try {
    const value = await outcome
    call.done(undefined)
    return value
  } catch (thrown) {
    const error = named(thrown, call.plugin, call.export)
    call.done(PluginError.is(error) ? error : undefined)
    throw error
  }
}
