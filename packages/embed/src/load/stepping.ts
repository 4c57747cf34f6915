import type { Component } from '@wasm-plugin/runtime'
import { type Compiling, compile } from '../engine/compile.js'
import type { PluginLimits } from '../limits.js'
import { type DebugReader, MAX_DEBUG_BYTES } from './debug-information.js'

/**
 * The same component with its debug information, as far as there is some, for a debugger of the engine.
 *
 * @throws what compiling throws
 */
export async function compiledForStepping(
  bytes: Uint8Array<ArrayBuffer>,
  debug: DebugReader,
  { limits, compiling }: { readonly limits: Readonly<PluginLimits>; readonly compiling: Compiling },
): Promise<Component> {
  const found = await debug.read()
  const given = (found?.component ?? bytes) as Uint8Array<ArrayBuffer>
  const stepping = { sourceMap: found?.sourceMap ?? null }
  return await compile(given, { ...limits, componentBytes: MAX_DEBUG_BYTES }, { ...compiling, stepping })
}
