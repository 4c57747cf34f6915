import { statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { FsOperation, Gate } from '../../capability/gate.js'
import type { FsGrant, GrantSet } from '../../capability/grant-set.js'
import { isPseudoFilesystem } from '../../capability/pseudo-filesystem.js'
import type { RuleState } from '../../capability/rule-state.js'
import type { Waiter } from '../io/waiter.js'
import { bestStrategy, type DirStrategy, type FileId, type HostDir, idOf, openGranted } from './dir.js'
import { Dir } from './directory.js'
import { attempt, fsError } from './errno.js'
import type { Place } from './walk.js'

export interface SandboxParts {
  readonly gate: Gate
  readonly grants: GrantSet
  readonly state: RuleState
  readonly waiter: Waiter
  /** @default the best that the platform has */
  readonly strategy?: DirStrategy
}

/** What all descriptors of one instance share: the grants' roots, the decisions, and how much is open. */
export class Sandbox {
  readonly gate: Gate
  readonly state: RuleState
  readonly waiter: Waiter
  readonly strategy: DirStrategy
  readonly #grants: readonly FsGrant[]
  /** Roots of grants that lie inside another grant, and the directories between the two. */
  readonly #inner = new Map<FileId, FsGrant>()
  readonly #pinned = new Set<FileId>()
  readonly #open = new Map<number, number>()
  readonly #pseudo = new Map<bigint, boolean>()
  /** How often each regular file is open, and whether it has lost its last name. */
  readonly #files = new Map<FileId, { count: number; orphan: boolean }>()
  readonly #closers = new Set<() => void>()

  constructor({ gate, grants, state, waiter, strategy }: SandboxParts) {
    this.gate = gate
    this.state = state
    this.waiter = waiter
    this.strategy = strategy ?? bestStrategy()
    this.#grants = grants.fs
    this.#findInnerGrants()
  }

  openRoot(grant: FsGrant): Dir {
    return new Dir(
      attempt(() => openGranted(grant.path, this.strategy)),
      { grant, path: grant.at, depth: 0 },
      this,
    )
  }

  /** The grant whose root this directory is, if that lies inside another grant. */
  innerGrant(host: HostDir): FsGrant | undefined {
    return this.#inner.size === 0 ? undefined : this.#inner.get(host.id())
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

  /** True for a device number of a file system whose files are doors into the kernel. */
  isPseudo(device: bigint, fd: number): boolean {
    let known = this.#pseudo.get(device)
    if (known === undefined) {
      known = process.platform === 'linux' && isPseudoFilesystem(statfsSync(`/proc/self/fd/${fd}`).type)
      this.#pseudo.set(device, known)
    }
    return known
  }

  close(): void {
    for (const close of [...this.#closers]) close()
  }

  #findInnerGrants(): void {
    for (const inner of this.#grants)
      for (const outer of this.#grants) {
        if (inner === outer || !isBelow(inner.path, outer.path)) continue
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
