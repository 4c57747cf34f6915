import { fsError } from '../../volume/errno.js'
import { parsePath } from '../../volume/path.js'
import { type FileStat, idOf, type NewTimes } from '../../volume/volume.js'
import type { Dir } from './directory.js'
import { removeEscaped, requireInside, requireLinksInside } from './links.js'
import type { Sandbox } from './sandbox.js'
import { FOLLOW, type Place, walk } from './walk.js'

const KEEP_NAME = { keepName: true } as const

/** The operations on names in a directory. None follows a final symbolic link, except where `follow` says so. */

export function statAt(sandbox: Sandbox, base: Dir, path: string, follow: boolean): FileStat {
  return walk(base, path, (place) => {
    sandbox.require('stat', place)
    const stat = lstat(place)
    return isLink(stat) && follow ? FOLLOW : stat
  })
}

export function setTimesAt(
  sandbox: Sandbox,
  base: Dir,
  { path, follow, times }: { path: string; follow: boolean; times: NewTimes },
): void {
  walk(base, path, (place) => {
    sandbox.require('set-times', place)
    const stat = lstat(place)
    if (isLink(stat) && follow) return FOLLOW
    // Even when links are followed: ours was followed by the walk, one that appears now must not be.
    return place.dir.folder.setTimes(place.name, times)
  })
}

export function createDirectoryAt(sandbox: Sandbox, base: Dir, path: string): void {
  walk(
    base,
    path,
    (place) => {
      sandbox.require('mkdir', place)
      if (place.name === '.') throw fsError('exist')
      sandbox.exclusively(() => add(sandbox, place.dir, () => place.dir.folder.mkdir(place.name)))
    },
    KEEP_NAME,
  )
}

export function removeDirectoryAt(sandbox: Sandbox, base: Dir, path: string): void {
  walk(
    base,
    path,
    (place) => {
      sandbox.require('rmdir', place)
      requireMovable(sandbox, place)
      sandbox.exclusively(() => {
        place.dir.folder.rmdir(place.name)
        sandbox.state.giveEntries(place.dir.grant.account, 1)
      })
    },
    KEEP_NAME,
  )
}

export function unlinkFileAt(sandbox: Sandbox, base: Dir, path: string): void {
  walk(
    base,
    path,
    (place) => {
      sandbox.require('unlink', place)
      sandbox.exclusively(() => {
        const stat = lstat(place)
        if (isDirectory(stat)) throw fsError('is-directory')
        if (place.mustBeDirectory) throw fsError('not-directory')
        place.dir.folder.unlink(place.name)
        forget(sandbox, place.dir, stat)
      })
    },
    KEEP_NAME,
  )
}

export function readlinkAt(sandbox: Sandbox, base: Dir, path: string): string {
  return walk(base, path, (place) => {
    sandbox.require('readlink', place)
    const target = place.dir.folder.readlink(place.name)
    // An absolute target is a path of the host.
    if (target.startsWith('/')) throw fsError('not-permitted')
    return target
  })
}

export function symlinkAt(
  sandbox: Sandbox,
  base: Dir,
  { target, path }: { target: string; path: string },
): void {
  parsePath(target, base)
  walk(
    base,
    path,
    (place) => {
      sandbox.require('symlink', place)
      requireNewName(place)
      sandbox.exclusively(() => {
        requireInside(target, place.dir)
        add(sandbox, place.dir, () => place.dir.folder.symlink(target, place.name))
        removeEscaped(place, place.dir)
      })
    },
    KEEP_NAME,
  )
}

/** Both ends need write access: a second name makes a file writable wherever the name is. */
export function linkAt(
  sandbox: Sandbox,
  from: { base: Dir; path: string; follow: boolean },
  to: { base: Dir; path: string },
): void {
  walk(from.base, from.path, (source) => {
    sandbox.require('link', source)
    const stat = lstat(source)
    if (isLink(stat) && from.follow) return FOLLOW
    if (!isFile(stat) && !isLink(stat)) throw fsError('not-permitted')
    return walk(
      to.base,
      to.path,
      (place) => {
        sandbox.require('link', place)
        requireNewName(place)
        // Bytes are on one account, and go with the last name: a file with names under two would be on the wrong one.
        if (source.dir.grant.account !== place.dir.grant.account) throw fsError('cross-device')
        sandbox.exclusively(() => {
          // Another instance may have put a link there meanwhile.
          if (isLink(lstat(source))) requireInside(targetOf(source), place.dir)
          add(sandbox, place.dir, () => source.dir.folder.link(source.name, place.dir.folder, place.name))
          removeEscaped(place, source.dir)
        })
      },
      KEEP_NAME,
    )
  })
}

