import { assemblyscriptVersion } from '../languages/versions.js'
import { type LanguageReport, type Place, reportOn } from './check.js'
import { checkPackage } from './package.js'

/** The compiler is a development dependency of each project. */
export async function checkAssemblyScript({ folder, project }: Place): Promise<LanguageReport> {
  const inProject = project === 'assemblyscript'
  const compiler = await checkPackage('assemblyscript', assemblyscriptVersion, { folder, inProject })
  return reportOn('assemblyscript', [compiler])
}
