import { codeOf, fsError } from '../../volume/errno.js'
import type { FileHandle, Folder, Opened, OpenMode, SyncFlags } from '../../volume/volume.js'
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

/** A file is closed by what counts it. */
type Noted =
  | Extract<Opened, { kind: 'directory' }>
  | (Extract<Opened, { kind: 'file' }> & { readonly close: () => void })

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
    const opened = sandbox.exclusively(() => note(sandbox, place, openEntry(sandbox, place, request)))
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

/** Tells all instances of the plugin of an open file, before one of them can remove it. */
function note(sandbox: Sandbox, { dir }: Place, opened: Opened | typeof FOLLOW): Noted | typeof FOLLOW {
  if (opened === FOLLOW || opened.kind === 'directory') return opened
  const { file, stat } = opened
  const { files } = sandbox.state
  if (!files.isKept) return { ...opened, close: () => file.close() }
  const place = files.add(sandbox.ports.thread, dir.grant.account, stat)
  if (place !== undefined) return { ...opened, close: () => closeNoted(sandbox, file, place) }
  file.close()
  throw fsError('quota')
}

/** The bytes of a file that has no name come back with its last handle. */
function closeNoted(sandbox: Sandbox, file: FileHandle, place: number): void {
  const { state } = sandbox
  sandbox.exclusively(() => {
    try {
      const stat = file.stat()
      const account = state.files.remove(place)
      if (stat.nlink === 0n && !state.files.isOpen(stat)) state.giveBytes(account, Number(stat.size))
    } finally {
      file.close()
    }
  })
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
    if (!sandbox.quota.takeEntries(grant, 1)) throw fsError('quota')
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
  { place, opened, request }: { place: Place; opened: Noted; request: OpenRequest },
): OpenDirectory | OpenFile {
  const { read, write, truncate } = request
  if (opened.kind === 'directory') {
    if (!write && !truncate) return ownDirectory(sandbox, place, opened.folder)
    opened.folder.close()
    throw fsError('is-directory')
  }
  if (request.directory) {
    opened.close()
    throw fsError('not-directory')
  }
  const file = new OpenFile(
    {
      file: opened.file,
      close: opened.close,
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
