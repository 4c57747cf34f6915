import { fsError } from '../errno.js'
import type { FileHandle, FileStat, NewTimes, NewTimestamp } from '../volume.js'
import { readContent, reserveContent, resizeContent, writeContent } from './content.js'
import { ATIME, CTIME, MTIME } from './layout.js'
import { now, type Tree } from './tree.js'

/** A regular file in memory; holds its inode. */
export class MemoryFile implements FileHandle {
  readonly #tree: Tree
  readonly #inode: number
  readonly #dev: bigint

  constructor(tree: Tree, inode: number, dev: bigint) {
    this.#tree = tree
    this.#inode = inode
    this.#dev = dev
  }

  stat(): FileStat {
    return this.#run(() => this.#tree.stat(this.#inode, this.#dev))
  }

  read(size: number, offset: bigint): Uint8Array {
    return this.#run(() => readContent(this.#tree.heap, this.#inode, size, Number(offset)))
  }

  write(bytes: Uint8Array, offset: number): void {
    this.#run(() => {
      reserveContent(this.#tree.heap, this.#inode, bytes.length, offset)
      this.#tree.touch(this.#inode)
      writeContent(this.#tree.heap, this.#inode, bytes, offset)
    })
  }

  truncate(size: number): void {
    this.#run(() => {
      this.#tree.touch(this.#inode)
      resizeContent(this.#tree.heap, this.#inode, size)
    })
  }

  setTimes(times: NewTimes): void {
    this.#run(() => setTimes(this.#tree, this.#inode, times))
  }

  sync(): void {}

  close(): void {
    this.#run(() => this.#tree.drop(this.#inode))
  }

  #run<T>(step: () => T): T {
    return this.#tree.heap.run(step)
  }
}

/** To be called inside of a step. */
export function setTimes(tree: Tree, inode: number, { access, modification }: NewTimes): void {
  set(tree, inode, ATIME, access)
  set(tree, inode, MTIME, modification)
  tree.setLong(inode, CTIME, now())
}

function set(tree: Tree, inode: number, field: number, time: NewTimestamp): void {
  if (time.tag === 'no-change') return
  const ns = time.tag === 'now' ? now() : time.val.seconds * 1_000_000_000n + BigInt(time.val.nanoseconds)
  if (ns >= 1n << 63n) throw fsError('overflow')
  tree.setLong(inode, field, ns)
}
