import { fsError } from '../errno.js'
import type { DirectoryEntry, FileStat } from '../volume.js'
import { resizeContent } from './content.js'
import { BLOCK_BYTES, BLOCK_WORDS, Heap, USER_WORDS } from './heap.js'
import * as at from './layout.js'

/** Words of block 0 that the tree uses. */
const BUCKETS = USER_WORDS
const MASK = USER_WORDS + 1
const ROOT = USER_WORDS + 2
const LAST_INO = (USER_WORDS + 4) / 2

const TYPES = ['unknown', 'regular-file', 'directory', 'symbolic-link'] as const
const decoder = new TextDecoder()

/**
 * Inodes and names on a heap. Inodes, entries and directories are told by their block; every method is to be called inside
 * of a step of the heap. Names are found by one table over (directory, name), listed by a chain per directory.
 */
export class Tree {
  readonly heap: Heap

  /** @param thread Number of the thread that uses this object. */
  constructor(buffer: SharedArrayBuffer, thread: number) {
    this.heap = new Heap(buffer, thread)
  }

  /** An empty root directory, and a table for about `entries` names. */
  static format(buffer: SharedArrayBuffer, entries: number): Tree {
    // No other thread has it yet.
    const tree = new Tree(buffer, 0)
    const { heap } = tree
    const buckets = bucketsFor(entries)
    heap.run(() => {
      heap.set(BUCKETS, heap.allocateRun((buckets * 4) / BLOCK_BYTES) * BLOCK_WORDS)
      heap.set(MASK, buckets - 1)
      heap.set(ROOT, tree.make(at.DIRECTORY))
      heap.set(tree.root * BLOCK_WORDS + at.NLINK, 1)
    })
    return tree
  }

  get root(): number {
    return this.heap.word(ROOT)
  }

  get(block: number, field: number): number {
    return this.heap.word(block * BLOCK_WORDS + field)
  }

  set(block: number, field: number, value: number): void {
    this.heap.set(block * BLOCK_WORDS + field, value)
  }

  long(block: number, field: number): bigint {
    return this.heap.long(block * (BLOCK_WORDS / 2) + field)
  }

  setLong(block: number, field: number, value: bigint): void {
    this.heap.setLong(block * (BLOCK_WORDS / 2) + field, value)
  }

  /** A new inode without a name. */
  make(type: number): number {
    const inode = this.heap.allocate()
    const ino = this.heap.long(LAST_INO) + 1n
    this.heap.setLong(LAST_INO, ino)
    this.set(inode, at.TYPE, type)
    this.setLong(inode, at.INO, ino)
    for (const time of [at.ATIME, at.MTIME, at.CTIME]) this.setLong(inode, time, now())
    return inode
  }

