import { statSync } from 'node:fs'
import { dirname, posix } from 'node:path'
import type { FsOperation, Gate } from '../../capability/gate.js'
import type { FsGrant, GrantSet } from '../../capability/grant-set.js'
import type { RuleState } from '../../capability/rule-state.js'
import type { Waiter } from '../io/waiter.js'
import { Dir } from './directory.js'
import { fsError } from './errno.js'
import { bestStrategy, type HostStrategy, openGranted } from './host/open.js'
import { openMemory } from './memory/folder.js'
import { type FileId, type Folder, idOf } from './volume.js'
import type { Place } from './walk.js'

export interface SandboxParts {
  readonly gate: Gate
  readonly grants: GrantSet
  readonly state: RuleState
  readonly waiter: Waiter
  /** @default the best that the platform has */
  readonly strategy?: HostStrategy
}

/** What all descriptors of one instance share: the grants' roots, the decisions, and how much is open. */
export class Sandbox {
  readonly gate: Gate
  readonly state: RuleState
  readonly waiter: Waiter
  readonly #strategy: HostStrategy
  readonly #grants: readonly FsGrant[]
  /** Roots of grants that lie inside another grant, and the directories between the two. */
  readonly #inner = new Map<FileId, FsGrant>()
  readonly #pinned = new Set<FileId>()
  /** Grants whose `at` lies inside that of another, by their `at`. */
  readonly #mounts = new Map<string, FsGrant>()
  readonly #open = new Map<number, number>()
  /** How often each regular file is open, and whether it has lost its last name. */
  readonly #files = new Map<FileId, { count: number; orphan: boolean }>()
  readonly #closers = new Set<() => void>()

  constructor({ gate, grants, state, waiter, strategy }: SandboxParts) {
    this.gate = gate
    this.state = state
    this.waiter = waiter
    this.#strategy = strategy ?? bestStrategy()
    this.#grants = grants.fs
    this.#findInnerGrants()
  }

  openRoot(grant: FsGrant): Dir {
    const folder =
      grant.path === null ? openMemory(grant.memory, grant.id) : openGranted(grant.path, this.#strategy)
    return new Dir(folder, { grant, path: grant.at, depth: 0 }, this)
  }

  /** The grant that the plugin sees at this path, if it is inside of what it sees of another. */
  mountedAt(path: string): FsGrant | undefined {
    return this.#mounts.size === 0 ? undefined : this.#mounts.get(path)
  }

  /** Names of the grants that the plugin sees in the directory at `path`. */
  mountsIn(path: string): string[] {
    return [...this.#mounts.keys()].filter((at) => posix.dirname(at) === path).map((at) => posix.basename(at))
  }

  /** The grant whose root this directory is, if that lies inside another grant. */
  innerGrant(folder: Folder): FsGrant | undefined {
    return this.#inner.size === 0 ? undefined : this.#inner.get(folder.id())
  }

  /** True for a root of a grant, or a directory on the way to one: it may not be renamed or removed. */
  isPinned(id: FileId): boolean {
    return this.#pinned.has(id)
  }

  get hasPinned(): boolean {
    return this.#pinned.size > 0
  }

  /** Asks the gate; throws the error of the interface if it says no. */
  require(operation: FsOperation, { dir, name }: Pick<Place, 'dir' | 'name'>): void {
    this.requireAt(operation, dir.pathOf(name), dir.grant)
  }

  requireAt(operation: FsOperation, target: string, grant: FsGrant): void {
    if (!this.gate.check({ capability: 'fs', operation, target, grant }).allowed)
      throw fsError(this.gate.isLive(grant.id) ? 'read-only' : 'access')
  }

  /** For what is already open: a revoked grant ends it. */
  requireLive(grant: FsGrant): void {
    if (!this.gate.isLive(grant.id)) throw fsError('access')
  }

  /** Counts one more open thing of `grant`; `close` is called at the latest when the instance ends. */
  track(grant: FsGrant, close: () => void): () => void {
    const open = this.#open.get(grant.id) ?? 0
    if (open >= grant.maxOpen) {
      close()
      throw fsError('quota')
    }
    this.#open.set(grant.id, open + 1)
    const once = () => {
      if (!this.#closers.delete(once)) return
      this.#open.set(grant.id, (this.#open.get(grant.id) ?? 1) - 1)
      close()
    }
    this.#closers.add(once)
    return once
  }

  /** Remembers that a regular file is open; the answer forgets it, and says if its bytes are free now. */
  opened(file: { dev: bigint; ino: bigint }): () => boolean {
    const id = idOf(file)
    const entry = this.#files.get(id) ?? { count: 0, orphan: false }
    entry.count++
    this.#files.set(id, entry)
    return () => {
      if (--entry.count > 0) return false
      this.#files.delete(id)
      return entry.orphan
    }
  }

  /** The file lost its last name; true if its bytes are free now, false while it is open. */
  orphaned(file: { dev: bigint; ino: bigint }): boolean {
    const entry = this.#files.get(idOf(file))
    if (entry !== undefined) entry.orphan = true
    return entry === undefined
  }

  close(): void {
    for (const close of [...this.#closers]) close()
  }

  #findInnerGrants(): void {
    for (const inner of this.#grants)
      for (const outer of this.#grants) {
        if (inner === outer) continue
        if (isBelow(inner.at, outer.at)) this.#mounts.set(inner.at, inner)
        if (inner.path === null || outer.path === null || !isBelow(inner.path, outer.path)) continue
        const root = identify(inner.path)
        if (root !== undefined) this.#inner.set(root, inner)
        for (let path = inner.path; path !== outer.path && path !== dirname(path); path = dirname(path)) {
          const id = identify(path)
          if (id !== undefined) this.#pinned.add(id)
        }
      }
  }
}

function isBelow(inner: string, outer: string): boolean {
  const [a, b] = [inner.split(/[\\/]/), outer.split(/[\\/]/).filter((part, i) => i === 0 || part !== '')]
  return a.length > b.length && b.every((part, index) => a[index] === part)
}

function identify(path: string): FileId | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat && idOf(stat)
}
