import { encodeUtf8 } from '../../utf8.js'
import { fsError } from '../errno.js'
import {
  type DirectoryEntry,
  type FileId,
  type FileStat,
  type Folder,
  idOf,
  type NewTimes,
  type Opened,
  type OpenMode,
} from '../volume.js'
import { readContent, sizeOf, writeContent } from './content.js'
import { MemoryFile, setTimes } from './file.js'
import { DIRECTORY, FILE, FIRST, INODE, LINK, NLINK, PARENT, TYPE } from './layout.js'
import { Tree } from './tree.js'

/** Bytes of the target of a symbolic link, as on Linux. */
const MAX_TARGET = 4_095

/** The root directory of a memory volume, for one thread. `id` tells the volumes of one plugin apart. */
export function openMemory(
  buffer: SharedArrayBuffer,
  { id, thread }: { id: number; thread: number },
): Folder {
  const tree = new Tree(buffer, thread)
  return tree.heap.run(() => {
    tree.hold(tree.root)
    // Below zero: no device number of the system.
    return new MemoryFolder(tree, tree.root, BigInt(-1 - id))
  })
}

/** A directory in memory; holds its inode. The errors, and which of several is given, are those of Linux. */
class MemoryFolder implements Folder {
  readonly #tree: Tree
  readonly #inode: number
  readonly #dev: bigint

  constructor(tree: Tree, inode: number, dev: bigint) {
    this.#tree = tree
    this.#inode = inode
    this.#dev = dev
  }

  id(): FileId {
    return idOf(this.stat())
  }

  stat(): FileStat {
    return this.#run(() => this.#tree.stat(this.#inode, this.#dev))
  }

