import { covers } from '@wasm-plugin/manifest/grammar'
import type { Gate } from '../../grants/gate.js'
import type { FsGrant, GrantSet } from '../../grants/grant-set.js'
import { HeldBytes } from '../../grants/held-bytes.js'
import type { RuleState } from '../../grants/rule-state.js'
import type { FsOperation } from '../../grants/use.js'
import type { InstancePorts } from '../../ports.js'
import { fsError } from '../../volume/errno.js'
import { openMemory } from '../../volume/memory/folder.js'
import type { FileId, Folder } from '../../volume/volume.js'
import type { WasiContext } from '../context.js'
import type { Waiter } from '../io/waiter.js'
import { Dir, type Surroundings } from './directory.js'
import { findPlaces, type Places } from './places.js'
import { Quota } from './quota.js'
import type { Place } from './walk.js'

export interface SandboxParts {
  readonly gate: Gate
  readonly waiter: Waiter
  readonly pause?: WasiContext['pause']
  readonly ports: Pick<InstancePorts, 'directories' | 'thread' | 'sha256' | 'monotonicNs'>
}

/** Bytes for the names in the directory streams of one instance: a million short ones. */
const NAMES = 64 << 20

/** What all descriptors of one instance share: the grants' roots, the decisions, and how much is open. */
export class Sandbox implements Surroundings {
  readonly gate: Gate
  readonly state: RuleState
  readonly waiter: Waiter
  /** Called between the steps of what may take long; what it throws ends the instance. */
  readonly pause: () => void
  /** What the streams of directories hold. */
  readonly names = new HeldBytes(NAMES)
  readonly ports: SandboxParts['ports']
  readonly quota: Quota
  /** How much is open, by the `at` of the grant. */
  readonly #open = new Map<string, number>()
  readonly #closers = new Set<() => void>()
  #found: { readonly of: GrantSet; readonly places: Places } | undefined
  /** Of the version of the grants that was looked at last, by their `at`. */
  #granted: { readonly of: GrantSet; readonly byPath: ReadonlyMap<string, FsGrant> } | undefined

  constructor({ gate, waiter, pause, ports }: SandboxParts) {
    this.gate = gate
    this.state = gate.grants.state
    this.waiter = waiter
    this.pause = pause ?? (() => {})
    this.ports = ports
    this.quota = new Quota({ gate, ports, pause: this.pause, openRoot: (grant) => this.openRoot(grant) })
  }

  get isWindows(): boolean {
    return this.ports.directories.isWindows
  }

  openRoot(grant: FsGrant): Dir {
    const { directories, thread } = this.ports
    const folder =
      grant.path === null
        ? openMemory(grant.memory, { id: grant.account, thread })
        : directories.open(grant.path)
    return new Dir(folder, { grant, path: grant.at, depth: 0 }, this)
  }

  get hasMounts(): boolean {
    return this.#places().mounts.size > 0
  }

  /** The grant that the plugin sees at this path, if it is inside of what it sees of another. */
  mountedAt(path: string): FsGrant | undefined {
    return this.#places().mounts.get(path)
  }

  /** Names of the grants that the plugin sees in the directory at `path`. */
  mountsIn(path: string): string[] {
    const ats = [...this.#places().mounts.keys()]
    const below = path === '/' ? path : `${path}/`
    return ats
      .filter((at) => at.startsWith(below))
      .map((at) => at.slice(below.length))
      .filter((name) => name !== '' && !name.includes('/'))
  }

  /** The grant whose root this directory is, if that lies inside another grant. */
  innerGrant(folder: Folder): FsGrant | undefined {
    const { inner } = this.#places()
    return inner.size === 0 ? undefined : inner.get(folder.id())
  }

  /** True for a root of a grant, or a directory on the way to one: it may not be renamed or removed. */
  isPinned(id: FileId): boolean {
    return this.#places().pinned.has(id)
  }

  get hasPinned(): boolean {
    return this.#places().pinned.size > 0
  }

  /** Asks the gate; throws the error of the interface if it says no. */
  require(operation: FsOperation, { dir, name }: Pick<Place, 'dir' | 'name'>): void {
    this.requireAt(operation, dir.pathOf(name), dir.grant)
  }

  requireAt(operation: FsOperation, target: string, grant: FsGrant): void {
    const { reason } = this.gate.check({ capability: 'fs', operation, target, grant })
    if (reason !== null) throw fsError(this.now(grant) === undefined ? 'access' : 'read-only', reason)
  }

  /** What a grant, of whatever version, has become; `undefined` if nothing is left. */
  now(grant: FsGrant): FsGrant | undefined {
    const { current } = this.gate.grants
    if (this.#granted?.of !== current)
      this.#granted = { of: current, byPath: new Map(current.fs.map((granted) => [granted.at, granted])) }
    return this.#granted.byPath.get(grant.at)
  }

  /** For a file that is open: it ends with its grant, and one that can be written ends when the grant is for reading. */
  requireOpen(grant: FsGrant, writable: boolean): void {
    const now = this.now(grant)
    if (now?.since !== grant.since || (writable && now.access === 'read')) throw fsError('access')
  }

  /** The same for a directory. The root of a grant stays open where grants are left inside of it, to get there. */
  requireDir({ position: { grant, depth, path } }: Dir): void {
    const now = this.now(grant)
    const open = depth === 0 ? now !== undefined || this.leadsToGrant(path) : now?.since === grant.since
    if (!open) throw fsError('access')
  }

  /** The same for one whose entries are read on: nothing on the way to a grant is enough for that. */
  requireListing({ position: { grant, depth } }: Dir): void {
    const now = this.now(grant)
    if (depth === 0 ? now === undefined : now?.since !== grant.since) throw fsError('access')
  }

  /** True for a directory on the way to what is granted, whatever else is in it. */
  leadsToGrant(path: string): boolean {
    return this.gate.grants.current.fs.some(({ at }) => covers(path, at))
  }

  /** Counts one more open thing of `grant`; `close` is called at the latest when the instance ends. */
  track(grant: FsGrant, close: () => void): () => void {
    const open = this.#open.get(grant.at) ?? 0
    if (open >= grant.maxOpen) {
      close()
      throw fsError('quota')
    }
    this.#open.set(grant.at, open + 1)
    const once = () => {
      if (!this.#closers.delete(once)) return
      this.#open.set(grant.at, (this.#open.get(grant.at) ?? 1) - 1)
      close()
    }
    this.#closers.add(once)
    return once
  }

  /**
   * Runs what changes names or sizes, or looks where links lead before it does, one instance of the plugin after the
   * other. Not to be used inside of itself.
   */
  exclusively<T>(step: () => T): T {
    return this.state.moves.run(this.ports.thread, step)
  }

  close(): void {
    for (const close of [...this.#closers]) close()
  }

  /** Found anew with each version of the grants. */
  #places(): Places {
    const { current } = this.gate.grants
    if (this.#found?.of !== current)
      this.#found = { of: current, places: findPlaces(current, this.ports.directories.identify) }
    return this.#found.places
  }
}
