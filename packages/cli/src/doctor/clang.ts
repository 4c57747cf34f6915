import { PluginError } from '@wasm-plugin/runtime/errors'
import { findSystemClang } from '@wasm-plugin/sdk'
import { type Origin, readProject } from '../project/project.js'
import { clangVersion } from '../scaffold/versions.js'
import { ask, versionIn } from './ask.js'
import { type Check, type LanguageReport, missing, type Place, present, reportOn } from './check.js'
import { checkPackage } from './package.js'

/**
 * The compiler is a development dependency of each project, unless the project takes the one of the machine. Where
 * the machine has one it is told too, for `--toolchain system`.
 */
export async function checkClang(language: 'c' | 'cpp', place: Place): Promise<LanguageReport> {
  const { folder, env, project } = place
  const inProject = project === language
  const origins = inProject ? await originsOf(folder) : {}
  const system = checkSystemClang(language, env)
  const generator = origins.bindings === 'system' ? [await checkGenerator(place)] : []
  if (origins.toolchain === 'system') return reportOn(language, [system, ...generator])
  const packaged = await checkPackage('@yowasp/clang', clangVersion, { folder, inProject })
  return reportOn(language, [packaged, ...(system.ok ? [system] : []), ...generator])
}

async function originsOf(folder: string): Promise<{ toolchain?: Origin; bindings?: Origin }> {
  try {
    const { toolchain, bindings } = (await readProject(folder)).build
    return { ...(toolchain && { toolchain }), ...(bindings && { bindings }) }
  } catch {
    // A damaged manifest is for `build` to report.
    return {}
  }
}

function checkSystemClang(language: 'c' | 'cpp', env: Place['env']): Check {
  try {
    const { version, target, drivers } = findSystemClang(language, env)
    return present('system clang', `${version} for ${target} (${drivers.clang})`)
  } catch (error) {
    if (!PluginError.is(error, 'TOOLCHAIN_MISSING')) throw error
    return missing('system clang', error.message, error.hint)
  }
}

async function checkGenerator(place: Place): Promise<Check> {
  const answer = await ask('wit-bindgen', ['--version'], place)
  if (answer !== undefined) return present('wit-bindgen', versionIn(answer))
  return missing('wit-bindgen', 'not in PATH', 'cargo install wit-bindgen-cli')
}
