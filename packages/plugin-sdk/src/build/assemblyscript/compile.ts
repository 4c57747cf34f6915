import { posix } from 'node:path'
import type { AssemblyScriptBindings } from '../../assemblyscript/generate.js'
import type { BuildCache } from '../../cache/cache.js'
import { errors } from '../../errors/index.js'
import type { BuildMode } from '../settings.js'
import type { Compiler } from './asc.js'
import { compileInProcess } from './asc-session.js'
import { explainDiagnostics, formatDiagnostic } from './diagnostics.js'

export interface CompileRequest {
  readonly dir: string
  /** Folder of the generated files, relative to `dir`. */
  readonly generated: string
  readonly bindings: AssemblyScriptBindings
  readonly mode: BuildMode
  readonly cache: BuildCache
  /** Whether transforms of the project may run. @default true */
  readonly projectCode?: boolean
  /** Hears when the compiler starts, which it need not. */
  readonly onCompile?: (() => void) | undefined
}

export interface CompiledCore {
  readonly core: Uint8Array
  readonly warnings: readonly string[]
  /** A source map, version 3, of the offsets in `core`. */
  readonly sourceMap: string | null
}

/**
 * Compiles the generated entry file, and with it the author's, unless nothing that the compiler read has changed.
 *
 * @throws {PROJECT_CODE_REFUSED} {COMPILE_FAILED} {EXPORT_MISSING} {EXPORT_MISMATCH} {COMPILER_CRASHED}
 */
export async function compileEntry(compiler: Compiler, request: CompileRequest): Promise<CompiledCore> {
  const { dir, generated, mode, bindings, cache, projectCode = true } = request
  const args = compilerArgs(posix.join(generated, 'entry.ts'), mode, bindings)
  const library = { dir: LIBRARY, text: bindings.domLibrary }
  const make = async () => {
    request.onCompile?.()
    const reply = await compileInProcess(compiler.path, { dir, args, library, projectCode })
    if (reply.refused !== null)
      throw errors.PROJECT_CODE_REFUSED({ what: `the transforms that ${reply.refused} names` })
    const { diagnostics, output, error, written, trace } = reply
    const core = written.get(CORE)
    if (error !== null || core === undefined) {
      throw explainDiagnostics(diagnostics, { dir, generated, bindings, output, error })
    }
    const warnings = diagnostics.filter((d) => d.category === 2).map((d) => formatDiagnostic(d, dir))
    const map = written.get(SOURCE_MAP)
    const sourceMap = map === undefined ? null : new TextDecoder().decode(map)
    return { bytes: core, data: { warnings, sourceMap }, trace }
  }
  const inputs = [compiler.identity, args, library]
  const { bytes, data } = await cache.traced('asc', inputs, { dir, make })
  return { core: bytes, ...data }
}

const CORE = 'core.wasm'
const SOURCE_MAP = `${CORE}.map`

/** Name of a library folder that exists only for the compiler's callbacks. */
const LIBRARY = '.wasm-plugin-library'

/** Recursion over managed objects needs more than the default shadow stack of 32 KiB. */
const STACK_BYTES = 1 << 20

function compilerArgs(entry: string, mode: BuildMode, bindings: AssemblyScriptBindings): string[] {
  const small = mode === 'size'
  return [
    entry,
    ...['--outFile', CORE, '--exportStart', '_initialize', '--lib', LIBRARY],
    ...bindings.compilerArgs,
    ...['--runtime', small ? 'minimal' : 'incremental'],
    ...(small ? [] : ['--stackSize', String(STACK_BYTES)]),
    ...OPTIMISATION[mode],
    // The code is the same with it.
    '--sourceMap',
  ]
}

/** `-Osize` optimises until nothing gets smaller: four times the time for a thousandth of the size. */
const OPTIMISATION: Readonly<Record<BuildMode, readonly string[]>> = {
  release: ['--optimizeLevel', '2', '--shrinkLevel', '2'],
  size: ['-Osize', '--noAssert'],
  speed: ['-O3'],
  debug: ['--debug'],
}
