import { PluginError } from '@wasm-plugin/runtime'

/** The error with the names of the plugin and of the export that it belongs to, unless it has them of a plugin below. */
export function named(error: unknown, plugin: string, target?: string): unknown {
  if (!PluginError.is(error)) return error
  // For everybody else they are read-only.
  const names: { plugin?: string; export?: string } = error
  names.plugin ??= plugin
  if (target !== undefined && names.plugin === plugin) names.export ??= target
  return error
}