export function renameAt(
  sandbox: Sandbox,
  from: { base: Dir; path: string },
  to: { base: Dir; path: string },
): void {
  const move = (source: Place) =>
    walk(
      to.base,
      to.path,
      (place) => {
        sandbox.require('rename', place)
        sandbox.exclusively(() => moveEntry(sandbox, source, place))
      },
      KEEP_NAME,
    )
  walk(
    from.base,
    from.path,
    (source) => {
      sandbox.require('rename', source)
      move(source)
    },
    KEEP_NAME,
  )
}

function moveEntry(sandbox: Sandbox, source: Place, place: Place): void {
  requireMovable(sandbox, source)
  requireMovable(sandbox, place)
  const stat = lstat(source)
  if (!isDirectory(stat) && (source.mustBeDirectory || place.mustBeDirectory)) throw fsError('not-directory')
  if (isLink(stat)) requireInside(targetOf(source), place.dir)
  const [a, b] = [source.dir.grant, place.dir.grant]
  // The size of a tree is not known without walking it, so quotas cannot follow a directory into another grant.
  if (a !== b && isDirectory(stat)) throw fsError('cross-device')
  if (isDirectory(stat)) requireLinksInside(source, place)
  const crosses = a.account !== b.account
  // Its bytes would stay where the other names are, or those that are written from now on would.
  if (crosses && !isDirectory(stat) && (stat.nlink > 1n || sandbox.state.files.isOpen(stat)))
    throw fsError('cross-device')
  const replaced = find(place)
  if (crosses) book(sandbox, place.dir, stat)
  try {
    source.dir.folder.rename(source.name, place.dir.folder, place.name)
  } catch (error) {
    if (crosses) unbook(sandbox, place.dir, stat)
    throw error
  }
  removeEscaped(place, source.dir)
  if (crosses) forget(sandbox, source.dir, stat)
  if (replaced !== undefined && idOf(replaced) !== idOf(stat)) forget(sandbox, place.dir, replaced)
}

function lstat(place: Place): FileStat {
  const stat = find(place)
  if (stat === undefined) throw fsError('no-entry')
  return stat
}

function find({ dir, name }: Place): FileStat | undefined {
  return dir.folder.find(name)
}

/** Roots of grants, and the directories that lead to them, stay where the host put them. */
function requireMovable(sandbox: Sandbox, place: Place): void {
  if (place.name === '.') throw fsError('invalid')
  if (!sandbox.hasPinned) return
  const stat = find(place)
  if (stat !== undefined && sandbox.isPinned(idOf(stat))) throw fsError('busy')
}

/** Links cannot be made at names that end in a slash. */
function requireNewName(place: Place): void {
  if (place.name === '.') throw fsError('exist')
  if (!place.mustBeDirectory) return
  const stat = find(place)
  if (stat === undefined) throw fsError('no-entry')
  throw fsError(isDirectory(stat) ? 'exist' : 'not-directory')
}

function targetOf({ dir, name }: Place): string {
  return dir.folder.readlink(name)
}

function add(sandbox: Sandbox, { grant }: Dir, make: () => void): void {
  if (!sandbox.quota.takeEntries(grant, 1)) throw fsError('quota')
  try {
    make()
  } catch (error) {
    sandbox.state.giveEntries(grant.account, 1)
    throw error
  }
}

/** Books a file that moves in from another grant. */
function book(sandbox: Sandbox, { grant }: Dir, stat: FileStat): void {
  if (!sandbox.quota.takeEntries(grant, 1)) throw fsError('quota')
  if (sandbox.quota.takeBytes(grant, bytesOf(stat))) return
  sandbox.state.giveEntries(grant.account, 1)
  throw fsError('quota')
}

function unbook(sandbox: Sandbox, { grant }: Dir, stat: FileStat): void {
  sandbox.state.giveEntries(grant.account, 1)
  sandbox.state.giveBytes(grant.account, bytesOf(stat))
}

/** Gives back what a removed entry took. A file that has other names, or is still open, keeps its bytes. */
function forget(sandbox: Sandbox, { grant }: Dir, stat: FileStat): void {
  sandbox.state.giveEntries(grant.account, 1)
  if (isFile(stat) && stat.nlink === 1n && !sandbox.state.files.orphan(stat, grant.account))
    sandbox.state.giveBytes(grant.account, Number(stat.size))
}

/** Those of links and directories are not counted. */
const bytesOf = (stat: FileStat) => (isFile(stat) ? Number(stat.size) : 0)
const isFile = ({ type }: FileStat) => type === 'regular-file'
const isDirectory = ({ type }: FileStat) => type === 'directory'
const isLink = ({ type }: FileStat) => type === 'symbolic-link'