  depthBelow(root: Folder): number | undefined {
    const top = this.#sameVolume(root).#inode
    return this.#run(() => {
      let depth = 0
      for (let dir = this.#inode; dir !== 0; dir = this.#tree.get(dir, PARENT), depth++)
        if (dir === top) return depth
      return undefined
    })
  }

  list(): DirectoryEntry[] {
    return this.#run(() => {
      if (this.#tree.get(this.#inode, NLINK) === 0) throw fsError('no-entry')
      return this.#tree.entries(this.#inode).map((entry) => this.#tree.entry(entry))
    })
  }

  child(name: string): Folder | undefined {
    return this.#run(() => {
      const inode = this.#lookUp(name)
      return this.#typeOf(inode) === DIRECTORY ? this.#hold(inode) : undefined
    })
  }

  find(name: string): FileStat | undefined {
    return this.#run(() => {
      const inode = this.#inodeOf(name)
      return inode === 0 ? undefined : this.#tree.stat(inode, this.#dev)
    })
  }

  readlink(name: string): string {
    return this.#run(() => {
      const inode = this.#lookUp(name)
      if (this.#typeOf(inode) !== LINK) throw fsError('invalid')
      const { heap } = this.#tree
      return new TextDecoder().decode(readContent(heap, inode, sizeOf(heap, inode), 0))
    })
  }

  setTimes(name: string, times: NewTimes): void {
    this.#run(() => setTimes(this.#tree, this.#lookUp(name), times))
  }

  mkdir(name: string): void {
    this.#run(() => this.#tree.add(this.#inode, encodeUtf8(name), this.#tree.make(DIRECTORY)))
  }

  rmdir(name: string): void {
    this.#run(() => {
      const inode = this.#lookUp(name)
      this.#requireEmpty(inode)
      this.#remove(name)
    })
  }

  unlink(name: string): void {
    this.#run(() => {
      if (this.#typeOf(this.#lookUp(name)) === DIRECTORY) throw fsError('is-directory')
      this.#remove(name)
    })
  }

  symlink(target: string, name: string): void {
    const bytes = encodeUtf8(target)
    if (bytes.length > MAX_TARGET) throw fsError('name-too-long')
    this.#run(() => {
      const inode = this.#tree.make(LINK)
      this.#tree.add(this.#inode, encodeUtf8(name), inode)
      writeContent(this.#tree.heap, inode, bytes, 0)
    })
  }

  link(name: string, to: Folder, newName: string): void {
    const target = this.#sameVolume(to)
    this.#run(() => {
      const inode = this.#lookUp(name)
      target.#requireNew(newName)
      if (this.#typeOf(inode) === DIRECTORY) throw fsError('not-permitted')
      this.#tree.add(target.#inode, encodeUtf8(newName), inode)
    })
  }

  rename(name: string, to: Folder, newName: string): void {
    const target = this.#sameVolume(to)
    this.#run(() => {
      const inode = this.#lookUp(name)
      const replaced = target.#inodeOf(newName)
      if (this.#isAbove(inode, target.#inode)) throw fsError('invalid')
      if (replaced !== 0 && this.#isAbove(replaced, this.#inode)) throw fsError('not-empty')
      if (inode === replaced) return
      if (replaced !== 0) {
        const [moves, goes] = [this.#typeOf(inode) === DIRECTORY, this.#typeOf(replaced) === DIRECTORY]
        if (!moves && goes) throw fsError('is-directory')
        if (moves) target.#requireEmpty(replaced)
        this.#tree.remove(this.#tree.find(target.#inode, encodeUtf8(newName)))
      }
      this.#tree.remove(this.#tree.find(this.#inode, encodeUtf8(name)))
      this.#tree.add(target.#inode, encodeUtf8(newName), inode)
      if (replaced !== 0) this.#tree.release(replaced)
    })
  }

  open(name: string, { write, create }: OpenMode): Opened {
    return this.#run(() => {
      if (create) this.#tree.add(this.#inode, encodeUtf8(name), this.#tree.make(FILE))
      const inode = this.#lookUp(name)
      const type = this.#typeOf(inode)
      if (type === LINK) throw fsError('loop')
      if (type === DIRECTORY) {
        if (write) throw fsError('is-directory')
        return { kind: 'directory', folder: this.#hold(inode) }
      }
      this.#tree.hold(inode)
      const file = new MemoryFile(this.#tree, inode, this.#dev)
      return { kind: 'file', file, stat: this.#tree.stat(inode, this.#dev) }
    })
  }

  close(): void {
    this.#run(() => this.#tree.drop(this.#inode))
  }

  #run<T>(step: () => T): T {
    return this.#tree.heap.run(step)
  }

  #hold(inode: number): MemoryFolder {
    this.#tree.hold(inode)
    return new MemoryFolder(this.#tree, inode, this.#dev)
  }

  #sameVolume(to: Folder): MemoryFolder {
    if (to instanceof MemoryFolder && to.#dev === this.#dev) return to
    throw fsError('cross-device')
  }

  /** 0 if there is no such entry. */
  #inodeOf(name: string): number {
    if (name === '.') return this.#inode
    const entry = this.#tree.find(this.#inode, encodeUtf8(name))
    return entry === 0 ? 0 : this.#tree.get(entry, INODE)
  }

  #lookUp(name: string): number {
    const inode = this.#inodeOf(name)
    if (inode === 0) throw fsError('no-entry')
    return inode
  }

  #typeOf(inode: number): number {
    return this.#tree.get(inode, TYPE)
  }

  #remove(name: string): void {
    this.#tree.release(this.#tree.remove(this.#tree.find(this.#inode, encodeUtf8(name))))
  }

  #requireNew(name: string): void {
    if (this.#tree.get(this.#inode, NLINK) === 0) throw fsError('no-entry')
    if (this.#inodeOf(name) !== 0) throw fsError('exist')
  }

  #requireEmpty(inode: number): void {
    if (this.#typeOf(inode) !== DIRECTORY) throw fsError('not-directory')
    if (this.#tree.get(inode, FIRST) !== 0) throw fsError('not-empty')
  }

  /** True if `dir` is `inode` or lies below it. */
  #isAbove(inode: number, dir: number): boolean {
    if (this.#typeOf(inode) !== DIRECTORY) return false
    for (let above = dir; above !== 0; above = this.#tree.get(above, PARENT)) if (above === inode) return true
    return false
  }
}
