import type { FolderServices, FsOperation, ServiceArgs, ServiceHandlers } from '@wasm-plugin/wasi'
import { fsError } from '@wasm-plugin/wasi/gate'
import type { DirectoryEntry } from '@wasm-plugin/wasi/instance'
import { fromBrowser, isRefusal } from './browser-errors.js'
import type { Names, OpenFile, Tree } from './tree.js'

export interface FolderParts {
  /** The folder that a path is in, and where in it. */
  find(path: string): { readonly tree: Tree; readonly names: Names }
  /** The person at the page does not allow it, or no longer. */
  onRefused(operation: FsOperation, path: string): void
}

/** A file, or the names of a directory as far as they were not told. */
interface Open {
  readonly path: string
  readonly file?: OpenFile
  readonly entries?: AsyncGenerator<DirectoryEntry>
}

/** Entries that are told at a time. */
const ENTRIES = 256

/** What one thread does in folders, and what it has open there. */
export class ThreadFolders {
  readonly #parts: FolderParts
  readonly #open = new Map<number, Open>()
  #last = 0
  #isClosed = false

  constructor(parts: FolderParts) {
    this.#parts = parts
  }

  handlers(): Required<Pick<ServiceHandlers, keyof FolderServices>> {
    return {
      'folder.find': (path) => this.#at('stat', path, (tree, names) => tree.find(names)),
      'folder.list': (path) =>
        this.#at('readdir', path, async (tree, names) => this.#add({ path, entries: tree.list(names) })),
      'folder.next': (id) => this.#next(id),
      'folder.make': (path) => this.#at('mkdir', path, (tree, names) => tree.make(names)),
      'folder.remove': (path, type) =>
        this.#at(type === 'directory' ? 'rmdir' : 'unlink', path, (tree, names) => tree.remove(names, type)),
      'folder.rename': (from, to) =>
        this.#at('rename', from, async (tree, names) => {
          const target = this.#parts.find(to)
          if (target.tree !== tree) throw fsError('cross-device')
          await tree.rename(names, target.names)
        }),
      'folder.open': (path, how) => this.#openAt(path, how),
      'folder.stat': (id) => this.#in('stat', id, (open) => open.stat()),
      'folder.read': (id, size, offset) => this.#in('open', id, ({ file }) => file.read(size, offset)),
      'folder.write': (id, bytes, offset) => this.#in('write', id, ({ file }) => file.write(bytes, offset)),
      'folder.truncate': (id, size) => this.#in('write', id, ({ file }) => file.truncate(size)),
      'folder.sync': (id) => this.#in('write', id, ({ file }) => file.keep()),
      'folder.close': (id) => this.#close(id),
    }
  }

  /** To be called when the thread is gone: what it wrote stays written. */
  close(): void {
    this.#isClosed = true
    for (const id of this.#open.keys()) this.#giveUp(id)
  }

  #giveUp(id: number): void {
    void this.#close(id).catch(() => {})
  }

  #openAt(path: string, how: ServiceArgs<'folder.open'>[1]) {
    return this.#at(how.create ? 'create' : 'open', path, async (tree, names) => {
      const file = await tree.open(names, how)
      return file === undefined ? 'directory' : { id: this.#add({ path, file }), stat: await file.stat() }
    })
  }

  async #next(id: number): Promise<DirectoryEntry[]> {
    const { path, entries } = this.#known(id)
    const told: DirectoryEntry[] = []
    return await this.#step('readdir', path, async () => {
      while (told.length < ENTRIES) {
        const next = await entries?.next()
        if (next === undefined || next.done) break
        told.push(next.value)
      }
      return told
    })
  }

  async #close(id: number): Promise<void> {
    const { path, file, entries } = this.#known(id)
    this.#open.delete(id)
    await this.#step('write', path, async () => {
      await entries?.return(undefined)
      await file?.close()
    })
  }

  #at<T>(operation: FsOperation, path: string, step: (tree: Tree, names: Names) => Promise<T>): Promise<T> {
    return this.#step(operation, path, () => {
      const { tree, names } = this.#parts.find(path)
      return step(tree, names)
    })
  }

  #in<T>(operation: FsOperation, id: number, step: (file: OpenFile) => Promise<T>): Promise<T> {
    const { path, file } = this.#known(id)
    return this.#step(operation, path, () => {
      if (file === undefined) throw fsError('bad-descriptor')
      return step(file)
    })
  }

  async #step<T>(operation: FsOperation, path: string, step: () => Promise<T>): Promise<T> {
    try {
      return await step()
    } catch (error) {
      if (isRefusal(error)) this.#parts.onRefused(operation, path)
      throw fromBrowser(error)
    }
  }

  #add(open: Open): number {
    const id = ++this.#last
    this.#open.set(id, open)
    // It was being opened when the thread ended.
    if (this.#isClosed) this.#giveUp(id)
    return id
  }

  #known(id: number): Open {
    const open = this.#open.get(id)
    if (open === undefined) throw fsError('bad-descriptor')
    return open
  }
}
