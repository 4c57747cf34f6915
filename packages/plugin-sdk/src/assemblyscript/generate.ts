import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ValueType } from '@wasm-plugin/runtime'
import { ASSEMBLY_DIR } from '../assets.js'
import { refuseUnsupported } from '../world/unsupported.js'
import type { World } from '../world/world.js'
import { Context } from './context.js'
import { type Expectation, writeExports } from './export-scope.js'
import { writeImports } from './import-scope.js'
import { standardSupport } from './standard.js'

export interface GenerateOptions {
  /**
   * Path of the author's file that implements an exported interface (null: the functions of the world itself), without
   * extension, relative to the folder of generated files: `../index`.
   */
  readonly implementationOf: (interfaceId: string | null) => string
}

export interface AssemblyScriptBindings {
  /** Source by path below the folder of generated files: `cm.ts`, `entry.ts`, `acme-site/analyze.ts`, … */
  readonly files: ReadonlyMap<string, string>
  /** Identifier that `entry.ts` exports → the names that the component model wants for it. */
  readonly exportNames: ReadonlyMap<string, readonly string[]>
  readonly expectations: readonly Expectation[]
  /** Arguments for the compiler that go with the files. */
  readonly compilerArgs: readonly string[]
  /** Text for the compiler's library file `bindings/dom`. */
  readonly domLibrary: string
}

/**
 * Generates AssemblyScript bindings for a world: one file per interface with types, imported functions and resource
 * classes, and `entry.ts`, the file to compile.
 *
 * @throws {TYPE_UNSUPPORTED} for what no host runs, tuples of more than 16 items, and more than 32 flags
 */
export function generateAssemblyScript(world: World, options: GenerateOptions): AssemblyScriptBindings {
  refuseUnsupported(world, 'AssemblyScript', lacking)
  const context = new Context(world, options.implementationOf)
  const expectations: Expectation[] = []
  for (const scope of context.scopes) {
    if (scope.direction === 'import') writeImports(context, scope)
    else expectations.push(...writeExports(context, scope))
  }
  context.exportNames.set('cabi_realloc', ['cabi_realloc'])
  const exported = ['cabi_realloc', ...(context.exportNames.has('postReturn') ? ['postReturn'] : [])]
  context.entry.code.line(`export { ${exported.join(', ')} } from "./cm";`)
  const files = new Map([['cm.ts', readFileSync(join(ASSEMBLY_DIR, 'cm.ts'), 'utf8')]])
  for (const module of context.modules) if (!module.isEmpty) files.set(`${module.path}.ts`, module.toString())
  const { files: standardFiles, loads, compilerArgs, domLibrary } = standardSupport(new Set(files.keys()))
  for (const [path, text] of standardFiles) files.set(path, text)
  const entry = [...loads.map((path) => `import "./${path}";`), context.entry.toString()].join('\n')
  files.set('entry.ts', entry)
  return { files, exportNames: context.exportNames, expectations, compilerArgs, domLibrary }
}

/** What this generator has no classes for. */
function lacking(type: ValueType): string | null {
  if (type.kind === 'tuple' && type.items.length > 16) return 'a tuple of more than 16 items'
  if (type.kind === 'flags' && type.labels.length > 32) return 'more than 32 flags'
  return null
}
