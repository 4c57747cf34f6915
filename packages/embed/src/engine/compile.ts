import { Component, type CoreModule } from '@wasm-plugin/runtime'
import type { PluginLimits } from '../limits.js'
import { hasTime, turn } from '../turn.js'

/** A JavaScript engine with all of WASI has 5,000 definitions and takes 6,000 steps. */
const LIMITS = { definitions: 20_000, typeSteps: 100_000 }

/** Decodes, checks and compiles a plugin, in turns with the application. Throws the codes of a component that cannot run. */
export function compile(
  bytes: Uint8Array<ArrayBuffer>,
  { componentBytes, memoryBytes, tableElements, fuel }: Readonly<PluginLimits>,
  compileModule: (bytes: Uint8Array) => Promise<CoreModule | undefined>,
): Promise<Component> {
  const options = {
    limits: { ...LIMITS, componentBytes },
    memory: { memoryBytes, tableElements },
    fuel: fuel !== undefined,
  }
  return Component.compile(bytes, options, {
    pause: () => (hasTime() ? undefined : turn()),
    compileModule,
    allocate: sharedBytes,
  })
}

/** Read by every thread of the plugin, and written by nobody: a copy for each would be made in one go. */
function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length))
}
