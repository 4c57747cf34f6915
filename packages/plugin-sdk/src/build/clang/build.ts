import { readFileSync } from 'node:fs'
import { isAbsolute, join, posix, resolve } from 'node:path'
import { bindgenVersion, encodeComponent } from '../../bindgen/bindgen.js'
import { type BuildCache, stateOf } from '../../cache/cache.js'
import { errors } from '../../errors/index.js'
import { parseCustom, readSections, writeSections } from '../../wasm/sections.js'
import { loadWorld } from '../../world/load.js'
import { writeGenerated } from '../assemblyscript/write-generated.js'
import { cacheOf, trusts } from '../project-code.js'
import type { BuildSettings, LanguageOutput } from '../settings.js'
import { type ClangBindings, clangBindings } from './bindings.js'
import { type Clang, isCpp } from './clang.js'
import { explainCompile, warningsIn } from './diagnostics.js'
import { compileArgs, type FlagSettings, linkArgs, refuseFlags } from './flags.js'
import { explainLink, type LinkCircumstances, mismatchIn } from './link.js'
import { openPackagedClang } from './packaged.js'
import { filesBelow, findSources, GENERATED, type Sources } from './sources.js'
import { openSystemClang } from './system.js'

/** A language that clang compiles. */
export interface ClangLanguage {
  readonly name: 'c' | 'cpp'
  /** As a person writes it. */
  readonly title: string
  readonly entry: string
}

/** Compiles the project's C and C++, links it with the bindings of the world, and makes a component of it. */
export async function buildClang(settings: BuildSettings, language: ClangLanguage): Promise<LanguageOutput> {
  const { dir, include = [], flags = [], mode = 'release' } = settings
  if (!trusts(settings)) refuseFlags(flags)
  const sources = findSources(dir, { sources: settings.sources ?? ['src'], include })
  const needs = language.name === 'cpp' || sources.files.some(isCpp) ? 'cpp' : 'c'
  const system = settings.toolchain === 'system'
  const clang = system ? openSystemClang(dir, needs) : openPackagedClang(settings, sources.folders)
  try {
    const build = {
      settings,
      language,
      sources,
      clang,
      flags: { mode, include, flags },
      cache: cacheOf(settings),
    }
    const { world, bindings } = await prepare(build)
    const { objects, warnings } = await compile(build, bindings)
    const core = await link(build, bindings, objects)
    const component = await encode(build, core)
    return { component, world, warnings, stripsNames: true }
  } finally {
    await clang.close()
  }
}

interface Build {
  readonly settings: BuildSettings
  readonly language: ClangLanguage
  readonly sources: Sources
  readonly clang: Clang
  readonly flags: FlagSettings
  readonly cache: BuildCache
}

async function prepare({
  settings,
  language,
  cache,
}: Build): Promise<{ world: string; bindings: ClangBindings }> {
  const { dir, features, onProgress } = settings
  onProgress?.({ step: 'world', message: `reading ${settings.wit}` })
  const world = await loadWorld({ wit: resolve(dir, settings.wit), world: settings.world, features })
  onProgress?.({ step: 'bindings', message: `generating bindings for ${world.id}` })
  const system = settings.bindings === 'system'
  const bindings = await clangBindings(world, language.name, { cache, system })
  writeGenerated(dir, GENERATED, bindings.files)
  return { world: world.id, bindings }
}

/** The author's files come first, so that their mistakes are found first. */
async function compile(build: Build, bindings: ClangBindings) {
  const { settings, sources } = build
  const names = [...filesBelow(settings.dir, sources.folders)].sort()
  const generated = [...bindings.files.keys()].filter((name) => /\.(c|cpp)$/.test(name))
  const objects = new Map<string, Uint8Array>()
  const warnings: string[] = []
  for (const source of [...sources.files, ...generated.map((name) => posix.join(GENERATED, name))]) {
    const { bytes, data } = await compileSource(build, source, names)
    objects.set(`${source}.o`, bytes)
    warnings.push(...warningsIn(data.said))
  }
  return { objects, warnings }
}

/** A new file may come before another in the search for headers, so the names of all files count. */
function compileSource(
  { settings, language, clang, flags, cache }: Build,
  source: string,
  names: readonly string[],
) {
  const { dir, onProgress } = settings
  const args = compileArgs(source, flags)
  return cache.traced('clang', [clang.version, source, args, names], {
    dir,
    make: async () => {
      onProgress?.({ step: 'compile', message: `compiling ${source}` })
      const { output, said, dependencies } = await clang.compile(source, args)
      if (output === null) throw explainCompile(dir, language.title, said)
      // The compiler's own headers are part of its version.
      const own = dependencies.filter((path) => !isAbsolute(path))
      const trace = new Map(own.map((path) => [path, stateOf(readFileSync(join(dir, path)))]))
      return { bytes: output, data: { said }, trace }
    },
  })
}

async function link(build: Build, bindings: ClangBindings, objects: ReadonlyMap<string, Uint8Array>) {
  const { settings, clang, flags, cache } = build
  const all = new Map([...objects, ['world.o', bindings.world] as const])
  const args = linkArgs(flags)
  const linked = await cache.entry('clang-link', [clang.version, args, ...[...all].flat()], async () => {
    settings.onProgress?.({ step: 'component', message: 'linking the plugin' })
    const { output, said } = await clang.link(all, args)
    const at = circumstances(build, bindings)
    if (output === null) throw explainLink(said, at)
    const mismatch = mismatchIn(said, at)
    if (mismatch !== null) throw mismatch
    return { bytes: settings.mode === 'debug' ? output : withoutRemarks(output), data: null }
  })
  return linked.bytes
}

/** A module without what tools say of themselves, which `--strip-all` leaves out with all that a fault is told by. */
function withoutRemarks(core: Uint8Array): Uint8Array<ArrayBuffer> {
  const isRemark = (name = '') => name === 'producers' || name === 'target_features'
  return writeSections(
    core,
    readSections(core).filter((section) => !isRemark(parseCustom(section)?.name)),
  )
}

function circumstances({ settings, language, sources }: Build, bindings: ClangBindings): LinkCircumstances {
  const headers = [...bindings.files].filter(([name]) => name.endsWith('.h') && name !== 'wit.h')
  return {
    dir: settings.dir,
    entry: settings.entry ?? language.entry,
    header: headers.map(([, text]) => text).join('\n'),
    language: language.title,
    sources: sources.files,
  }
}

async function encode({ language, cache }: Build, core: Uint8Array): Promise<Uint8Array> {
  const encoded = await cache.entry('clang-component', [bindgenVersion(), core], async () => {
    const bytes = await encodeComponent(core, (reason) =>
      errors.COMPILE_FAILED({ language: language.title, reason, count: 1, output: reason }),
    )
    return { bytes, data: null }
  })
  return encoded.bytes
}
