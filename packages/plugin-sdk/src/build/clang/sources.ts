import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { errors } from '../../errors/index.js'
import { refuseOutside } from '../inside.js'
import { isCpp } from './clang.js'

/** Where the bindings go, and what every build rewrites. */
export const GENERATED = 'src/gen'

export interface Sources {
  /** What the author has to compile, in an order that does not depend on the file system. */
  readonly files: readonly string[]
  /** Everything that a source may include comes from here. */
  readonly folders: readonly string[]
}

/**
 * The C and C++ files of a project. A setting may name folders, which are searched, and files.
 *
 * @throws {ENTRY_MISSING} a path that is not there, or no source at all
 */
export function findSources(
  dir: string,
  settings: { sources: readonly string[]; include: readonly string[] },
): Sources {
  const files = new Set<string>()
  const folders = new Set(['src', ...settings.include])
  for (const path of settings.sources.map((given) => posix.normalize(given).replace(/\/$/, ''))) {
    const stat = statSync(join(dir, path), { throwIfNoEntry: false })
    if (stat === undefined) throw errors.ENTRY_MISSING({ file: path })
    if (stat.isFile()) files.add(path)
    else for (const file of filesBelow(dir, [path])) if (isSource(file)) files.add(file)
    folders.add(stat.isFile() ? posix.dirname(path) : path)
  }
  return { files: [...files].sort(), folders: [...folders] }
}

/** Every file in folders of the project, by its path below `dir`. A folder that is not there has none. */
export function filesBelow(dir: string, folders: readonly string[]): Set<string> {
  const found = new Set<string>()
  const visit = (folder: string) => {
    if (!existsSync(join(dir, folder))) return
    for (const entry of readdirSync(join(dir, folder), { withFileTypes: true })) {
      const path = posix.join(folder, entry.name)
      if (entry.name.startsWith('.') || PASSED_OVER.has(entry.name)) continue
      if (entry.isDirectory()) visit(path)
      else if (statSync(join(dir, path), { throwIfNoEntry: false })?.isFile()) {
        if (entry.isSymbolicLink()) refuseOutside(dir, 'a link in the sources', path)
        found.add(path)
      }
    }
  }
  for (const folder of folders) visit(posix.normalize(folder))
  return found
}

const PASSED_OVER = new Set(['node_modules', 'dist', 'target'])

function isSource(path: string): boolean {
  return !path.startsWith(`${GENERATED}/`) && (/\.c$/.test(path) || isCpp(path))
}
