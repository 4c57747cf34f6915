import path from 'node:path'
import { readNamedText } from '../project/files.js'
import { type Check, missing, present } from './check.js'

/**
 * A tool that is a development dependency of each project: it is looked for from `folder`, as the build does.
 * Outside of a project there is nothing to install yet, since `npm install` in a new project brings it.
 *
 * @param version that a new project starts with
 */
export async function checkPackage(
  name: string,
  version: string,
  { folder, inProject }: { folder: string; inProject: boolean },
): Promise<Check> {
  const found = await installedVersion(folder, name)
  if (found !== undefined) return present(name, found)
  if (!inProject) return present(name, 'comes with `npm install` in each project')
  return missing(name, 'not installed', `npm install --save-dev ${name}@${version}`)
}

/** The package of that name in `node_modules` of the folder, or of one above it. */
async function installedVersion(folder: string, name: string): Promise<string | undefined> {
  try {
    const file = path.join(folder, 'node_modules', name, 'package.json')
    const manifest: unknown = JSON.parse(await readNamedText(file, 'package.json'))
    return typeof manifest === 'object' && manifest !== null && 'version' in manifest
      ? String(manifest.version)
      : undefined
  } catch {
    const above = path.dirname(folder)
    return above === folder ? undefined : await installedVersion(above, name)
  }
}
