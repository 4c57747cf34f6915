import { readdirSync, readFileSync } from 'node:fs'
import { posix, resolve } from 'node:path'
import type { AssemblyScriptBindings } from '../../assemblyscript/generate.js'
import type { BuildMode } from '../settings.js'
import type { Compiler, RawDiagnostic } from './asc.js'
import { explainDiagnostics, formatDiagnostic } from './diagnostics.js'

export interface CompileRequest {
  readonly dir: string
  /** Folder of the generated files, relative to `dir`. */
  readonly generated: string
  readonly bindings: AssemblyScriptBindings
  readonly mode: BuildMode
}

/** Compiles the generated entry file, and with it the author's, in this process. */
export async function compileEntry(
  compiler: Compiler,
  request: CompileRequest,
): Promise<{ core: Uint8Array; warnings: string[] }> {
  const { dir, generated, mode, bindings } = request
  const diagnostics: RawDiagnostic[] = []
  const output: string[] = []
  let core: Uint8Array | undefined
  const listener = { write: (text: string) => void output.push(text) }
  const { error } = await compiler.main(compilerArgs(posix.join(generated, 'entry.ts'), mode, bindings), {
    readFile: (name, base) => (base === LIBRARY ? bindings.domLibrary : readText(resolve(dir, name))),
    writeFile: (name, contents) => {
      if (name === CORE && typeof contents !== 'string') core = contents
    },
    listFiles: (name) => (name === LIBRARY ? ['bindings/dom.ts'] : listSources(resolve(dir, name))),
    reportDiagnostic: (diagnostic) => void diagnostics.push(diagnostic),
    stdout: listener,
    stderr: listener,
  })
  if (error !== null || core === undefined) {
    throw explainDiagnostics(diagnostics, { dir, generated, bindings, output: output.join(''), error })
  }
  const warnings = diagnostics.filter((d) => d.category === 2).map((d) => formatDiagnostic(d, dir))
  return { core, warnings }
}

const CORE = 'core.wasm'

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
  ]
}

const OPTIMISATION: Readonly<Record<BuildMode, readonly string[]>> = {
  release: ['-Osize'],
  size: ['-Osize', '--noAssert', '--converge'],
  speed: ['-O3'],
  debug: ['--debug'],
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function listSources(path: string): string[] | null {
  try {
    return readdirSync(path).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  } catch {
    return null
  }
}
