import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'

/**
 * Makes a folder and those above it. Where a folder takes no others and says ENOENT, as those of /proc do, `recursive` of
 * Node's `mkdir` never ends.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    if (await isFolder(folder)) return
    const parent = path.dirname(folder)
    if (codeOf(error) !== 'ENOENT' || parent === folder) throw error
    if (!(await isFolder(parent))) await makeFolder(parent)
    await mkdir(folder).catch(async (again) => {
      // Somebody else made it meanwhile, as it may have made the one above.
      if (!(await isFolder(folder))) throw again
    })
  }
}

async function isFolder(file: string): Promise<boolean> {
  return await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
