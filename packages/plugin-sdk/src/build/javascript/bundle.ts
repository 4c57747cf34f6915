import { SourceMap } from 'node:module'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { GUEST_DIR } from '../../assets.js'
import { errors } from '../../errors/index.js'
import type { World } from '../../world/world.js'
import type { InstalledPackage } from '../installed.js'
import type { BuildMode, JavaScriptEngine } from '../settings.js'
import { makeStaging, removeStaging } from '../staging.js'
import { explainBundleFailure, formatMessage } from './diagnostics.js'
import { loadEsbuild, type Message, type OutputFile } from './esbuild.js'
import type { MissingExport } from './explain.js'
import { writeGlobals } from './globals.js'
import { entryModule } from './glue.js'
import { type LineTable, lineTable } from './lines.js'
import { expandProperties } from './unicode.js'
import { worldModules } from './world-modules.js'

export interface BundleRequest {
  readonly dir: string
  /** Relative to `dir`. */
  readonly entry: string
  readonly world: World
  readonly engine: JavaScriptEngine
  readonly mode: BuildMode
  readonly esbuild: InstalledPackage
  /** Of the language, for messages. */
  readonly language: string
}

export interface Bundle {
  /** One module without imports but those of the world. */
  readonly code: string
  readonly lines: LineTable
  /** Globals that the program names, of those in `globals.ts`. */
  readonly globals: ReadonlySet<string>
  /** What it imports, by the engine's names. */
  readonly externals: ReadonlySet<string>
  /** Exports that the entry file lacks, by name; the engine finds what is missing inside of one. */
  readonly missing: readonly MissingExport[]
  readonly warnings: readonly string[]
}

/**
 * Makes one module of the plugin, its npm packages and the glue.
 *
 * @throws {COMPILE_FAILED} at the author's line
 */
export async function bundle(request: BundleRequest): Promise<Bundle> {
  const { dir, entry, world, engine, mode, language } = request
  const esbuild = await loadEsbuild(request.esbuild)
  const staging = makeStaging('bundle')
  try {
    const globals = writeGlobals(staging, engine)
    const result = await esbuild
      .build({
        stdin: {
          contents: entryModule(world, `./${basename(entry)}`, engine),
          resolveDir: join(dir, dirname(entry)),
          sourcefile: ENTRY_MODULE,
        },
        absWorkingDir: dir,
        outfile: 'plugin.js',
        bundle: true,
        write: false,
        metafile: true,
        format: 'esm',
        target: 'es2022',
        // Literals become calls, whose patterns can be rewritten.
        ...(engine === 'starling' ? { supported: { 'regexp-unicode-property-escapes': false } } : {}),
        platform: 'browser',
        charset: 'utf8',
        sourcemap: 'external',
        sourcesContent: false,
        legalComments: 'none',
        minify: mode === 'size',
        logLevel: 'silent',
        define: {
          'process.env.NODE_ENV': '"production"',
          WASM_PLUGIN_REPORTS: String(mode !== 'size'),
          WASM_PLUGIN_WAITS: String(engine === 'starling'),
        },
        inject: globals.map(({ file }) => file),
        plugins: [worldModules(world, engine)],
      })
      .catch((cause: unknown) => {
        throw explainBundleFailure(cause, { dir, language })
      })
    const text = textOf(result.outputFiles, '.js')
    const code = withoutPlaces(
      engine === 'starling' ? expandProperties(text) : text,
      Object.keys(result.metafile.inputs),
      (path) => isBrought(resolve(dir, path), staging),
    )
    const output = Object.entries(result.metafile.outputs).find(([name]) => name.endsWith('.js'))?.[1]
    const used = new Set(
      Object.entries(output?.inputs ?? {}).flatMap(([name, { bytesInOutput }]) =>
        bytesInOutput > 0 ? [resolve(dir, name)] : [],
      ),
    )
    return {
      code,
      lines: lineTable(new SourceMap(JSON.parse(textOf(result.outputFiles, '.map'))), code, (source) =>
        shownSource(dir, source),
      ),
      globals: new Set(globals.flatMap(({ name, file }) => (used.has(file) ? [name] : []))),
      externals: new Set(output?.imports.map(({ path }) => path)),
      missing: result.warnings.filter(isMissing).map(missingExport),
      warnings: result.warnings.filter((warning) => !isMissing(warning)).map(formatMessage),
    }
  } finally {
    removeStaging(staging)
  }
}

/** The entry module names what it wants, so the bundler says which of it is not there. */
function isMissing({ id, location }: Message): boolean {
  return id === 'import-is-undefined' && location?.file.endsWith(ENTRY_MODULE) === true
}

function missingExport({ text, notes }: Message): MissingExport {
  const name = /"([^"]+)"/.exec(text)?.[1] ?? ''
  const found = notes.flatMap((note) => /mean to import "([^"]+)"/.exec(note.text)?.[1] ?? [])
  return { path: [name], found }
}

function textOf(files: readonly OutputFile[], ending: string): string {
  const file = files.find(({ path }) => path.endsWith(ending))
  if (file === undefined)
    throw errors.COMPILE_FAILED({
      language: 'JavaScript',
      reason: 'the bundler wrote nothing',
      count: 1,
      output: '',
    })
  return file.text
}

const ENTRY_MODULE = 'wasm-plugin-entry.js'

/** Files of the SDK, and those that it writes for one build. */
function isBrought(path: string, staging: string): boolean {
  return path.startsWith(GUEST_DIR) || path.startsWith(staging)
}

/**
 * The bundler puts the path of each file above it, and stacks need the line: of files that lie elsewhere on every
 * machine the name stays alone, so that a build gives the same bytes everywhere.
 */
function withoutPlaces(
  code: string,
  paths: readonly string[],
  isElsewhere: (path: string) => boolean,
): string {
  const rows = new Map<string, string>()
  for (const path of paths) if (isElsewhere(path)) rows.set(`// ${path}`, `// ${basename(path)}`)
  return code
    .split('\n')
    .map((row) => rows.get(row) ?? row)
    .join('\n')
}

/** The author's path of a source of the map, or null for glue. */
function shownSource(dir: string, source: string): string | null {
  const path = resolve(dir, source)
  const isGlue = path.startsWith(GUEST_DIR) || basename(path) === ENTRY_MODULE || source.startsWith('wit:')
  const inside = relative(dir, path)
  return isGlue || inside.startsWith('..') ? null : inside.split(sep).join('/')
}
