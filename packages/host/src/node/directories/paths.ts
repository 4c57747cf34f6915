import { closeSync, fstatSync, lstatSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { attempt, type FileId, type Folder, fsError, idOf } from '@wasm-plugin/wasi/instance'
import { HostFolder } from './folder.js'
import { EXACT } from './stat.js'
import type { System } from './system.js'

/**
 * Where the kernel cannot resolve a name relative to a handle: a path whose directory is checked before each use, and
 * what was opened is checked after. A directory that was replaced is refused. Between the check and the use another
 * process may still win a race for names, though not for what is opened: see `docs/design/filesystem.md`.
 */
export class PathFolder extends HostFolder {
  readonly #path: string
  readonly #id: FileId

  constructor(path: string, system: System) {
    super(system)
    this.#path = path
    this.#id = attempt(() => identify(path))
  }

  child(name: string): PathFolder | undefined {
    const path = attempt(() => this.at(name))
    return attempt(() => lstatSync(path).isDirectory()) ? new PathFolder(path, this.system) : undefined
  }

  id(): FileId {
    return this.#id
  }

  close(): void {}

  protected at(name: string): string {
    return join(this.self(), name)
  }

  protected self(): string {
    if (identify(this.#path) !== this.#id || realpathSync(this.#path) !== this.#path)
      throw fsError('no-entry')
    return this.#path
  }

  protected location(): string {
    return attempt(() => this.self())
  }

  protected confirm(name: string, fd: number): void {
    attempt(() => {
      const opened = idOf(fstatSync(fd, EXACT))
      if (opened !== idOf(lstatSync(this.at(name), EXACT))) throw fsError('no-entry')
    })
  }

  protected adopt(name: string, fd: number): Folder {
    const folder = this.child(name)
    if (folder === undefined) throw fsError('no-entry')
    closeSync(fd)
    return folder
  }
}

function identify(path: string): FileId {
  const stat = lstatSync(path, EXACT)
  if (!stat.isDirectory()) throw fsError('not-directory')
  return idOf(stat)
}
