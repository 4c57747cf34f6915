import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { errors } from '../../errors/index.js'

/** The part of AssemblyScript's compiler API that the build uses. */
export interface Compiler {
  main(args: readonly string[], api: CompilerApi): Promise<{ error: Error | null }>
}

export interface CompilerApi {
  readFile(name: string, baseDir: string): string | null
  writeFile(name: string, contents: Uint8Array | string, baseDir: string): void
  listFiles(dir: string, baseDir: string): string[] | null
  reportDiagnostic(diagnostic: RawDiagnostic): void
  stdout: { write(text: string): void }
  stderr: { write(text: string): void }
}

export interface RawDiagnostic {
  readonly code: number
  /** 0 pedantic, 1 info, 2 warning, 3 error. */
  readonly category: number
  readonly message: string
  readonly range: RawRange | null
  readonly relatedRange: RawRange | null
}

export interface RawRange {
  readonly start: number
  readonly end: number
  /** Path relative to the project. */
  readonly source: { readonly normalizedPath: string }
}

/**
 * The compiler that the project depends on: each project pins its own.
 *
 * @throws {TOOLCHAIN_MISSING}
 */
export async function loadCompiler(dir: string): Promise<Compiler> {
  const compiler = findUp(dir, join('node_modules', 'assemblyscript', 'dist', 'asc.js'))
  if (compiler === null) {
    throw errors.TOOLCHAIN_MISSING({
      tool: 'assemblyscript',
      reason: `it is not a dependency of ${dir}, or not installed`,
      fix: 'Run `npm install --save-dev assemblyscript` in the project.',
    })
  }
  return (await import(pathToFileURL(realpathSync(compiler)).href)) as Compiler
}

/** The nearest file of that name in `dir` or a folder above it, as packages are found. */
function findUp(dir: string, name: string): string | null {
  const path = join(dir, name)
  if (existsSync(path)) return path
  return dirname(dir) === dir ? null : findUp(dirname(dir), name)
}
