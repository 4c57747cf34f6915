import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs'
import { dirOfFd } from './dir.js'
import type { Dir } from './directory.js'
import { attempt, errnoOf, fsError } from './errno.js'
import { OpenFile, type SyncFlags } from './open-file.js'
import type { Sandbox } from './sandbox.js'
import { FOLLOW, type Place, walk } from './walk.js'

export interface OpenRequest {
  readonly follow: boolean
  readonly create: boolean
  readonly directory: boolean
  readonly exclusive: boolean
  readonly truncate: boolean
  readonly read: boolean
  readonly write: boolean
  /** How soon what is written must be on the disk. */
  readonly sync: SyncFlags
}

export interface OpenDirectory {
  readonly dir: Dir
  readonly release: () => void
}

/** Opening never waits and never follows, so a FIFO does not freeze us and a link does not mislead us. */
const SAFE = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)
const ATTEMPTS = 8

/** `open-at`: a decision about each name on the way, then the file or directory itself, checked to be one. */
export function openAt(
  sandbox: Sandbox,
  base: Dir,
  path: string,
  request: OpenRequest,
): OpenDirectory | OpenFile {
  if (request.create && request.directory) throw fsError('invalid')
  return walk(base, path, (place) => {
    sandbox.require(operationOf(request), place)
    const fd = openEntry(sandbox, place, request)
    return fd === FOLLOW ? FOLLOW : admit(sandbox, { place, fd, request })
  })
}

/** Opens a directory once more, as a handle of its own. */
export function reopen(sandbox: Sandbox, base: Dir): OpenDirectory {
  const fd = attempt(() => openSync(base.host.self(), constants.O_RDONLY | (constants.O_DIRECTORY ?? 0)))
  return ownDirectory(sandbox, { dir: base, name: '.', mustBeDirectory: true }, fd)
}

function operationOf({ create, write, truncate }: OpenRequest): 'create' | 'write' | 'open' {
  if (create) return 'create'
  return write || truncate ? 'write' : 'open'
}

/** A file descriptor on the entry, or `FOLLOW` for a symbolic link that is to be followed. */
function openEntry(sandbox: Sandbox, { dir, name }: Place, request: OpenRequest): number | typeof FOLLOW {
  const flags = SAFE | accessOf(request)
  for (let tries = 0; tries < ATTEMPTS; tries++) {
    if (request.create && name !== '.') {
      const fd = createEntry(sandbox, dir, name, flags)
      if (fd !== undefined) return fd
      if (request.exclusive) throw fsError('exist')
    }
    try {
      return openSync(dir.host.at(name), flags)
    } catch (error) {
      const errno = errnoOf(error)
      if (errno === 'ELOOP' && request.follow) return FOLLOW
      // Removed since it was found to exist: whoever does that in a loop gets an error in the end.
      if (errno === 'ENOENT' && request.create) continue
      return attempt(() => {
        throw error
      })
    }
  }
  throw fsError('busy')
}

/** The new file, or `undefined` if there is an entry of that name. */
function createEntry(
  sandbox: Sandbox,
  { grant, host }: Dir,
  name: string,
  flags: number,
): number | undefined {
  if (!sandbox.state.takeEntries(grant.id, 1, grant.quotaEntries)) {
    if (lstatSync(host.at(name), { throwIfNoEntry: false }) !== undefined) return undefined
    throw fsError('quota')
  }
  try {
    return openSync(host.at(name), flags | constants.O_CREAT | constants.O_EXCL, 0o666)
  } catch (error) {
    sandbox.state.giveEntries(grant.id, 1)
    if (errnoOf(error) === 'EEXIST') return undefined
    return attempt(() => {
      throw error
    })
  }
}

/** Lets in what is a regular file or a directory, and truncates only after that is known. */
function admit(
  sandbox: Sandbox,
  { place, fd, request }: { place: Place; fd: number; request: OpenRequest },
): OpenDirectory | OpenFile {
  let stat: BigIntStats
  try {
    place.dir.host.confirm(place.name, fd)
    stat = fstatSync(fd, { bigint: true })
    if (sandbox.isPseudo(stat.dev, fd) || !(stat.isFile() || stat.isDirectory())) throw fsError('access')
    if (stat.isDirectory()) {
      if (request.write || request.truncate) throw fsError('is-directory')
      return ownDirectory(sandbox, place, fd)
    }
    if (request.directory) throw fsError('not-directory')
  } catch (error) {
    closeSync(fd)
    return attempt(() => {
      throw error
    })
  }
  const { read, write, truncate } = request
  const file = new OpenFile(
    { fd, stat, grant: place.dir.grant, read, write: write || truncate, sync: request.sync },
    sandbox,
  )
  if (truncate) file.setSize(0n)
  return file
}

function ownDirectory(sandbox: Sandbox, { dir, name }: Place, fd: number): OpenDirectory {
  const handles = sandbox.strategy === 'handles'
  const host = handles ? dirOfFd(fd) : dir.host.child(name)
  if (!handles) closeSync(fd)
  if (host === undefined) throw fsError('no-entry')
  const own = dir.adopt(host, name)
  return { dir: own, release: sandbox.track(own.grant, () => own.close()) }
}

function accessOf({ read, write, truncate, sync }: OpenRequest): number {
  const durable = (sync.file ? (constants.O_SYNC ?? 0) : 0) | (sync.data ? (constants.O_DSYNC ?? 0) : 0)
  if (write || truncate) return durable | (read || !write ? constants.O_RDWR : constants.O_WRONLY)
  return durable | constants.O_RDONLY
}
