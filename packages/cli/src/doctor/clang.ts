import { PluginError } from '@wasm-plugin/runtime/errors'
import { findSystemBindgen, findSystemClang } from '@wasm-plugin/sdk'
import { clangVersion } from '../languages/versions.js'
import { readProject } from '../project/project.js'
import type { Origin } from '../project/settings.js'
import { type Check, type LanguageReport, missing, type Place, present, reportOn } from './check.js'
import { checkPackage } from './package.js'

/**
 * The compiler is a development dependency of each project, unless the project takes the one of the machine. Where
 * the machine has one it is told too, for `--toolchain system`.
 */
export async function checkClang(
  language: 'c' | 'cpp',
  { folder, env, project }: Place,
): Promise<LanguageReport> {
  const inProject = project === language
  const origins = inProject ? await originsOf(folder) : {}
  const system = checkSystemClang(language, env)
  const generator =
    origins.bindings === 'system' ? [checkTool('wit-bindgen', () => findSystemBindgen(language, env))] : []
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
  return checkTool('system clang', () => {
    const { version, target, drivers } = findSystemClang(language, env)
    return `${version} for ${target} (${drivers.clang})`
  })
}

/** @param find Says what was found. */
function checkTool(name: string, find: () => string): Check {
  try {
    return present(name, find())
  } catch (error) {
    if (!PluginError.is(error, 'TOOLCHAIN_MISSING')) throw error
    return missing(name, error.message, error.hint)
  }
}
