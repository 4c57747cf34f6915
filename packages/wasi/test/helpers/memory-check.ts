import { threadId } from 'node:worker_threads'
import { layout as at, BLOCK_BYTES, BLOCK_WORDS, Tree } from '#internal'

/** Words of block 0, as the heap has them. */
const FREE = 2
const UNUSED = 3
const MASK = 17

/**
 * Walks everything that hangs together in a memory volume; throws if a block is used twice, or is used and free. Blocks
 * that are neither are those that a thread held or was about to free when it was ended.
 */
export function checkMemory(buffer: SharedArrayBuffer): { used: number; free: number; lost: number } {
  const tree = new Tree(buffer, threadId)
  const { heap } = tree
  const seen = new Map<number, string>()
  const claim = (block: number, what: string) => {
    if (!Number.isInteger(block) || block < 3 || block >= heap.word(UNUSED))
      throw new Error(`${what} is in block ${block}, which nobody allocated`)
    const before = seen.get(block)
    if (before !== undefined) throw new Error(`${what} is in block ${block}, and so is ${before}`)
    seen.set(block, what)
  }
  let free = 0
  for (let block = heap.word(FREE); block !== 0; block = heap.word(block * BLOCK_WORDS)) {
    claim(block, 'a free block')
    free++
  }
  const content = (block: number, height: number) => {
    if (block === 0) return
    claim(block, `content of height ${height}`)
    if (height > 0)
      for (let i = 0; i < BLOCK_WORDS; i++) content(heap.word(block * BLOCK_WORDS + i), height - 1)
  }
  const links = new Map<number, number>()
  const visit = (dir: number) => {
    claim(dir, 'a directory')
    let previous = 0
    for (const entry of tree.entries(dir)) {
      claim(entry, 'an entry')
      if (tree.get(entry, at.PREVIOUS) !== previous) throw new Error('the chain of a directory is broken')
      if (tree.get(entry, at.IN) !== dir) throw new Error('an entry is in two directories')
      previous = entry
      const name = Buffer.from(tree.entry(entry).name)
      if (tree.find(dir, name) !== entry) throw new Error('a name is listed that cannot be found')
      const inode = tree.get(entry, at.INODE)
      if (tree.get(inode, at.TYPE) === at.DIRECTORY) {
        if (tree.get(inode, at.PARENT) !== dir) throw new Error('a directory does not know its parent')
        visit(inode)
        continue
      }
      const count = links.get(inode) ?? 0
      links.set(inode, count + 1)
      if (count > 0) continue
      claim(inode, 'a file')
      content(tree.get(inode, at.CONTENT), tree.get(inode, at.HEIGHT))
    }
    if (tree.get(dir, at.LAST) !== previous) throw new Error('a directory does not know its last entry')
  }
  visit(tree.root)
  for (const [inode, count] of links)
    if (tree.get(inode, at.NLINK) !== count) throw new Error('a file does not know how many names it has')
  // The table of names.
  const table = ((heap.word(MASK) + 1) * 4) / BLOCK_BYTES
  const used = seen.size - free
  return { used, free, lost: heap.word(UNUSED) - 3 - table - seen.size }
}
