import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { componentPath } from '../build/component-path.js'
import { splitDebug } from '../build/debug-file.js'
import { hostCheck } from '../build/host-contract.js'
import { refuseOutside } from '../build/inside.js'
import { addMetadata } from '../build/metadata.js'
import type { BuildResult, BuildSettings } from '../build/settings.js'
import { writing } from '../build/writing.js'
import { errors } from '../errors/index.js'
import { readWit } from '../world/read.js'
import { detectLanguage, languageSupport } from './languages.js'

/**
 * Builds a plugin project: compiles it in its language, makes a component of it, embeds manifest and metadata, and
 * writes `dist/<name>.wasm` at once or not at all, with debug information beside it. Equal input gives equal bytes,
 * but for QuickJS, whose snapshot has a few that differ.
 *
 * @throws {PROJECT_UNKNOWN} the language cannot be told
 * @throws {TOOLCHAIN_MISSING} with the fix
 * @throws {COMPILE_FAILED} {EXPORT_MISSING} {EXPORT_MISMATCH} at the author's line
 * @throws {WIT_MISSING} {WIT_SYNTAX} {WORLD_UNKNOWN} {TYPE_UNSUPPORTED}
 * @throws {PATH_OUTSIDE_PROJECT} a path of the settings, or a link in the way of the output, leads out of the project
 * @throws {OUTPUT_UNWRITABLE} {GENERATED_IN_THE_WAY}
 * @throws {PROJECT_CODE_REFUSED} with `projectCode: false`
 * @throws {WORLD_MISDECLARED} the manifest says another world
 * @throws {WORLD_NOT_OFFERED} {HOST_MISMATCH} the application in `host` would refuse the plugin
 */
export async function build(settings: BuildSettings): Promise<BuildResult> {
  const started = performance.now()
  const dir = resolve(settings.dir)
  refusePaths(dir, settings)
  const language = settings.language ?? detectLanguage(dir)
  const check = settings.host === undefined ? undefined : await hostCheck(settings.host, { ...settings, dir })
  const output = await languageSupport(language).build({ ...settings, dir })
  const { declaredWorld = output.world } = settings
  if (declaredWorld !== output.world)
    throw errors.WORLD_MISDECLARED({ declared: declaredWorld, world: output.world })
  check?.(output.component)
  const { leftOut } = await readWit(resolve(dir, settings.wit), settings.features)
  settings.onProgress?.({ step: 'write', message: 'writing the component' })
  const whole = addMetadata(output, { ...settings, stripNames: settings.mode !== 'debug' })
  const { component, debug } =
    settings.mode === 'debug'
      ? { component: whole, debug: null }
      : splitDebug(whole, output.stripsNames ?? false)
  const path = componentPath(dir, settings.name)
  writeWhole(path, component)
  const { sourceMap = null } = output
  const map = writeBeside(`${path}.map`, sourceMap === null ? null : new TextEncoder().encode(sourceMap))
  const debugFile = writeBeside(`${path}.debug`, debug)
  return {
    language,
    world: output.world,
    path,
    size: component.length,
    ms: performance.now() - started,
    warnings: output.warnings,
    leftOut,
    sourceMap: map,
    debugFile,
  }
}

/** Everything is looked at before anything is read or written. @throws {PATH_OUTSIDE_PROJECT} */
function refusePaths(dir: string, { name, entry, sources = [], include = [] }: BuildSettings): void {
  if (entry !== undefined) refuseOutside(dir, 'build.entry', entry)
  for (const path of sources) refuseOutside(dir, 'build.sources', path)
  for (const path of include) refuseOutside(dir, 'build.include', path)
  refuseOutside(dir, 'the output', componentPath(dir, name))
}

/** A component without such a file has none from an earlier build beside it. */
function writeBeside(path: string, bytes: Uint8Array | null): string | null {
  if (bytes === null) writing(path, () => rmSync(path, { force: true }))
  else writeWhole(path, bytes)
  return bytes === null ? null : path
}

/** A reader of the file sees the old component or the new one. @throws {OUTPUT_UNWRITABLE} */
function writeWhole(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`
  writing(path, () => {
    mkdirSync(join(path, '..'), { recursive: true })
    try {
      writeFileSync(temporary, bytes)
      renameSync(temporary, path)
    } finally {
      rmSync(temporary, { force: true })
    }
  })
}
