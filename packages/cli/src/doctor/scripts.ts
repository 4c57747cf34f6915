import { enginePackages } from '@wasm-plugin/sdk'
import { componentizeQjsVersion, esbuildVersion } from '../languages/versions.js'
import { readProject } from '../project/project.js'
import { version } from '../version.js'
import { type LanguageReport, type Place, reportOn } from './check.js'
import { checkPackage } from './package.js'

export const checkJavaScript = (place: Place) => checkScript('js', place)
export const checkTypeScript = (place: Place) => checkScript('ts', place)

const VERSIONS = { starling: version, qjs: () => componentizeQjsVersion }

/** The bundler, and the engine that the project names. */
async function checkScript(language: 'js' | 'ts', { folder, project }: Place): Promise<LanguageReport> {
  const inProject = project === language
  const engine = (inProject ? await engineOf(folder) : undefined) ?? 'starling'
  const place = { folder, inProject }
  return reportOn(language, [
    await checkPackage('esbuild', esbuildVersion, place),
    await checkPackage(enginePackages[engine], VERSIONS[engine](), place),
  ])
}

async function engineOf(folder: string) {
  try {
    return (await readProject(folder)).build.engine
  } catch {
    // A damaged manifest is for `build` to report.
    return undefined
  }
}
