import { fsError } from '../../volume/errno.js'
import { checkLinkTarget } from '../../volume/path.js'
import type { Folder } from '../../volume/volume.js'
import type { Dir } from './directory.js'
import type { Place } from './walk.js'

/** Entries that may lie below a directory that is moved up, and how deep: all are looked at before it moves. */
const MAX_ENTRIES = 10_000
const MAX_DEPTH = 256

interface Link {
  /** Of the plugin, from which the link was found. */
  readonly dir: Dir
  readonly folder: Folder
  readonly name: string
  /** Directories between it and the directory that is moved, that one included. */
  readonly level: number
}

/**
 * Symbolic links of plugins do not point out of their grant, wherever they are: other programs of the host follow them
 * too. Told by where directories are at the moment, since those that are open may have been moved. Throws if a link
 * to `target` in the directory would point out.
 */
export function requireInside(target: string, dir: Dir): void {
  checkLinkTarget(target, target.includes('..') ? (dir.depth() ?? 0) : 0, dir)
}

/** Throws if a link below the directory at `source`, whoever made it, would point out from `place`. */
export function requireLinksInside(source: Place, place: Place): void {
  const depth = depthAbove(source.dir, place.dir)
  if (depth === undefined) return
  const moved = source.dir.folder.child(source.name)
  if (moved === undefined) throw fsError('no-entry')
  try {
    for (const link of linksBelow(moved, source.dir, MAX_ENTRIES))
      if (leadsOut(link, () => depth)) throw fsError('not-permitted')
  } finally {
    moved.close()
  }
}

/** To be called after an entry has come to `place`: takes links away that another thread made or moved meanwhile. */
export function removeEscaped(place: Place, from: Dir): void {
  const { folder } = place.dir
  const type = folder.find(place.name)?.type
  if (type === 'symbolic-link')
    removeIfOut({ dir: place.dir, folder, name: place.name, level: 0 }, () => place.dir.depth() ?? 0)
  if (type !== 'directory') return
  const depth = depthAbove(from, place.dir)
  const moved = depth === undefined ? undefined : folder.child(place.name)
  if (depth === undefined || moved === undefined) return
  try {
    for (const link of linksBelow(moved, place.dir, Number.POSITIVE_INFINITY)) removeIfOut(link, () => depth)
  } finally {
    moved.close()
  }
}

/** How deep `to` is, if it is less deep than `from`. */
function depthAbove(from: Dir, to: Dir): number | undefined {
  if (from.folder.id() === to.folder.id()) return undefined
  const depth = to.depth() ?? 0
  return depth < (from.depth() ?? Number.POSITIVE_INFINITY) ? depth : undefined
}

/** The answer to what is too large to be looked at is the one on which programs copy, entry by entry. */
function* linksBelow(top: Folder, dir: Dir, max: number): Generator<Link> {
  let left = max
  function* below(folder: Folder, level: number): Generator<Link> {
    if (level > MAX_DEPTH) throw fsError('cross-device')
    for (const { name, type } of folder.list()) {
      if (left-- <= 0) throw fsError('cross-device')
      if (type === 'symbolic-link') yield { dir, folder, name, level }
      const child = type === 'directory' ? folder.child(name) : undefined
      try {
        if (child !== undefined) yield* below(child, level + 1)
      } finally {
        child?.close()
      }
    }
  }
  yield* below(top, 1)
}

/** An absolute target is the host's own, and means the same everywhere. */
function leadsOut({ dir, folder, name, level }: Link, depth: () => number): boolean {
  const target = folder.readlink(name)
  if (target.startsWith('/') || !target.includes('..')) return false
  try {
    checkLinkTarget(target, depth() + level, dir)
    return false
  } catch {
    return true
  }
}

function removeIfOut(link: Link, depth: () => number): void {
  if (leadsOut(link, depth)) link.folder.unlink(link.name)
}
