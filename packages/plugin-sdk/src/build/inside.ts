import { lstatSync, realpathSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { errors } from '../errors/index.js'

/**
 * A path that the project's settings name, or that a build writes to: it lies in the project, also when links are
 * followed. What is not there yet lies where its nearest folder does. The contracts (`wit`, `host`) may lie elsewhere:
 * they are read as WIT and nothing else.
 *
 * @throws {PATH_OUTSIDE_PROJECT}
 */
export function refuseOutside(dir: string, setting: string, path: string): void {
  if (!isInside(realOf(resolve(dir)), realOf(resolve(dir, path))))
    throw errors.PATH_OUTSIDE_PROJECT({ setting, path })
}

/** Both without links. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || resolve(way) === way)
}

/** The path without links, as far as there is anything. */
export function realOf(path: string): string {
  if (isThere(path)) return realpathOf(path)
  return dirname(path) === path ? path : join(realOf(dirname(path)), path.slice(dirname(path).length))
}

/** Below a file there is nothing. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false
    throw error
  }
}

/** A link that leads nowhere leads out: what a build writes there would be made where it points. */
function realpathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return sep
  }
}
