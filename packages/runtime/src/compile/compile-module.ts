import type { CoreModule } from '../engine-types.js'
import { errors, shownEngineError } from '../errors/index.js'
import { rewriteSteps, withSourceMap } from '../limits/index.js'
import type { CompileOptions, CompilePlatform } from './options.js'
import { paused } from './paused.js'

export interface Compiling {
  /** What it takes to compile it, see `compileCostSteps`. */
  readonly cost: number
  /** As its author has it. */
  readonly original: Uint8Array
  /** Offsets behind long instructions, before they are moved. */
  readonly long: readonly number[]
  readonly options: CompileOptions
  readonly platform: CompilePlatform
}

/** Rewrites a core module and compiles it, where that is to be done. @throws {INVALID_CORE_MODULE} */
export async function compileModule(
  clamped: Uint8Array,
  index: number,
  { cost, original, long, options, platform }: Compiling,
): Promise<CoreModule | Uint8Array> {
  const { pause, compileModule: compileElsewhere, leavesModules } = platform
  const { fuel = false, stepping = false } = options
  const { bytes } = await paused(rewriteSteps(clamped, { long, fuel, stepping, module: index }), pause)
  const map = index === 0 && stepping ? platform.sourceMap : undefined
  const rewritten = map === undefined ? bytes : withSourceMap(bytes, original, map)
  if (leavesModules) return rewritten
  return await compiledBy(index, async () => {
    const compiled = (await compileElsewhere?.(rewritten)) ?? compileSmall(rewritten, cost)
    return compiled ?? (await WebAssembly.compile(rewritten as Uint8Array<ArrayBuffer>))
  })
}

/** @throws {INVALID_CORE_MODULE} */
export async function compiledBy(index: number, compile: () => Promise<CoreModule>): Promise<CoreModule> {
  try {
    return await compile()
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it was refused'
    throw errors.INVALID_CORE_MODULE({ module: index, reason }, shownEngineError(error))
  }
}

/** What is compiled at once takes some hundred microseconds, which is less than to have another thread do it. */
const SMALL = { bytes: 65_536, cost: 131_072 }

function compileSmall(bytes: Uint8Array, cost: number): CoreModule | undefined {
  if (bytes.length > SMALL.bytes || cost > SMALL.cost) return undefined
  try {
    return new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>)
  } catch (error) {
    // Browsers refuse that in a page, by the size.
    if (error instanceof RangeError) return undefined
    throw error
  }
}
