import { encodeUtf8 } from '../../utf8.js'
import { MAX_PATH } from '../path.js'
import { readContent, reserveContent, sizeOf, writeContent } from './content.js'
import { BLOCK_BYTES, Heap } from './heap.js'
import { DIRECTORY, FILE, INODE, TYPE } from './layout.js'
import { Tree, tableBytes } from './tree.js'

/** Contents by path, with `/` between names and without one at either end. */
export type Contents = ReadonlyMap<string, Uint8Array>

/** Heap that one entry takes beside the bytes of its file: inode, name, the rest of a block, and nodes. */
const ENTRY_BYTES = 4 * BLOCK_BYTES

/** Sets up a volume with files in it, and room for the plugin's own. Throws RangeError if there is no such memory. */
export function createMemory(
  files: Contents,
  { quotaBytes, quotaEntries }: { quotaBytes: number; quotaEntries: number },
): SharedArrayBuffer {
  const directories = new Set([...files.keys()].flatMap(parentsOf))
  const entries = files.size + directories.size + quotaEntries
  let bytes = quotaBytes
  for (const content of files.values()) bytes += content.length
  // A node has 128 leaves: with those above it, less than one byte more for every 64.
  const buffer = Heap.create(
    Math.ceil(bytes * (1 + 1 / 64)) + entries * ENTRY_BYTES + tableBytes(entries) + 4 * BLOCK_BYTES,
  )
  const tree = Tree.format(buffer, entries)
  for (const [path, content] of files) addFile(tree, path, content)
  return buffer
}

/**
 * Every file of the volume, from the root down, as it is at one moment; `undefined` while another thread is changing it.
 * What is deeper than a path can be long, and what is no regular file, is left out. Names of one file share its bytes.
 */
export function readMemory(buffer: SharedArrayBuffer, thread: number): Map<string, Uint8Array> | undefined {
  const tree = new Tree(buffer, thread)
  return tree.heap.tryRun(() => {
    const found = new Map<string, Uint8Array>()
    const contents = new Map<number, Uint8Array>()
    const pending: [dir: number, path: string][] = [[tree.root, '']]
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [dir, above] = next
      for (const entry of tree.entries(dir)) {
        const path = above + tree.entry(entry).name
        if (path.length > MAX_PATH) continue
        const inode = tree.get(entry, INODE)
        const type = tree.get(inode, TYPE)
        if (type === DIRECTORY) pending.push([inode, `${path}/`])
        if (type !== FILE) continue
        const content = contents.get(inode) ?? readContent(tree.heap, inode, sizeOf(tree.heap, inode), 0)
        contents.set(inode, content)
        found.set(path, content)
      }
    }
    return found
  })?.value
}

/** Takes the volume from a thread that has ended, whatever it was doing. */
export function releaseMemory(buffer: SharedArrayBuffer, deadThread: number): void {
  new Heap(buffer, deadThread).release()
}

function addFile(tree: Tree, path: string, content: Uint8Array): void {
  const names = path.split('/').map(encodeUtf8)
  const last = names.pop() as Uint8Array
  tree.heap.run(() => {
    let dir = tree.root
    for (const name of names) {
      const entry = tree.find(dir, name)
      if (entry === 0) {
        const made = tree.make(DIRECTORY)
        tree.add(dir, name, made)
        tree.heap.commit()
        dir = made
      } else dir = tree.get(entry, INODE)
    }
    const file = tree.make(FILE)
    tree.add(dir, last, file)
    reserveContent(tree.heap, file, content.length, 0)
    writeContent(tree.heap, file, content, 0)
  })
}

/** `a/b/c` to `a` and `a/b`. */
function parentsOf(path: string): string[] {
  const names = path.split('/')
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join('/'))
}
