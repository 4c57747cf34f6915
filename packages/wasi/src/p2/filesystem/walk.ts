import { codeOf, fsError } from '../../volume/errno.js'
import { parsePath } from '../../volume/path.js'
import type { Dir } from './directory.js'

/** Symbolic links that one path may go through, as on Linux. */
const MAX_LINKS = 40
/** Directories that one path may be deep; each is an open handle while the path is walked. */
const MAX_DEPTH = 256
/** Segments that one path may have once its links are followed. */
const MAX_STEPS = 8_192

/** An entry of a directory, or with the name `.` the directory itself. */
export interface Place {
  readonly dir: Dir
  readonly name: string
  /** The path ended in `/`: the entry has to be a directory. Only set for walks that keep the slash out. */
  readonly mustBeDirectory: boolean
}

/** The answer of an operation that found a symbolic link and wants what it points to. */
export const FOLLOW = Symbol('follow')

export interface WalkOptions {
  /** Operations on names (`mkdir a/`) keep the entry's name; others resolve a final `/` as a directory. @default false */
  readonly keepName?: boolean
}

/**
 * Goes to the place that `path` names below `base`, one segment at a time, each opened relative to the directory
 * before it and without following links; links are followed here, by walking their target. So nothing that happens to
 * the tree meanwhile can lead above `base`: `..` goes back to the directory we came from, not to what the host
 * calls its parent. `act` runs at the place, while the directories are held open.
 */
export function walk<T>(
  base: Dir,
  path: string,
  act: (place: Place) => T | typeof FOLLOW,
  options: WalkOptions = {},
): T {
  const { segments, trailingSlash } = parsePath(path, base)
  const keepName = options.keepName === true
  const pending = segments.toReversed()
  if (trailingSlash && !keepName) pending.unshift('.')
  const mustBeDirectory = trailingSlash && keepName
  const opened: Dir[] = []
  let links = 0
  try {
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      const dir = opened.at(-1) ?? base
      const name = pending.pop()
      if (name === undefined) return act({ dir, name: '.', mustBeDirectory }) as T
      if (name === '.') continue
      if (name === '..') {
        if (opened.length === 0) throw base.escaped(path)
        opened.pop()?.close()
        continue
      }
      const mounted = dir.mounted(name)
      if (mounted !== undefined) {
        opened.push(mounted)
        continue
      }
      let found: T | typeof FOLLOW = FOLLOW
      if (pending.length === 0) found = act({ dir, name, mustBeDirectory })
      else {
        const child = dir.child(name)
        if (child !== undefined) {
          opened.push(child)
          if (opened.length > MAX_DEPTH) throw fsError('name-too-long')
          continue
        }
      }
      if (found !== FOLLOW) return found
      if (++links > MAX_LINKS) throw fsError('loop')
      expand(readLink(dir, name, path), pending, dir)
    }
    throw fsError('name-too-long')
  } finally {
    for (const dir of opened) dir.close()
  }
}

function readLink(dir: Dir, name: string, path: string): string {
  let target: string
  try {
    target = dir.folder.readlink(name)
  } catch (error) {
    throw codeOf(error) === 'invalid' ? fsError('not-directory') : error
  }
  if (target.startsWith('/')) throw dir.escaped(path)
  return target
}

function expand(target: string, pending: string[], dir: Dir): void {
  const { segments, trailingSlash } = parsePath(target, dir)
  if (trailingSlash && pending.length === 0) pending.push('.')
  pending.push(...segments.toReversed())
}
