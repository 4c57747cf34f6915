import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** More than any system follows. */
const MAX_LINKS = 40

/** The path, without symbolic links, of a file that need not be there: where it would be made. */
export function withoutLinks(file: string, links = MAX_LINKS): string {
  const path = resolve(file)
  try {
    return realpathSync(path)
  } catch {
    // Nothing is there, or a link to nothing.
  }
  const parent = dirname(path)
  if (parent === path) return path
  const folder = withoutLinks(parent, links)
  const place = join(folder, basename(path))
  const isLink = lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true
  return isLink && links > 0 ? withoutLinks(resolve(folder, readlinkSync(place)), links - 1) : place
}

/** Whether two paths lead to one file, by symbolic or by hard links. */
export function isSameFile(a: string, b: string): boolean {
  if (withoutLinks(a) === withoutLinks(b)) return true
  const [one, other] = [a, b].map((path) => statSync(path, { throwIfNoEntry: false, bigint: true }))
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino
}
