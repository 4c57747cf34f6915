import { basename, dirname, join, resolve } from 'node:path'
import type { BuildCache } from '../../cache/cache.js'
import { generateGuestTypes } from '../../typescript/guest.js'
import { loadWorld } from '../../world/load.js'
import { writeGenerated } from '../assemblyscript/write-generated.js'
import { requireEntry } from '../entry-file.js'
import { cacheOf } from '../project-code.js'
import type { BuildSettings, LanguageOutput } from '../settings.js'
import { type Bundle, bundle } from './bundle.js'
import { type EngineRequest, makeComponent } from './engine.js'
import { engineWarnings, refuseWorld } from './engine-limits.js'
import { EngineFailure } from './engine-process.js'
import { explainEngineFailure, explainMissing, type Project } from './explain.js'
import { findToolchain } from './toolchain.js'
import { checkTypes } from './typecheck.js'

/** Folder of the generated files, beside the author's entry file. */
const GENERATED = 'gen'

export const buildJavaScript = (settings: BuildSettings) =>
  buildScript(settings, { language: 'JavaScript', entry: 'src/index.js', typed: false })

export const buildTypeScript = (settings: BuildSettings) =>
  buildScript(settings, { language: 'TypeScript', entry: 'src/index.ts', typed: true })

interface Language {
  readonly language: string
  /** When the manifest names none. */
  readonly entry: string
  /** Whether types are checked. */
  readonly typed: boolean
}

/** WIT → types → one module with npm packages and glue → a component of the engine that has run it. */
async function buildScript(settings: BuildSettings, kind: Language): Promise<LanguageOutput> {
  const { dir, onProgress, mode = 'release' } = settings
  const { language } = kind
  const entry = settings.entry ?? kind.entry
  requireEntry(dir, entry)
  const toolchain = findToolchain(settings, settings.engine)
  const wit = resolve(dir, settings.wit)
  onProgress?.({ step: 'world', message: `reading ${settings.wit}` })
  const world = await loadWorld({ wit, world: settings.world, features: settings.features })
  refuseWorld(toolchain, world, language)
  onProgress?.({ step: 'bindings', message: `generating types for ${world.id}` })
  const types = generateGuestTypes(
    world,
    `../${basename(entry).replace(/\.ts$/, '.js')}`,
    toolchain.engine === 'starling',
  )
  writeGenerated(dir, join(dirname(entry), GENERATED), filesFor(types.files, kind))
  onProgress?.({ step: 'compile', message: `bundling ${entry}` })
  const project = { dir, entry, language, world }
  const [bundled] = await Promise.all([
    bundle({ ...project, engine: toolchain.engine, mode, esbuild: toolchain.esbuild }),
    kind.typed ? checkTypes(settings, entry, types.contract) : undefined,
  ])
  if (bundled.missing.length > 0) throw explainMissing(bundled.missing, project)
  const code = withLines(bundled, mode)
  const { globals, externals } = bundled
  const request = { toolchain, world, mode, code, globals, externals }
  onProgress?.({
    step: 'component',
    message: `linking ${entry} with the ${toolchain.engine} engine`,
  })
  const component = await componentOf(request, { project, bundled, cache: cacheOf(settings) })
  return {
    component,
    world: world.id,
    warnings: [...bundled.warnings, ...engineWarnings(toolchain, bundled)],
  }
}

/** A plugin in JavaScript has the types for its editor; nothing compares them. */
function filesFor(files: ReadonlyMap<string, string>, { typed }: Language): ReadonlyMap<string, string> {
  return new Map([...files].filter(([name]) => typed || name.endsWith('.d.ts')))
}

/** Without streams to report to, `size` has no use for the author's lines. */
function withLines({ code, lines }: Bundle, mode: string): string {
  return mode === 'size' ? code : `${code}\nvar WASM_PLUGIN_LINES = ${JSON.stringify(lines)}\n`
}

/** The engine takes seconds, so what it made of the same bundle and the same WIT is used again. */
async function componentOf(
  request: EngineRequest,
  { project, bundled, cache }: { project: Project; bundled: Bundle; cache: BuildCache },
): Promise<Uint8Array> {
  const { toolchain, mode, code, globals } = request
  const { engine, componentize } = toolchain
  const inputs = [engine, componentize.version, mode, code, [...globals], project.world.id]
  const wit = [...request.world.wit].flat()
  const { bytes } = await cache.entry('javascript', [...inputs, wit], async () => ({
    bytes: await makeComponent(request, cache).catch((error: unknown) => {
      if (!(error instanceof EngineFailure)) throw error
      throw explainEngineFailure(error.message, project, bundled.lines)
    }),
    data: null,
  }))
  return bytes
}
