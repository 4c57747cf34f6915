import { stat } from 'node:fs/promises'
import path from 'node:path'
import { MANIFEST_FILE } from '@wasm-plugin/manifest/names'
import { readProject } from './project.js'

/** Where the WIT of a folder is: as its project says, or `wit`. */
export async function witFolder(cwd: string): Promise<string> {
  const isProject = await stat(path.join(cwd, MANIFEST_FILE)).then(
    () => true,
    () => false,
  )
  return isProject ? (await readProject(cwd)).build.wit : 'wit'
}
