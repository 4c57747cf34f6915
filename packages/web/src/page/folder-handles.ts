/**
 * What stands in grants for a folder that the application gave by a handle: grants are plain data, which a handle is not.
 * It does for as long as the application, or a plugin that has the grant, holds the handle.
 */
const paths = /* @__PURE__ */ new WeakMap<object, string>()
const handles = /* @__PURE__ */ new Map<string, WeakRef<FileSystemDirectoryHandle>>()
const gone = /* @__PURE__ */ new FinalizationRegistry<string>((path) => handles.delete(path))
let last = 0

/** `/1:photos` */
export function pathOfFolder(handle: object): string {
  const known = paths.get(handle)
  if (known !== undefined) return known
  const folder = handle as FileSystemDirectoryHandle
  const path = `/${++last}:${folder.name.replaceAll('/', '')}`
  paths.set(handle, path)
  handles.set(path, new WeakRef(folder))
  gone.register(handle, path)
  return path
}

/** The folder that a path is in, and the names that lead on from there. */
export function folderAt(path: string): { readonly root: string; readonly names: readonly string[] } {
  const [, root = '', ...names] = path.split('/')
  return { root: `/${root}`, names }
}

/** The handle of the folder that a path is in. */
export function handleAt(path: string): FileSystemDirectoryHandle | undefined {
  return handles.get(folderAt(path).root)?.deref()
}
