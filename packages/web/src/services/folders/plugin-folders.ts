import { errors, type FsGrant, type FsOperation, type Gate } from '@wasm-plugin/wasi'
import { fsError } from '@wasm-plugin/wasi/gate'
import { folderAt, handleAt } from '../../page/folder-handles.js'
import { ThreadFolders } from './thread-folders.js'
import type { Tree } from './tree.js'
import { treeOf } from './trees.js'

type Handle = FileSystemDirectoryHandle

/** The folders that a plugin has by handles. */
export class PluginFolders {
  readonly #gate: Gate
  /** By what stands for their handles in paths. */
  readonly #trees: ReadonlyMap<string, Tree>

  private constructor(gate: Gate, trees: ReadonlyMap<string, Tree>) {
    this.#gate = gate
    this.#trees = trees
  }

  /** @throws {GRANTS_INVALID} {GRANT_PATH_MISSING} {FOLDER_NOT_PERMITTED} */
  static async open(grants: readonly FsGrant[], gate: Gate): Promise<PluginFolders> {
    const trees = new Map<string, Tree>()
    const roots = new Map<string, Handle>()
    for (const { path, at, access } of grants) {
      const { root, names } = folderAt(path ?? '')
      const handle = handleAt(root)
      if (handle === undefined) throw errors.GRANT_PATH_MISSING({ path: root, at })
      await requirePermission(handle, { at, access })
      const tree = trees.get(root) ?? (await treeOf(handle))
      const stat = await tree.find(names).catch(() => undefined)
      if (stat === undefined) throw errors.GRANT_PATH_MISSING({ path: `${path}`, at })
      if (stat.type !== 'directory') throw errors.GRANT_PATH_NOT_DIRECTORY({ path: `${path}`, at })
      trees.set(root, tree)
      roots.set(root, handle)
    }
    await requireApart([...roots.values()])
    return new PluginFolders(gate, trees)
  }

  forThread(): ThreadFolders {
    return new ThreadFolders({
      find: (path) => this.#find(path),
      onRefused: (operation, path) => this.#report(operation, path),
    })
  }

  #find(path: string) {
    const { root, names } = folderAt(path)
    const tree = this.#trees.get(root)
    if (tree === undefined) throw fsError('no-entry')
    return { tree, names }
  }

  #report(operation: FsOperation, path: string): void {
    const { fs } = this.#gate.grants.current
    const grant = fs.find((one) => one.path !== null && `${path}/`.startsWith(`${one.path}/`))
    if (grant === undefined) return
    const target = `${grant.at}${path.slice(grant.path?.length)}`
    this.#gate.deny({ capability: 'fs', operation, target, grant })
  }
}

async function requirePermission(
  handle: Handle,
  { at, access }: Pick<FsGrant, 'at' | 'access'>,
): Promise<void> {
  // A browser without the method gives no handle that has to be asked for.
  const { queryPermission } = handle as Handle & Permitting
  const mode = access === 'read' ? 'read' : 'readwrite'
  if (((await queryPermission?.call(handle, { mode })) ?? 'granted') !== 'granted')
    throw errors.FOLDER_NOT_PERMITTED({ folder: handle.name, at, mode })
}

/** Of two handles nobody can tell at a use whether one lies in the other; of two paths of one handle everybody can. */
async function requireApart(handles: readonly Handle[]): Promise<void> {
  for (const outer of handles)
    for (const inner of handles)
      if (outer !== inner && ((await outer.resolve(inner)) ?? []).length > 0)
        throw errors.GRANTS_INVALID({
          path: 'fs',
          reason: `the folder "${inner.name}" lies in "${outer.name}", which is granted too`,
          fix: 'Grant both by the handle of the outer one, and the inner one with `below`.',
        })
}

/** What a handle has that the types of browsers do not know yet. */
interface Permitting {
  queryPermission?(wanted: { readonly mode: 'read' | 'readwrite' }): Promise<string>
}
