import { codeOf, fsError } from '../../volume/errno.js'
import type { Folder, Opened, OpenMode, SyncFlags } from '../../volume/volume.js'
import type { Dir } from './directory.js'
import { OpenFile } from './open-file.js'
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
  readonly sync: SyncFlags
}

export interface OpenDirectory {
  readonly dir: Dir
  readonly release: () => void
}

const ATTEMPTS = 8
const TO_READ: OpenMode = {
  read: true,
  write: false,
  create: false,
  sync: { file: false, data: false, requested: false },
}

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
    const opened = openEntry(sandbox, place, request)
    return opened === FOLLOW ? FOLLOW : admit(sandbox, { place, opened, request })
  })
}

/** Opens a directory once more, as a handle of its own. */
export function reopen(sandbox: Sandbox, base: Dir): OpenDirectory {
  const opened = base.folder.open('.', TO_READ)
  if (opened.kind === 'file') throw fsError('not-directory')
  return ownDirectory(sandbox, { dir: base, name: '.' }, opened.folder)
}

function operationOf({ create, write, truncate }: OpenRequest): 'create' | 'write' | 'open' {
  if (create) return 'create'
  return write || truncate ? 'write' : 'open'
}

/** What is open now, or `FOLLOW` for a symbolic link that is to be followed. */
function openEntry(sandbox: Sandbox, { dir, name }: Place, request: OpenRequest): Opened | typeof FOLLOW {
  const mode = modeOf(request)
  for (let tries = 0; tries < ATTEMPTS; tries++) {
    if (request.create && name !== '.') {
      const made = createEntry(sandbox, dir, name, mode)
      if (made !== undefined) return made
      if (request.exclusive) throw fsError('exist')
    }
    try {
      return dir.folder.open(name, mode)
    } catch (error) {
      const code = codeOf(error)
      if (code === 'loop' && request.follow) return FOLLOW
      // Removed since it was found to exist: whoever does that in a loop gets an error in the end.
      if (code !== 'no-entry' || !request.create) throw error
    }
  }
  throw fsError('busy')
}

/** The new file, or `undefined` if there is an entry of that name. */
function createEntry(
  sandbox: Sandbox,
  { grant, folder }: Dir,
  name: string,
  mode: OpenMode,
): Opened | undefined {
  if (!sandbox.state.takeEntries(grant.account, 1, grant.quotaEntries)) {
    if (folder.find(name) !== undefined) return undefined
    throw fsError('quota')
  }
  try {
    return folder.open(name, { read: mode.read, write: mode.write, create: true, sync: mode.sync })
  } catch (error) {
    sandbox.state.giveEntries(grant.account, 1)
    if (codeOf(error) === 'exist') return undefined
    throw error
  }
}

/** Lets in what is asked for, and truncates only after that is known. */
function admit(
  sandbox: Sandbox,
  { place, opened, request }: { place: Place; opened: Opened; request: OpenRequest },
): OpenDirectory | OpenFile {
  const { read, write, truncate } = request
  if (opened.kind === 'directory') {
    if (!write && !truncate) return ownDirectory(sandbox, place, opened.folder)
    opened.folder.close()
    throw fsError('is-directory')
  }
  if (request.directory) {
    opened.file.close()
    throw fsError('not-directory')
  }
  const file = new OpenFile(
    {
      file: opened.file,
      stat: opened.stat,
      grant: place.dir.grant,
      read,
      write: write || truncate,
      sync: request.sync,
    },
    sandbox,
  )
  if (truncate) file.setSize(0n)
  return file
}

function ownDirectory(
  sandbox: Sandbox,
  { dir, name }: Pick<Place, 'dir' | 'name'>,
  folder: Folder,
): OpenDirectory {
  const own = dir.adopt(folder, name)
  return { dir: own, release: sandbox.track(own.grant, () => own.close()) }
}

function modeOf({ read, write, truncate, sync }: OpenRequest): OpenMode {
  const changes = write || truncate
  return { read: read || !write, write: changes, create: false, sync }
}
