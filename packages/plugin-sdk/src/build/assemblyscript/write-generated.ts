import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { refuseOutside } from '../inside.js'

/**
 * Makes a folder of the project hold exactly `files`; what else is in it goes, so it must be the project's own. A file that did not change keeps its time, for watchers and editors.
 *
 * @param folder Relative to the project, or absolute.
 * @throws {PATH_OUTSIDE_PROJECT} it is a link to somewhere else
 */
export function writeGenerated(project: string, folder: string, files: ReadonlyMap<string, string>): void {
  refuseOutside(project, 'the folder of generated files', folder)
  const dir = resolve(project, folder)
  mkdirSync(dir, { recursive: true })
  for (const name of generatedIn(dir)) if (!files.has(name) && name !== '.gitignore') rmSync(join(dir, name))
  for (const [name, text] of [...files, ['.gitignore', '*\n'] as const]) {
    const path = join(dir, name)
    if (textOf(path) === text) continue
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

function generatedIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(dir.length + 1)
        .replaceAll('\\', '/'),
    )
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
