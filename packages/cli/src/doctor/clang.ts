import { clangVersion } from '../scaffold/versions.js'
import { type LanguageReport, type Place, reportOn } from './check.js'
import { checkPackage } from './package.js'

/** The compiler is a development dependency of each project. */
export async function checkClang(language: 'c' | 'cpp', { folder, project }: Place): Promise<LanguageReport> {
  const inProject = project === language
  return reportOn(language, [await checkPackage('@yowasp/clang', clangVersion, { folder, inProject })])
}
