import type { Manifest } from '@wasm-plugin/manifest'
import { packageErrors } from '../errors/index.js'
import { changeLock, type Lock, type LockedPlugin, type LockedWit, readLock } from '../lock/index.js'
import { type Reference, similarNames } from '../names/index.js'
import type { Repository, TransferOptions } from '../repository/index.js'
import { type Before, type Review, review } from '../review/index.js'
import type { TrustPolicy } from '../trust/index.js'
import type { BlobCache } from './blob-cache.js'
import { component, inspected } from './download.js'
import type { Fit } from './fit.js'
import { type PassedOver, type Resolved, resolve } from './resolve.js'

/** Asked before a version is downloaded that needs consent: `false` refuses it. */
export type Confirm = (review: Review) => boolean | Promise<boolean>

export interface InstallContext {
  readonly lockFile: string
  readonly cache: BlobCache
  readonly policy: TrustPolicy
  /** Bytes that a component may have. */
  readonly maxBytes: number
  readonly fit?: Fit | undefined
  readonly confirm?: Confirm | undefined
  readonly trustOnFirstUse?: boolean | undefined
}

export interface Installed {
  readonly name: string
  readonly plugin: LockedPlugin
  /** The version that was installed before. */
  readonly before: string | undefined
  readonly changed: boolean
  readonly passedOver: readonly PassedOver[]
  readonly bytes: Uint8Array
}

/** What is to be installed, and where it is. */
export interface Wanted {
  readonly reference: Reference
  readonly repository: Repository
  /** Called when its turn comes. */
  readonly transfer: () => TransferOptions
}

/**
 * Installs what references mean: resolve, verify, review, consent, download, compare, one after the other, and lock them
 * all at once. What fails on the way leaves the lock file as it was.
 *
 * @throws {CONSENT_REQUIRED} {CONSENT_REFUSED} {ARTIFACT_MISMATCH} {COMPONENT_TOO_LARGE} {LOCK_INVALID}
 *   {LOCK_UNWRITABLE}, and what resolving throws
 */
export async function installAll(
  wanted: readonly Wanted[],
  context: InstallContext,
  signal?: AbortSignal,
): Promise<Installed[]> {
  const lock = new Map(await readLock(context.lockFile))
  const installed: Installed[] = []
  for (const one of wanted) {
    const ready = await prepare(one, lock, context)
    lock.set(ready.name, ready.plugin)
    installed.push(ready)
  }
  const add = (entries: Map<string, LockedPlugin>) => {
    for (const { name, plugin } of installed) entries.set(name, plugin)
  }
  await changeLock(context.lockFile, add, signal)
  return installed
}

/** The same for one. */
export async function install(
  reference: Reference,
  repository: Repository,
  context: InstallContext,
  options: TransferOptions = {},
): Promise<Installed> {
  const [installed] = await installAll(
    [{ reference, repository, transfer: () => options }],
    context,
    options.signal,
  )
  return installed as Installed // One for each that is wanted.
}

/** All but the lock file. */
async function prepare(
  { reference, repository, transfer }: Wanted,
  lock: Lock,
  context: InstallContext,
): Promise<Installed> {
  const options = transfer()
  const { signal } = options
  const signerOf = (name: string) => lock.get(name)?.signer
  const resolved = await resolve(reference, repository, { ...context, pinned: signerOf }, { signal })
  const reviewed = reviewOf(resolved, repository, lock)
  if (reviewed.changes.length > 0) await consent(reviewed, context.confirm)

  const { name, published, passedOver } = resolved
  const bytes = await component(repository, published.layer, context, options)
  const { manifest } = inspected(bytes, resolved, repository)
  if (published.manifest === undefined) {
    // Its publisher's tool declared nothing, so what it asks for is known only now.
    const found = reviewOf({ ...resolved, published: { ...published, manifest } }, repository, lock)
    if (found.changes.some(({ kind }) => kind === 'capability')) await consent(found, context.confirm)
  }

  await context.cache.heard(published.descriptor.digest, [])
  const installed = lock.get(name)
  const plugin = lockedFrom(resolved, repository, manifest)
  const changed = installed?.manifest !== plugin.manifest || installed.requirement !== plugin.requirement
  return { name, plugin, before: installed?.version, changed, passedOver, bytes }
}

export function reviewOf(
  resolved: Resolved,
  repository: Repository,
  lock: ReadonlyMap<string, Before>,
): Review {
  const { name } = resolved
  const installed = lock.get(name)
  const { registry, path } = repository
  const similar = installed === undefined ? similarNames(name, lock.keys()) : []
  return review({ ...resolved, registry, repository: path, installed, similar })
}

/** @throws {CONSENT_REQUIRED} {CONSENT_REFUSED} */
export async function consent(reviewed: Review, confirm: Confirm | undefined): Promise<void> {
  const { name, version, manifest, changes } = reviewed
  const what = `${name}@${version}`
  if (confirm === undefined)
    throw packageErrors.CONSENT_REQUIRED({ what, digest: manifest, changes: changes.map(({ text }) => text) })
  if (!(await confirm(reviewed))) throw packageErrors.CONSENT_REFUSED({ what })
}

function lockedFrom(
  resolved: Resolved,
  repository: Repository,
  manifest: Manifest | undefined,
): LockedPlugin {
  const { requirement } = resolved
  return {
    requirement,
    ...pinned(resolved, repository),
    world: manifest?.world,
    capabilities: manifest?.capabilities ?? {},
  }
}

/** Exactly these bytes, from there, signed by them. */
export function pinned(
  { version, published, verification }: Resolved,
  { registry, path }: Repository,
): Omit<LockedWit, 'requirement'> {
  return {
    version,
    registry,
    repository: path,
    manifest: published.descriptor.digest,
    content: published.layer.digest,
    size: published.layer.size,
    signer: verification.signer,
    signature: verification.signature && Buffer.from(verification.signature).toString('base64'),
  }
}
