import { Component, type CoreModule } from '@wasm-plugin/runtime'
import { sharedMemory } from '@wasm-plugin/wasi/gate'
import { errors } from '../errors/index.js'
import type { PluginLimits } from '../limits.js'
import { follow, onAbort } from '../on-abort.js'
import { hasTime, turn } from '../turn.js'

/** A JavaScript engine with all of WASI has 5,000 definitions and takes 6,000 steps. */
const LIMITS = { definitions: 20_000, typeSteps: 100_000 }

export interface Compiling {
  /** Aborted with the error that the load fails with. */
  readonly ending: AbortSignal
  /** See `HostPorts`. */
  readonly compileModule: (bytes: Uint8Array, signal: AbortSignal) => Promise<CoreModule | undefined>
  /** For a debugger: code stays as it is. The source map is that of the first core module. @default undefined */
  readonly stepping?: { readonly sourceMap: string | null } | undefined
  /** Each function counts the fuel that it uses. @default false */
  readonly countsFuel?: boolean
  /** The engine is to see nothing of it in this process. @default false */
  readonly leavesModules?: boolean
  /** Its instances are to be saved. @default false */
  readonly snapshot?: boolean
}

/**
 * Decodes, checks and compiles a plugin, in turns with the application.
 *
 * @throws {DEADLINE_EXCEEDED} it took longer than `startMs`
 * @throws the reason of `ending`, and the codes of a component that cannot run
 */
export async function compile(
  bytes: Uint8Array<ArrayBuffer>,
  limits: Readonly<PluginLimits>,
  { ending, ...how }: Compiling,
): Promise<Component> {
  const { startMs } = limits
  const until = follow([[ending, () => ending.reason]])
  const { signal } = until
  const late = () => until.abort(errors.DEADLINE_EXCEEDED({ timeoutMs: startMs, limit: 'startMs' }))
  const timer = setTimeout(late, startMs)
  let off = () => {}
  try {
    const compiling = compileUntil(bytes, limits, { ending: signal, ...how })
    const stopped = new Promise<never>((_, reject) => {
      off = onAbort(signal, () => reject(signal.reason))
    })
    return await Promise.race([compiling, stopped])
  } finally {
    off()
    clearTimeout(timer)
    until.stop()
  }
}

async function compileUntil(
  bytes: Uint8Array<ArrayBuffer>,
  { componentBytes, memoryBytes, tableElements, fuel }: Readonly<PluginLimits>,
  { ending, compileModule, countsFuel = false, stepping, leavesModules = false, snapshot = false }: Compiling,
): Promise<Component> {
  ending.throwIfAborted()
  const options = {
    limits: { ...LIMITS, componentBytes },
    memory: { memoryBytes, tableElements },
    fuel: countsFuel ? ('functions' as const) : fuel !== undefined,
    stepping: stepping !== undefined,
    snapshot,
  }
  return await Component.compile(bytes, options, {
    pause() {
      ending.throwIfAborted()
      return hasTime() ? undefined : turn()
    },
    compileModule: (module) => compileModule(module, ending),
    allocate: sharedBytes,
    leavesModules,
    sourceMap: stepping?.sourceMap ?? undefined,
  })
}

/** Given to every thread of the plugin, and written by nobody: a copy for each would be made in one go. */
function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(sharedMemory(length))
}
