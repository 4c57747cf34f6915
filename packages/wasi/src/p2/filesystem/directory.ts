import type { ComponentError } from '@wasm-plugin/runtime'
import type { Gate } from '../../grants/gate.js'
import type { FsGrant } from '../../grants/grant-set.js'
import { fsError } from '../../volume/errno.js'
import type { DirectoryEntry, Folder } from '../../volume/volume.js'

/** What a directory asks about the grants around it. */
export interface Surroundings {
  readonly gate: Gate
  readonly isWindows: boolean
  now(grant: FsGrant): FsGrant | undefined
  leadsToGrant(path: string): boolean
  /** Whether the plugin sees a grant inside of another anywhere. */
  readonly hasMounts: boolean
  mountedAt(path: string): FsGrant | undefined
  mountsIn(path: string): string[]
  innerGrant(folder: Folder): FsGrant | undefined
  openRoot(grant: FsGrant): Dir
}

/** Where a directory is in the eyes of the plugin. */
export interface Position {
  /** The grant that decides about what is in the directory. */
  readonly grant: FsGrant
  /** Path as the plugin sees it, for the audit. */
  readonly path: string
  /** Directories between it and the root of its grant, when it was opened. */
  readonly depth: number
}

/** An open directory and the grant it is under. */
export class Dir {
  readonly folder: Folder
  readonly position: Position
  readonly #around: Surroundings

  constructor(folder: Folder, position: Position, around: Surroundings) {
    this.folder = folder
    this.position = position
    this.#around = around
  }

  /** Names mean what they mean on Windows. */
  get isWindows(): boolean {
    return this.#around.isWindows
  }

  /** As it is now; as it was when nothing is left of it. */
  get grant(): FsGrant {
    const { grant } = this.position
    return this.#around.now(grant) ?? grant
  }

  /** Directories between it and the root of its grant where it is at the moment; `undefined` if it is no longer below it, or nobody can tell. */
  depth(): number | undefined {
    const { grant, depth } = this.position
    if (depth === 0) return 0
    const root = this.#around.openRoot(grant)
    try {
      return this.folder.depthBelow(root.folder)
    } finally {
      root.close()
    }
  }

  /** The subdirectory; `undefined` for anything else. */
  child(name: string): Dir | undefined {
    const isOpen = this.#around.now(this.position.grant) !== undefined
    // Whether anything else is there is none of the plugin's business any more.
    if (!isOpen && !this.#around.leadsToGrant(this.pathOf(name))) throw fsError('access')
    const folder = this.folder.child(name)
    return folder && this.adopt(folder, name)
  }

  /** The root of the grant that the plugin sees at this name, if there is one: it hides what is below it. */
  mounted(name: string): Dir | undefined {
    if (!this.#around.hasMounts) return undefined
    const grant = this.#around.mountedAt(this.pathOf(name))
    return grant && this.#around.openRoot(grant)
  }

  list(): Iterable<DirectoryEntry> {
    const mounts = this.#around.hasMounts ? this.#around.mountsIn(this.position.path) : []
    return mounts.length === 0 ? this.folder.list() : this.#listWith(mounts)
  }

  *#listWith(mounts: readonly string[]): Generator<DirectoryEntry> {
    for (const entry of this.folder.list()) if (!mounts.includes(entry.name)) yield entry
    for (const name of mounts) yield { name, type: 'directory' }
  }

  /** The subdirectory `name` that is open as `folder`; a grant of its own takes over where its root is crossed. */
  adopt(folder: Folder, name: string): Dir {
    const inner = this.#around.innerGrant(folder)
    const { depth } = this.position
    const path = this.pathOf(name)
    const position =
      inner === undefined
        ? { grant: this.grant, path, depth: name === '.' ? depth : depth + 1 }
        : { grant: inner, path, depth: 0 }
    return new Dir(folder, position, this.#around)
  }

  pathOf(name: string): string {
    const { path } = this.position
    if (name === '.') return path
    return path === '/' ? `/${name}` : `${path}/${name}`
  }

  /** Reports a path that leads out of the directory; the error to throw. */
  escaped(path: string): ComponentError {
    const target = this.pathOf(path)
    const { reason } = this.#around.gate.deny({ capability: 'fs', operation: 'open', target })
    return fsError('not-permitted', reason ?? undefined)
  }

  close(): void {
    this.folder.close()
  }
}
