import type { ServiceArgs } from '@wasm-plugin/wasi'
import { fsError } from '@wasm-plugin/wasi/gate'
import type { DirectoryEntry, FileStat } from '@wasm-plugin/wasi/instance'
import { nameOf } from './browser-errors.js'
import { type FileState, SharedFile } from './shared-file.js'

/** What leads from the folder to an entry of it; none to the folder itself. */
export type Names = readonly string[]

type Entry = FileSystemDirectoryHandle | FileSystemFileHandle

/** A file that somebody has open. */
export interface OpenFile {
  readonly file: SharedFile
  stat(): Promise<FileStat>
  close(): Promise<void>
}

/** Above the device numbers of systems. */
let devices = 1n << 40n

/**
 * A folder as all plugins of this page see it: each entry has one number, and each file is opened once. Failures are those
 * of the browser, or the error codes of WASI.
 */
export class Tree {
  readonly #root: FileSystemDirectoryHandle
  readonly #device = devices++
  readonly #numbers = new Map<string, bigint>()
  readonly #files = new Map<string, SharedFile>()
  #last = 0n

  constructor(root: FileSystemDirectoryHandle) {
    this.#root = root
  }

  async find(names: Names): Promise<FileStat | undefined> {
    const entry = await this.#entry(names)
    const key = keyOf(names)
    if (entry === undefined) {
      this.#numbers.delete(key)
      return undefined
    }
    if (entry.kind === 'directory') return this.#stat(key, 'directory', NOTHING)
    const file = this.#files.get(key) ?? new SharedFile(entry)
    return this.#stat(key, 'regular-file', await file.state())
  }

  async *list(names: Names): AsyncGenerator<DirectoryEntry> {
    const dir = await this.#directory(names)
    for await (const { name, kind } of dir.values())
      yield { name, type: kind === 'file' ? 'regular-file' : 'directory' }
  }

  async make(names: Names): Promise<void> {
    const { dir, name } = await this.#place(names)
    if ((await entryOf(dir, name)) !== undefined) throw fsError('exist')
    await dir.getDirectoryHandle(name, { create: true })
  }

  async remove(names: Names, type: ServiceArgs<'folder.remove'>[1]): Promise<void> {
    const { dir, name } = await this.#place(names)
    requireType(existing(await entryOf(dir, name)), type)
    await this.#requireClosed(names)
    await dir.removeEntry(name)
    this.#numbers.delete(keyOf(names))
  }

  /** A browser moves what it has a method for. */
  async rename(from: Names, to: Names): Promise<void> {
    const [source, target] = [await this.#place(from), await this.#place(to)]
    const moved = existing(await entryOf(source.dir, source.name))
    const [before, after] = [keyOf(from), keyOf(to)]
    if (before === after) return
    if (after.startsWith(`${before}/`)) throw fsError('invalid')
    if (!canMove(moved)) throw fsError('unsupported')
    const replaced = await entryOf(target.dir, target.name)
    if (replaced !== undefined) requireType(replaced, moved.kind === 'file' ? 'regular-file' : 'directory')
    await this.#requireClosed(from)
    await this.#requireClosed(to)
    if (replaced?.kind === 'directory') await target.dir.removeEntry(target.name)
    await moved.move(target.dir, target.name)
    this.#renumber(before, after)
  }

  /** Undefined for a directory. */
  async open(names: Names, { create }: ServiceArgs<'folder.open'>[1]): Promise<OpenFile | undefined> {
    const there = await this.#entry(names)
    if (create && there !== undefined) throw fsError('exist')
    const entry = create ? await this.#create(names) : existing(there)
    if (entry.kind === 'directory') return undefined
    const key = keyOf(names)
    const file = this.#files.get(key) ?? new SharedFile(entry)
    this.#files.set(key, file)
    file.users++
    return {
      file,
      stat: async () => this.#stat(key, 'regular-file', await file.state()),
      close: async () => {
        file.users--
        try {
          await file.keep()
        } finally {
          if (file.users === 0) this.#files.delete(key)
        }
      },
    }
  }

  async #create(names: Names): Promise<FileSystemFileHandle> {
    const { dir, name } = await this.#place(names)
    return await dir.getFileHandle(name, { create: true })
  }

  async #entry(names: Names): Promise<Entry | undefined> {
    if (names.length > 0) {
      const { dir, name } = await this.#place(names)
      return await entryOf(dir, name)
    }
    // A handle says nothing of whether its folder is there; to look into it does.
    return await orNone(async () => {
      await this.#root.keys().next()
      return this.#root
    })
  }

  async #place(names: Names): Promise<{ readonly dir: FileSystemDirectoryHandle; readonly name: string }> {
    const name = names.at(-1)
    if (name === undefined) throw fsError('busy')
    return { dir: await this.#directory(names.slice(0, -1)), name }
  }

  async #directory(names: Names): Promise<FileSystemDirectoryHandle> {
    let dir = this.#root
    for (const name of names) {
      const entry = existing(await entryOf(dir, name))
      if (entry.kind === 'file') throw fsError('not-directory')
      dir = entry
    }
    return dir
  }

  /** A browser has nothing for a file that is open and has no name. */
  async #requireClosed(names: Names): Promise<void> {
    const key = keyOf(names)
    for (const [open, file] of [...this.#files]) {
      if (open !== key && !open.startsWith(`${key}/`)) continue
      if (file.users > 0) throw fsError('busy')
      await file.keep()
    }
  }

  #stat(key: string, type: EntryType, { exists, size, modified }: FileState): FileStat {
    const ino = this.#numbers.get(key) ?? ++this.#last
    this.#numbers.set(key, ino)
    const time = BigInt(modified) * 1_000_000n
    return {
      ...{ type, dev: this.#device, ino, nlink: exists ? 1n : 0n, size: BigInt(size) },
      ...{ atimeNs: time, mtimeNs: time, ctimeNs: time },
    }
  }

  /** What is moved keeps its number, and so does all that is in it. */
  #renumber(before: string, after: string): void {
    for (const [key, number] of [...this.#numbers]) {
      if (key !== before && !key.startsWith(`${before}/`)) continue
      this.#numbers.delete(key)
      this.#numbers.set(`${after}${key.slice(before.length)}`, number)
    }
  }
}

type EntryType = ServiceArgs<'folder.remove'>[1]

/** What a browser says of a directory. */
const NOTHING: FileState = { exists: true, size: 0, modified: 0 }

async function entryOf(dir: FileSystemDirectoryHandle, name: string): Promise<Entry | undefined> {
  return await orNone(async () => {
    try {
      return await dir.getFileHandle(name)
    } catch (error) {
      if (nameOf(error) !== 'TypeMismatchError') throw error
      return await dir.getDirectoryHandle(name)
    }
  })
}

async function orNone<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look()
  } catch (error) {
    if (nameOf(error) === 'NotFoundError') return undefined
    throw error
  }
}

function existing(entry: Entry | undefined): Entry {
  if (entry === undefined) throw fsError('no-entry')
  return entry
}

function requireType({ kind }: Entry, type: EntryType): void {
  if (type === 'directory' && kind === 'file') throw fsError('not-directory')
  if (type === 'regular-file' && kind === 'directory') throw fsError('is-directory')
}

interface Movable {
  move(to: FileSystemDirectoryHandle, name: string): Promise<void>
}

function canMove(entry: Entry): entry is Entry & Movable {
  return 'move' in entry
}

function keyOf(names: Names): string {
  return names.join('/')
}
