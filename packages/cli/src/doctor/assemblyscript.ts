import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { assemblyscriptVersion } from '../scaffold/versions.js'
import { type Check, type LanguageReport, missing, type Place, present, reportOn } from './check.js'

/**
 * The compiler is a development dependency of each project: it is looked for from `folder`, as the build does.
 * Outside of a project there is nothing to install yet, since `npm install` in a new project brings it.
 */
export async function checkAssemblyScript({ folder, project }: Place): Promise<LanguageReport> {
  return reportOn('assemblyscript', [await checkCompiler(folder, project === 'assemblyscript')])
}

async function checkCompiler(dir: string, inProject: boolean): Promise<Check> {
  const found = await installedVersion(dir)
  if (found !== undefined) return present('assemblyscript', found)
  if (!inProject) return present('assemblyscript', 'comes with `npm install` in each project')
  return missing(
    'assemblyscript',
    'not installed',
    `npm install --save-dev assemblyscript@${assemblyscriptVersion}`,
  )
}

async function installedVersion(dir: string): Promise<string | undefined> {
  try {
    const file = createRequire(path.join(dir, 'package.json')).resolve('assemblyscript/package.json')
    const manifest: unknown = JSON.parse(await readFile(file, 'utf8'))
    return typeof manifest === 'object' && manifest !== null && 'version' in manifest
      ? String(manifest.version)
      : undefined
  } catch {
    return undefined
  }
}
