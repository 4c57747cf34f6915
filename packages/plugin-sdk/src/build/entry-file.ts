import { statSync } from 'node:fs'
import { join } from 'node:path'
import { errors } from '../errors/index.js'
import { refuseOutside } from './inside.js'

/**
 * The entry file is a file of the project.
 *
 * @throws {PATH_OUTSIDE_PROJECT} {ENTRY_MISSING}
 */
export function requireEntry(dir: string, entry: string): void {
  refuseOutside(dir, 'the entry file', entry)
  const found = statSync(join(dir, entry), { throwIfNoEntry: false })
  if (found === undefined) throw errors.ENTRY_MISSING({ file: entry })
  if (!found.isFile()) throw errors.ENTRY_MISSING({ file: entry, reason: 'is not a file' })
}
