import { PluginError } from '@wasm-plugin/runtime'

/** The error with the name of the plugin that it belongs to, unless it has one. */
export function named(error: unknown, plugin: string): unknown {
  if (PluginError.is(error)) error.plugin ??= plugin
  return error
}
