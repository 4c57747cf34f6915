import type { BlockingCaller } from '@wasm-plugin/wasi'
import type {
  DirectoryEntry,
  FileId,
  FileStat,
  Folder,
  NewTimes,
  Opened,
  OpenMode,
} from '@wasm-plugin/wasi/instance'
import { fsError, idOf } from '@wasm-plugin/wasi/instance'
import { isNoChange, RemoteFile } from './remote-file.js'

/** A directory by its path: nothing of it is open in the page. A browser knows neither links nor how to set times. */
export class RemoteFolder implements Folder {
  readonly #path: string
  readonly #services: BlockingCaller

  constructor(path: string, services: BlockingCaller) {
    this.#path = path
    this.#services = services
  }

  id(): FileId {
    return idOf(this.stat())
  }

  stat(): FileStat {
    return this.#existing('.')
  }

  depthBelow(root: Folder): number | undefined {
    const outer = remote(root).#path
    if (this.#path === outer) return 0
    return this.#path.startsWith(`${outer}/`)
      ? this.#path.slice(outer.length + 1).split('/').length
      : undefined
  }

  *list(): Generator<DirectoryEntry> {
    const id = this.#services.call('folder.list', [this.#path])
    try {
      for (;;) {
        const entries = this.#services.call('folder.next', [id])
        if (entries.length === 0) return
        yield* entries
      }
    } finally {
      this.#services.call('folder.close', [id])
    }
  }

  child(name: string): Folder | undefined {
    return this.find(name)?.type === 'directory' ? this.#below(name) : undefined
  }

  find(name: string): FileStat | undefined {
    return this.#services.call('folder.find', [this.#at(name)])
  }

  readlink(name: string): never {
    this.#existing(name)
    throw fsError('invalid')
  }

  setTimes(name: string, times: NewTimes): void {
    this.#existing(name)
    if (!isNoChange(times)) throw fsError('unsupported')
  }

  mkdir(name: string): void {
    this.#services.call('folder.make', [this.#at(name)])
  }

  rmdir(name: string): void {
    this.#services.call('folder.remove', [this.#at(name), 'directory'])
  }

  unlink(name: string): void {
    this.#services.call('folder.remove', [this.#at(name), 'regular-file'])
  }

  symlink(): never {
    throw fsError('unsupported')
  }

  link(): never {
    throw fsError('unsupported')
  }

  rename(name: string, to: Folder, newName: string): void {
    this.#services.call('folder.rename', [this.#at(name), remote(to).#at(newName)])
  }

  open(name: string, { create }: OpenMode): Opened {
    const opened = this.#services.call('folder.open', [this.#at(name), { create }])
    if (opened === 'directory') return { kind: 'directory', folder: this.#below(name) }
    return { kind: 'file', file: new RemoteFile(opened.id, this.#services), stat: opened.stat }
  }

  close(): void {}

  #existing(name: string): FileStat {
    const stat = this.find(name)
    if (stat === undefined) throw fsError('no-entry')
    return stat
  }

  #below(name: string): RemoteFolder {
    return new RemoteFolder(this.#at(name), this.#services)
  }

  #at(name: string): string {
    return name === '.' ? this.#path : `${this.#path}/${name}`
  }
}

/** Files of memory cannot get a name in a folder. */
function remote(folder: Folder): RemoteFolder {
  if (folder instanceof RemoteFolder) return folder
  throw fsError('cross-device')
}
