import { existsSync } from 'node:fs'
import { basename, dirname, join, posix, resolve } from 'node:path'
import { decodeComponent } from '@wasm-plugin/runtime/internal'
import { type AssemblyScriptBindings, generateAssemblyScript } from '../../assemblyscript/generate.js'
import type { BuildCache } from '../../cache/cache.js'
import { renameExports } from '../../wasm/rename-exports.js'
import { customSection, parseCustom, readSections, writeSections } from '../../wasm/sections.js'
import { type ResolvedWorld, resolveWorld } from '../../world/load.js'
import type { World } from '../../world/world.js'
import { requireEntry } from '../entry-file.js'
import { newComponent } from '../new-component.js'
import { cacheOf, trusts } from '../project-code.js'
import type { BuildMode, BuildSettings, LanguageOutput } from '../settings.js'
import { type Compiler, findCompiler } from './asc.js'
import { compileEntry } from './compile.js'
import { moveSourceMap } from './source-map.js'
import { refuseUnresolved } from './unresolved.js'
import { writeGenerated } from './write-generated.js'

export const DEFAULT_ENTRY = 'assembly/index.ts'

/** Folder of the generated files, beside the author's entry file. */
const GENERATED = 'gen'

/** WIT → bindings → asc → core module → component. */
export async function buildAssemblyScript(settings: BuildSettings): Promise<LanguageOutput> {
  const { dir, onProgress } = settings
  const entry = settings.entry ?? DEFAULT_ENTRY
  requireEntry(dir, entry)
  const compiler = findCompiler(settings)
  const cache = cacheOf(settings)
  onProgress?.({ step: 'world', message: `reading ${settings.wit}` })
  const { world, features } = settings
  const resolved = await resolveWorld({ wit: resolve(dir, settings.wit), world, features }, cache)
  onProgress?.({ step: 'bindings', message: `generating bindings for ${resolved.world.id}` })
  const bindings = writeBindings(resolved.world, { dir, entry })
  const mode = settings.mode ?? 'release'
  const onCompile = () => onProgress?.({ step: 'compile', message: `compiling ${entry}` })
  const project = { dir, entry, mode, resolved, bindings, cache, onCompile, projectCode: trusts(settings) }
  return await compileProject(compiler, project)
}

export interface ProjectToCompile {
  readonly dir: string
  readonly entry: string
  readonly mode: BuildMode
  readonly resolved: ResolvedWorld
  /** Already written beside the entry file. */
  readonly bindings: AssemblyScriptBindings
  readonly cache: BuildCache
  /** Whether transforms may run. @default true */
  readonly projectCode?: boolean
  readonly onCompile?: () => void
}

/** Compiles a project whose bindings are written, and makes a component of it. */
export async function compileProject(compiler: Compiler, project: ProjectToCompile): Promise<LanguageOutput> {
  const { dir, entry, resolved } = project
  const generated = posix.join(posix.dirname(entry), GENERATED)
  const { core, warnings, sourceMap } = await compileEntry(compiler, { ...project, generated })
  refuseUnresolved(core, { dir, entry, world: resolved.world })
  const component = await makeComponent(core, project)
  const moved = sourceMap === null ? null : mapOf(component, { core, sourceMap })
  const producers = new Map([
    ['language', [{ name: 'AssemblyScript', version: '' }]],
    ['processed-by', [{ name: 'asc', version: compiler.version }]],
  ])
  return { component, world: resolved.world.id, warnings, sourceMap: moved, producers }
}

/** Writes the bindings of a world beside the author's entry file. */
export function writeBindings(
  world: World,
  { dir, entry }: { dir: string; entry: string },
): AssemblyScriptBindings {
  const implementationOf = implementations(world, join(dir, entry))
  const bindings = generateAssemblyScript(world, { implementationOf })
  writeGenerated(dir, join(dirname(entry), GENERATED), bindings.files)
  return bindings
}

/**
 * The entry file implements everything, except that in a world with several exports an interface may have a file of its
 * own beside it: `render.ts` for `acme:site/render`.
 */
function implementations(world: World, entryPath: string): (interfaceId: string | null) => string {
  const main = `../${basename(entryPath).replace(/\.ts$/, '')}`
  return (interfaceId) => {
    const name = interfaceId?.split('@')[0]?.split('/').at(-1)
    const own =
      name !== undefined && world.exports.size > 1 && existsSync(join(dirname(entryPath), `${name}.ts`))
    return own ? `../${name}` : main
  }
}

/** Gives the exports of a compiled module their names in the component model, and makes a component of it. */
export async function makeComponent(
  core: Uint8Array,
  { bindings, resolved, cache }: Pick<ProjectToCompile, 'bindings' | 'resolved' | 'cache'>,
): Promise<Uint8Array> {
  const named = renameExports(
    core,
    (name) => bindings.exportNames.get(name) ?? (KEPT.has(name) ? [name] : []),
  )
  // A URL that leads from the compiler's own output to its map leads nowhere from a component.
  const kept = readSections(named).filter((section) => parseCustom(section)?.name !== 'sourceMappingURL')
  const sections = [...kept, customSection('component-type', resolved.metadata)]
  return await newComponent(writeSections(named, sections), cache)
}

/** The program is the first module of the component; behind it is what connects it. */
function mapOf(component: Uint8Array, { core, sourceMap }: { core: Uint8Array; sourceMap: string }) {
  const [embedded] = decodeComponent(component).coreModules
  return embedded === undefined ? null : moveSourceMap(sourceMap, core, embedded.bytes)
}

/** `_initialize` runs top-level code once imports can be called, which a start function would do too early. */
const KEPT = new Set(['memory', '_initialize'])
