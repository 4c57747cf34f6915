import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { errnoOf, fsError } from './errno.js'

/** Missing from `fs.constants`; the same on every Linux architecture that Node runs on. */
const O_PATH = 0x20_0000
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0
const OPEN_DIR = O_PATH | (constants.O_DIRECTORY ?? 0) | NO_FOLLOW

/** Identity of a file, whatever it is called at the moment. */
export type FileId = `${bigint}:${bigint}`

/**
 * A directory of the host that stays the same directory when it is renamed, and that is never reached again by its
 * path. Entries are named one at a time: `at(name)` is good for one system call that does not follow links.
 */
export interface HostDir {
  /** A path to the entry, for one system call. */
  at(name: string): string
  /** A path to the directory itself. */
  self(): string
  /** The subdirectory; `undefined` for anything else, symbolic links included. */
  child(name: string): HostDir | undefined
  /** To be called with what was opened through `at(name)`: throws unless that is still the entry's file. */
  confirm(name: string, fd: number): void
  id(): FileId
  close(): void
}

/** `handles` on Linux, `paths` where the kernel cannot resolve a name relative to a handle for us. */
export type DirStrategy = 'handles' | 'paths'

export function bestStrategy(): DirStrategy {
  if (process.platform !== 'linux') return 'paths'
  try {
    const dir = openHandle('/')
    try {
      const proc = dir.child('proc')
      proc?.close()
      return proc === undefined ? 'paths' : 'handles'
    } finally {
      dir.close()
    }
  } catch {
    return 'paths'
  }
}

/**
 * Opens a granted directory. `path` was resolved when the grant was parsed, so a symbolic link in it now was put
 * there since, and is not followed.
 */
export function openGranted(path: string, strategy: DirStrategy): HostDir {
  if (strategy === 'paths') return new PathDir(path)
  let dir: HostDir = openHandle('/')
  for (const segment of path.split('/').filter(Boolean)) {
    const parent = dir
    try {
      const child = parent.child(segment)
      if (child === undefined) throw fsError('not-directory')
      dir = child
    } finally {
      parent.close()
    }
  }
  return dir
}

/** A directory from a file descriptor that was opened on it; the descriptor now belongs to the directory. */
export function dirOfFd(fd: number): HostDir {
  return new HandleDir(fd)
}

function openHandle(path: string): HostDir {
  return new HandleDir(openSync(path, OPEN_DIR))
}

/** Linux: the kernel resolves `/proc/self/fd/<n>/<name>` from the open directory itself, wherever it is by now. */
class HandleDir implements HostDir {
  readonly #fd: number
  readonly #prefix: string

  constructor(fd: number) {
    this.#fd = fd
    this.#prefix = `/proc/self/fd/${fd}`
  }

  at(name: string): string {
    return `${this.#prefix}/${name}`
  }

  self(): string {
    return this.#prefix
  }

  child(name: string): HostDir | undefined {
    try {
      return new HandleDir(openSync(this.at(name), OPEN_DIR))
    } catch (error) {
      const errno = errnoOf(error)
      if (errno === 'ENOTDIR' || errno === 'ELOOP') return undefined
      throw error
    }
  }

  confirm(): void {}

  id(): FileId {
    return idOf(fstatSync(this.#fd, { bigint: true }))
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/**
 * Elsewhere: a path whose directory is checked before each use, and what was opened is checked after. A directory that
 * was replaced is refused. Between the check and the use another process may still win a race for names, though not
 * for what is opened: see `docs/design/filesystem.md`.
 */
class PathDir implements HostDir {
  readonly #path: string
  readonly #id: FileId

  constructor(path: string) {
    this.#path = path
    this.#id = identify(path)
  }

  at(name: string): string {
    return join(this.self(), name)
  }

  self(): string {
    if (identify(this.#path) !== this.#id || realpathSync(this.#path) !== this.#path)
      throw fsError('no-entry')
    return this.#path
  }

  child(name: string): HostDir | undefined {
    const path = this.at(name)
    return lstatSync(path).isDirectory() ? new PathDir(path) : undefined
  }

  confirm(name: string, fd: number): void {
    const opened = idOf(fstatSync(fd, { bigint: true }))
    if (opened !== idOf(lstatSync(this.at(name), { bigint: true }))) throw fsError('no-entry')
  }

  id(): FileId {
    return this.#id
  }

  close(): void {}
}

export function idOf(stat: { dev: bigint; ino: bigint }): FileId {
  return `${stat.dev}:${stat.ino}`
}

function identify(path: string): FileId {
  const stat = lstatSync(path, { bigint: true })
  if (!stat.isDirectory()) throw fsError('not-directory')
  return idOf(stat)
}
