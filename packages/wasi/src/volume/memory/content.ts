import { BLOCK_BYTES, BLOCK_WORDS, type Heap } from './heap.js'
import { CONTENT, HEIGHT, SIZE } from './layout.js'

/**
 * The bytes of a file: blocks at the leaves of a tree whose nodes are blocks of block numbers, made as they are written.
 * Missing leaves are zeros, and so is everything past the size; so the size grows before bytes are written, and
 * shrinks after they are cleared.
 */

export function sizeOf(heap: Heap, inode: number): number {
  return Number(heap.long(inode * (BLOCK_WORDS / 2) + SIZE))
}

export function readContent(heap: Heap, inode: number, want: number, offset: number): Uint8Array {
  const length = Math.max(0, Math.min(want, sizeOf(heap, inode) - offset))
  const bytes = new Uint8Array(length)
  eachPart(offset, length, (leaf, from, to, done) => {
    const block = find(heap, inode, leaf)
    if (block !== 0)
      bytes.set(heap.bytes.subarray(block * BLOCK_BYTES + from, block * BLOCK_BYTES + to), done)
  })
  return bytes
}

/** Makes room in steps of its own, for more bytes than one step can write down. */
export function reserveContent(heap: Heap, inode: number, length: number, offset: number): void {
  eachPart(offset, length, (leaf) => {
    make(heap, inode, leaf)
    heap.commit()
  })
}

/** Ends the step with its last change of the tree: what happens to bytes afterwards is not undone. */
export function writeContent(heap: Heap, inode: number, bytes: Uint8Array, offset: number): void {
  if (bytes.length === 0) return
  eachPart(offset, bytes.length, (leaf) => make(heap, inode, leaf))
  if (offset + bytes.length > sizeOf(heap, inode)) setSize(heap, inode, offset + bytes.length)
  heap.commit()
  eachPart(offset, bytes.length, (leaf, from, to, done) => {
    const at = find(heap, inode, leaf) * BLOCK_BYTES + from
    heap.bytes.set(bytes.subarray(done, done + to - from), at)
  })
}

export function resizeContent(heap: Heap, inode: number, size: number): void {
  if (size < sizeOf(heap, inode)) {
    const tail = size % BLOCK_BYTES
    const last = tail === 0 ? 0 : find(heap, inode, Math.floor(size / BLOCK_BYTES))
    if (last !== 0) heap.bytes.fill(0, last * BLOCK_BYTES + tail, (last + 1) * BLOCK_BYTES)
    const root = inode * BLOCK_WORDS + CONTENT
    prune(heap, root, heap.word(inode * BLOCK_WORDS + HEIGHT), Math.ceil(size / BLOCK_BYTES))
  }
  setSize(heap, inode, size)
}

function setSize(heap: Heap, inode: number, size: number): void {
  heap.setLong(inode * (BLOCK_WORDS / 2) + SIZE, BigInt(size))
}

/** Leaves below a node of that height. */
const span = (height: number) => BLOCK_WORDS ** height
const slotOf = (node: number, leaf: number, height: number) =>
  node * BLOCK_WORDS + (Math.floor(leaf / span(height - 1)) % BLOCK_WORDS)

/** The block of a leaf, or 0. */
function find(heap: Heap, inode: number, leaf: number): number {
  let height = heap.word(inode * BLOCK_WORDS + HEIGHT)
  let node = leaf < span(height) ? heap.word(inode * BLOCK_WORDS + CONTENT) : 0
  for (; node !== 0 && height > 0; height--) node = heap.word(slotOf(node, leaf, height))
  return node
}

function make(heap: Heap, inode: number, leaf: number): void {
  const root = inode * BLOCK_WORDS + CONTENT
  let height = heap.word(inode * BLOCK_WORDS + HEIGHT)
  for (; leaf >= span(height); height++) {
    const below = heap.word(root)
    if (below !== 0) {
      const above = heap.allocate()
      heap.set(above * BLOCK_WORDS, below)
      heap.set(root, above)
    }
    heap.set(inode * BLOCK_WORDS + HEIGHT, height + 1)
  }
  let slot = root
  for (; ; height--) {
    if (heap.word(slot) === 0) heap.set(slot, heap.allocate())
    if (height === 0) break
    slot = slotOf(heap.word(slot), leaf, height)
  }
}

/** Frees the leaves from `keep` on that are below `slot`. */
function prune(heap: Heap, slot: number, height: number, keep: number): void {
  const node = heap.word(slot)
  if (node === 0 || keep >= span(height)) return
  if (height > 0)
    for (let i = Math.max(0, Math.floor(keep / span(height - 1))); i < BLOCK_WORDS; i++)
      prune(heap, node * BLOCK_WORDS + i, height - 1, keep - i * span(height - 1))
  if (keep > 0) return
  heap.set(slot, 0)
  heap.free(node)
  heap.commit()
}

type Part = (leaf: number, from: number, to: number, done: number) => void

/** The leaves that `length` bytes at `offset` touch, with the bytes inside each and those before it. */
function eachPart(offset: number, length: number, visit: Part): void {
  for (let done = 0; done < length; ) {
    const from = (offset + done) % BLOCK_BYTES
    const to = Math.min(BLOCK_BYTES, from + length - done)
    visit(Math.floor((offset + done) / BLOCK_BYTES), from, to, done)
    done += to - from
  }
}