  /** The entry, or 0. */
  find(dir: number, name: Uint8Array): number {
    const hash = hashOf(dir, name)
    for (let entry = this.heap.word(this.#bucket(hash)); entry !== 0; entry = this.get(entry, at.CHAIN))
      if (this.get(entry, at.HASH) === hash && this.get(entry, at.IN) === dir && this.#isNamed(entry, name))
        return entry
    return 0
  }

  /** Gives an inode one more name. */
  add(dir: number, name: Uint8Array, inode: number): void {
    if (this.get(dir, at.NLINK) === 0) throw fsError('no-entry')
    if (this.find(dir, name) !== 0) throw fsError('exist')
    const entry = this.heap.allocate()
    const hash = hashOf(dir, name)
    const bucket = this.#bucket(hash)
    this.heap.bytes.set(name, entry * BLOCK_BYTES + at.NAME)
    this.set(entry, at.NAME_LENGTH, name.length)
    this.set(entry, at.HASH, hash)
    this.set(entry, at.INODE, inode)
    this.set(entry, at.IN, dir)
    this.set(entry, at.CHAIN, this.heap.word(bucket))
    this.heap.set(bucket, entry)
    const last = this.get(dir, at.LAST)
    this.set(entry, at.PREVIOUS, last)
    if (last === 0) this.set(dir, at.FIRST, entry)
    else this.set(last, at.NEXT, entry)
    this.set(dir, at.LAST, entry)
    this.set(inode, at.NLINK, this.get(inode, at.NLINK) + 1)
    if (this.get(inode, at.TYPE) === at.DIRECTORY) this.set(inode, at.PARENT, dir)
    this.touch(dir)
  }

  /** Takes a name away; to be followed by `release` of the inode, which it answers. */
  remove(entry: number): number {
    const dir = this.get(entry, at.IN)
    const [inode, previous, next] = [at.INODE, at.PREVIOUS, at.NEXT].map((field) => this.get(entry, field))
    this.#unchain(entry)
    if (previous === 0) this.set(dir, at.FIRST, next as number)
    else this.set(previous as number, at.NEXT, next as number)
    if (next === 0) this.set(dir, at.LAST, previous as number)
    else this.set(next as number, at.PREVIOUS, previous as number)
    this.heap.free(entry)
    this.set(inode as number, at.NLINK, this.get(inode as number, at.NLINK) - 1)
    // Its parent may be gone before it is, if it stays open.
    this.set(inode as number, at.PARENT, 0)
    this.setLong(inode as number, at.CTIME, now())
    this.touch(dir)
    return inode as number
  }

  hold(inode: number): void {
    this.set(inode, at.OPENS, this.get(inode, at.OPENS) + 1)
  }

  drop(inode: number): void {
    this.set(inode, at.OPENS, this.get(inode, at.OPENS) - 1)
    this.release(inode)
  }

  /** Frees an inode that has neither a name nor a handle. */
  release(inode: number): void {
    if (this.get(inode, at.NLINK) > 0 || this.get(inode, at.OPENS) > 0) return
    // What went before is permanent now: content is freed piece by piece.
    this.heap.commit()
    if (this.get(inode, at.TYPE) !== at.DIRECTORY) resizeContent(this.heap, inode, 0)
    this.heap.free(inode)
  }

  /** Blocks of the entries. */
  entries(dir: number): number[] {
    const found: number[] = []
    for (let entry = this.get(dir, at.FIRST); entry !== 0; entry = this.get(entry, at.NEXT)) found.push(entry)
    return found
  }

  entry(entry: number): DirectoryEntry {
    const start = entry * BLOCK_BYTES + at.NAME
    // A decoder does not read shared memory.
    const name = decoder.decode(this.heap.bytes.slice(start, start + this.get(entry, at.NAME_LENGTH)))
    return { name, type: TYPES[this.get(this.get(entry, at.INODE), at.TYPE)] ?? 'unknown' }
  }

  stat(inode: number, dev: bigint): FileStat {
    return {
      type: TYPES[this.get(inode, at.TYPE)] ?? 'unknown',
      dev,
      ino: this.long(inode, at.INO),
      nlink: BigInt(this.get(inode, at.NLINK)),
      size: this.long(inode, at.SIZE),
      atimeNs: this.long(inode, at.ATIME),
      mtimeNs: this.long(inode, at.MTIME),
      ctimeNs: this.long(inode, at.CTIME),
    }
  }

  /** Notes a change of what is in a file or directory. */
  touch(inode: number): void {
    const time = now()
    this.setLong(inode, at.MTIME, time)
    this.setLong(inode, at.CTIME, time)
  }

  #bucket(hash: number): number {
    return this.heap.word(BUCKETS) + (hash & this.heap.word(MASK))
  }

  #isNamed(entry: number, name: Uint8Array): boolean {
    if (this.get(entry, at.NAME_LENGTH) !== name.length) return false
    const start = entry * BLOCK_BYTES + at.NAME
    for (let i = 0; i < name.length; i++) if (this.heap.bytes[start + i] !== name[i]) return false
    return true
  }

  #unchain(entry: number): void {
    let slot = this.#bucket(this.get(entry, at.HASH))
    while (this.heap.word(slot) !== entry) slot = this.heap.word(slot) * BLOCK_WORDS + at.CHAIN
    this.heap.set(slot, this.get(entry, at.CHAIN))
  }
}

/** Bytes of heap that the table of names takes. */
export function tableBytes(entries: number): number {
  return bucketsFor(entries) * 4
}

function bucketsFor(entries: number): number {
  return 2 ** Math.ceil(Math.log2(Math.min(65_536, Math.max(BLOCK_WORDS, entries))))
}

/** FNV-1a. */
function hashOf(dir: number, name: Uint8Array): number {
  let hash = 0x811c9dc5 ^ dir
  for (const byte of name) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash ^ (hash >>> 15)
}

export function now(): bigint {
  return BigInt(Date.now()) * 1_000_000n
}
