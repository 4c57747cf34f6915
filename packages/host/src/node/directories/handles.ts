import { closeSync, constants, fstatSync, openSync, readlinkSync } from 'node:fs'
import { attempt, errnoOf, type FileId, type Folder, fsError, idOf } from '@wasm-plugin/wasi/instance'
import { HostFolder } from './folder.js'
import { EXACT } from './stat.js'
import type { System } from './system.js'

/** Missing from `fs.constants`; the same on every Linux architecture that Node runs on. */
const O_PATH = 0x20_0000
const OPEN_DIR = O_PATH | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0)

/** Linux: the kernel resolves `/proc/<pid>/fd/<n>/<name>` from the open directory itself, wherever it is by now. */
export class HandleFolder extends HostFolder {
  readonly #fd: number
  readonly #prefix: string

  constructor(fd: number, system: System) {
    super(system)
    this.#fd = fd
    this.#prefix = system.handles + fd
  }

  /** Walks an absolute path whose segments must all be directories. */
  static open(path: string, system: System): HandleFolder {
    let folder = new HandleFolder(
      attempt(() => openSync('/', OPEN_DIR)),
      system,
    )
    for (const segment of path.split('/').filter(Boolean)) {
      const parent = folder
      try {
        const child = parent.child(segment)
        if (child === undefined) throw fsError('not-directory')
        folder = child
      } finally {
        parent.close()
      }
    }
    return folder
  }

  child(name: string): HandleFolder | undefined {
    try {
      return new HandleFolder(openSync(this.at(name), OPEN_DIR), this.system)
    } catch (error) {
      const errno = errnoOf(error)
      if (errno === 'ENOTDIR' || errno === 'ELOOP') return undefined
      return attempt(() => {
        throw error
      })
    }
  }

  id(): FileId {
    return idOf(attempt(() => fstatSync(this.#fd, EXACT)))
  }

  close(): void {
    closeSync(this.#fd)
  }

  protected at(name: string): string {
    return `${this.#prefix}/${name}`
  }

  protected self(): string {
    return this.#prefix
  }

  protected location(): string | undefined {
    try {
      return readlinkSync(this.#prefix)
    } catch {
      return undefined
    }
  }

  protected confirm(): void {}

  protected adopt(_name: string, fd: number): Folder {
    return new HandleFolder(fd, this.system)
  }
}
