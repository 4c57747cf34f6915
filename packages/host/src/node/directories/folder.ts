import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  opendirSync,
  openSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { isAbsolute, relative, sep } from 'node:path'
import type {
  DirectoryEntry,
  FileId,
  FileStat,
  Folder,
  NewTimes,
  Opened,
  OpenMode,
} from '@wasm-plugin/wasi/instance'
import { attempt, fsError } from '@wasm-plugin/wasi/instance'
import { HostFile } from './file.js'
import { EXACT, EXACT_OR_NONE, fileStat, toSeconds, typeOfEntry } from './stat.js'
import type { System } from './system.js'

/** Opening never waits and never follows, so a FIFO does not freeze us and a link does not mislead us. */
const SAFE = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)

/** A directory of the system. How its entries are named without ever using a path from above is up to the subclass. */
export abstract class HostFolder implements Folder {
  readonly system: System

  constructor(system: System) {
    this.system = system
  }

  /** A path to the entry, good for one system call that does not follow links. */
  protected abstract at(name: string): string
  /** A path to the directory itself. */
  protected abstract self(): string
  /** To be called with what was opened through `at(name)`: throws unless that is still the entry's file. */
  protected abstract confirm(name: string, fd: number): void
  /** The directory `name` that was opened as `fd`, which now belongs to the folder. */
  protected abstract adopt(name: string, fd: number): Folder
  /** Where the directory is at the moment, to be looked at and not to be used; `undefined` if no path is that long. */
  protected abstract location(): string | undefined
  abstract id(): FileId
  abstract child(name: string): Folder | undefined
  abstract close(): void

  stat(): FileStat {
    return attempt(() => fileStat(statSync(this.self(), EXACT)))
  }

  depthBelow(root: Folder): number | undefined {
    const [from, to] = [onHost(root).location(), this.location()]
    if (from === undefined || to === undefined) return undefined
    const way = relative(from, to).split(sep)
    if (from === to) return 0
    return way[0] === '..' || isAbsolute(way[0] ?? '') ? undefined : way.length
  }

  *list(): Generator<DirectoryEntry> {
    const dir = attempt(() => opendirSync(this.self()))
    const next = () => dir.readSync()
    try {
      for (let entry = attempt(next); entry !== null; entry = attempt(next)) {
        const { name } = entry
        const type = typeOfEntry(entry)
        yield { name, type: type === 'unknown' ? (this.find(name)?.type ?? type) : type }
      }
    } finally {
      dir.closeSync()
    }
  }

  find(name: string): FileStat | undefined {
    return attempt(() => {
      const stat = lstatSync(this.at(name), EXACT_OR_NONE)
      return stat && fileStat(stat)
    })
  }

  readlink(name: string): string {
    return attempt(() => readlinkSync(this.at(name)))
  }

  setTimes(name: string, { access, modification }: NewTimes): void {
    attempt(() => {
      const path = this.at(name)
      const { atimeNs, mtimeNs } = lstatSync(path, EXACT)
      lutimesSync(path, toSeconds(access, atimeNs), toSeconds(modification, mtimeNs))
    })
  }

  mkdir(name: string): void {
    attempt(() => mkdirSync(this.at(name)))
  }

  rmdir(name: string): void {
    attempt(() => rmdirSync(this.at(name)))
  }

  unlink(name: string): void {
    attempt(() => unlinkSync(this.at(name)))
  }

  symlink(target: string, name: string): void {
    attempt(() => symlinkSync(target, this.at(name)))
  }

  link(name: string, to: Folder, newName: string): void {
    attempt(() => linkSync(this.at(name), onHost(to).at(newName)))
  }

  rename(name: string, to: Folder, newName: string): void {
    attempt(() => renameSync(this.at(name), onHost(to).at(newName)))
  }

  open(name: string, mode: OpenMode): Opened {
    const fd = attempt(() => openSync(this.at(name), flagsOf(mode), 0o666))
    try {
      this.confirm(name, fd)
      const stat = fileStat(attempt(() => fstatSync(fd, EXACT)))
      if (this.system.isPseudo(stat.dev, fd)) throw fsError('access')
      if (stat.type === 'directory') return { kind: 'directory', folder: this.adopt(name, fd) }
      if (stat.type !== 'regular-file') throw fsError('access')
      return { kind: 'file', file: new HostFile(fd), stat }
    } catch (error) {
      closeSync(fd)
      throw error
    }
  }
}

/** Files of memory cannot get a name on the system. */
function onHost(folder: Folder): HostFolder {
  if (folder instanceof HostFolder) return folder
  throw fsError('cross-device')
}

function flagsOf({ read, write, create, sync }: OpenMode): number {
  const access = write ? (read ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY
  const fresh = create ? constants.O_CREAT | constants.O_EXCL : 0
  const durable = (sync.file ? (constants.O_SYNC ?? 0) : 0) | (sync.data ? (constants.O_DSYNC ?? 0) : 0)
  return SAFE | access | fresh | durable
}
