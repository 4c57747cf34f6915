import { Tree } from './tree.js'

type Handle = FileSystemDirectoryHandle

const trees = /* @__PURE__ */ new WeakMap<Handle, Tree>()
/** Those that have a tree, as long as somebody holds one. */
const handles = /* @__PURE__ */ new Set<WeakRef<Handle>>()

/** The tree of a folder: one, however many handles lead to it. */
export async function treeOf(handle: Handle): Promise<Tree> {
  const tree = trees.get(handle) ?? (await sameFolder(handle)) ?? new Tree(handle)
  // Another may have looked at the same time.
  const first = trees.get(handle) ?? tree
  if (!trees.has(handle)) handles.add(new WeakRef(handle))
  trees.set(handle, first)
  return first
}

async function sameFolder(handle: Handle): Promise<Tree | undefined> {
  for (const reference of handles) {
    const other = reference.deref()
    if (other === undefined) handles.delete(reference)
    else if (await handle.isSameEntry(other)) return trees.get(other)
  }
  return undefined
}
