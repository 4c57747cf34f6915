import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { childTypes, type FuncType, type ValueType } from '@wasm-plugin/runtime'
import { ASSEMBLY_DIR } from '../assets.js'
import type { World } from '../world/world.js'
import { Context, type Scope } from './context.js'
import { type Expectation, writeExports } from './export-scope.js'
import { functionsOf, writeImports } from './import-scope.js'
import { standardSupport } from './standard.js'
import { unsupported } from './types.js'

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
 * @throws {TYPE_UNSUPPORTED} for async functions, streams, futures, maps and fixed-length lists
 */
export function generateAssemblyScript(world: World, options: GenerateOptions): AssemblyScriptBindings {
  const context = new Context(world, options.implementationOf)
  for (const scope of context.scopes) checkSupported(context, scope)
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

function checkSupported(context: Context, scope: Scope): void {
  for (const { name, type } of functionsOf(scope)) {
    const item = `${scope.id ?? context.world.id}#${name}`
    const feature = unsupportedFeature(type)
    if (feature !== null) throw unsupported(feature, item)
  }
}

function unsupportedFeature(type: FuncType): string | null {
  if (type.async) return 'an async function'
  const seen = new Set<ValueType>()
  for (const part of childTypes(type)) {
    const feature = unsupportedPart(part, seen)
    if (feature !== null) return feature
  }
  return null
}

function unsupportedPart(type: ValueType, seen: Set<ValueType>): string | null {
  if (seen.has(type)) return null
  seen.add(type)
  if (type.kind === 'list' && type.length !== undefined) return 'a fixed-length list'
  if (['stream', 'future', 'error-context', 'map'].includes(type.kind)) return `a ${type.kind}`
  if (type.kind === 'tuple' && type.items.length > 16) return 'a tuple of more than 16 items'
  if (type.kind === 'flags' && type.labels.length > 32) return 'more than 32 flags'
  for (const part of childTypes(type)) {
    const feature = unsupportedPart(part, seen)
    if (feature !== null) return feature
  }
  return null
}
