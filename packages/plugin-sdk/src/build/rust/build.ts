import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { BuildCache } from '../../cache/cache.js'
import { errors } from '../../errors/index.js'
import { resolveWorld } from '../../world/load.js'
import { unsupportedWarnings } from '../../world/unsupported.js'
import { trusts } from '../project-code.js'
import type { BuildSettings, LanguageOutput } from '../settings.js'
import { optimizeComponent } from '../wasm-opt.js'
import { type CargoMessages, runCargo } from './cargo.js'
import { readCrateMetadata } from './crate-metadata.js'
import { generatorLimit } from './generator-limits.js'
import { TARGET } from './target.js'

/** `cargo build` for the component target; the linker makes the component itself. */
export async function buildRust(settings: BuildSettings): Promise<LanguageOutput> {
  const { dir, onProgress } = settings
  if (!trusts(settings)) throw errors.PROJECT_CODE_REFUSED({ what: RUNS })
  const cache = BuildCache.of(dir)
  onProgress?.({ step: 'world', message: `reading ${settings.wit}` })
  const { world } = await resolveWorld(
    { wit: resolve(dir, settings.wit), world: settings.world, features: settings.features },
    cache,
  )
  onProgress?.({ step: 'compile', message: 'compiling with cargo' })
  const profile = settings.mode === 'debug' ? [] : ['--release', ...WITH_LINES]
  const messages = await runCargo(dir, ['build', '--target', TARGET, ...profile], (crate) =>
    onProgress?.({ step: 'compile', message: `compiled ${crate}` }),
  )
  // Not before: another version, or an option of the macro, may know a way around.
  if (messages.exitCode !== 0)
    throw (
      (messages.errors.some((error) => error.inBindings) && generatorLimit(world)) || explainFailure(messages)
    )
  if (messages.artefact === null) {
    const reason = 'the crate makes no .wasm file: it needs crate-type = ["cdylib"] under [lib]'
    throw errors.COMPILE_FAILED({
      language: 'Rust',
      file: 'Cargo.toml',
      reason,
      count: 1,
      output: messages.stderr,
    })
  }
  const component = await optimizeComponent(readFileSync(messages.artefact), {
    dir,
    mode: settings.mode ?? 'release',
    cache,
    onStart: () => onProgress?.({ step: 'compile', message: 'optimising with wasm-opt' }),
  })
  return {
    component,
    world: world.id,
    warnings: [...unsupportedWarnings(world), ...messages.warnings.map((warning) => warning.rendered)],
    metadata: readCrateMetadata(dir),
    stripsNames: stripsNames(dir),
  }
}

/** Lines go to a file beside the component, whatever the profile strips: that is done here. */
const WITH_LINES = ['debug="limited"', 'strip="none"'].flatMap((setting) => [
  '--config',
  `profile.release.${setting}`,
])

/** Whether the author wants a release without names. */
function stripsNames(dir: string): boolean {
  const [, release = ''] =
    /^\[profile\.release\]([^[]*)/m.exec(readFileSync(join(dir, 'Cargo.toml'), 'utf8')) ?? []
  return /^\s*strip\s*=\s*(?:true|"symbols")/m.test(release)
}

/** Of the crate, and of all that it depends on: there is no crate of a plugin without a macro. */
const RUNS = 'build scripts and macros of Rust, and what the configuration of cargo names'

/** The author's own file comes before those of crates; cargo's own complaints are on stderr. */
function explainFailure({ errors: failures, stderr }: CargoMessages) {
  const first = failures.find((failure) => failure.place !== null) ?? failures[0]
  const output = [...failures.map((failure) => failure.rendered), stderr].join('\n')
  if (first === undefined) {
    const reason = /^error: (.*)$/m.exec(stderr)?.[1] ?? 'cargo failed'
    return errors.COMPILE_FAILED({ language: 'Rust', reason, count: 1, output })
  }
  const reason = first.code === null ? first.message : `${first.message} (${first.code})`
  return errors.COMPILE_FAILED({ language: 'Rust', ...first.place, reason, count: failures.length, output })
}
