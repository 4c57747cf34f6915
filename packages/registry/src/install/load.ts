import { packageErrors } from '../errors/index.js'
import { type Lock, type LockedPlugin, readLock } from '../lock/index.js'
import { isWithin, parseReference, printPackageName, type Reference } from '../names/index.js'
import { mediaTypes, type Repository, type TransferOptions } from '../repository/index.js'
import { checkStillTrusted, knownStatus, printSigner, type Remembered, type Status } from '../trust/index.js'
import { component } from './download.js'
import { type InstallContext, install } from './install.js'
import { type Places, repositoryOf } from './places.js'
import { readVersion, verifyPublished } from './resolve.js'

export interface LoadContext extends InstallContext {
  readonly places: Places
  /** The lock file decides alone, and does not change. */
  readonly frozen: boolean
  /** The cache has to have it. */
  readonly offline: boolean
  /** Ask whether it was called back also if the cache has it, unless `offline`. @default false */
  readonly asks?: boolean | undefined
}

/** A plugin as the host takes it. */
export interface LoadedBytes {
  readonly bytes: Uint8Array
  /** `acme:render` */
  readonly name: string
  readonly plugin: LockedPlugin
  /** Who signed it, as `printSigner` says; `undefined` for what nobody signed. */
  readonly signer: string | undefined
  /** When its registry was last asked whether it was withdrawn, RFC 3339; `undefined` if nobody knows. */
  readonly asked: string | undefined
}

/**
 * The bytes of a plugin by its name. What the lock file has is taken from the cache, or by its digest from where it was
 * installed; nothing is resolved anew. What it has not at all is installed first, unless the lock is frozen.
 *
 * @throws {LOCK_FROZEN} {OFFLINE} {DIGEST_DENIED} {SIGNER_UNTRUSTED}, and what installing throws
 */
export async function loadBytes(
  text: string,
  context: LoadContext,
  options: TransferOptions = {},
): Promise<LoadedBytes> {
  const reference = parseReference(text)
  const lock = await readLock(context.lockFile)
  const locked = find(reference, lock)
  if (locked !== undefined) {
    const [name, plugin] = locked
    const bytes = await lockedBytes({ name, ...plugin }, context, options)
    return { name, plugin, bytes, ...(await knownOf(plugin, context)) }
  }
  const other = reference.kind === 'package' ? lock.get(printPackageName(reference.name)) : undefined
  if (other !== undefined) {
    // Whoever loads it does not decide for all others that do.
    const reason = `the lock file has ${other.version}, which does not satisfy this`
    throw packageErrors.LOCK_FROZEN({ name: text, reason })
  }
  if (context.frozen) {
    const reason = 'it is not in the lock file, or not in a version that satisfies this'
    throw packageErrors.LOCK_FROZEN({ name: text, reason })
  }
  if (context.offline) throw packageErrors.OFFLINE({ what: text })
  const repository = await repositoryOf(context.places, reference, options.signal)
  const installed = await install(reference, repository, context, options)
  return { ...installed, ...(await knownOf(installed.plugin, context)) }
}

async function knownOf({ manifest, signer }: LockedPlugin, { cache }: LoadContext) {
  return {
    asked: (await cache.withdrawals(manifest))?.asked,
    signer: signer && printSigner(signer),
  }
}

function find(reference: Reference, lock: Lock): [string, LockedPlugin] | undefined {
  if (reference.kind === 'package') {
    const name = printPackageName(reference.name)
    const plugin = lock.get(name)
    if (plugin === undefined) return undefined
    const satisfies = reference.range === plugin.requirement || isWithin(plugin.version, reference.range)
    return satisfies ? [name, plugin] : undefined
  }
  const { registry, path, tag, digest } = reference
  return [...lock].find(
    ([, plugin]) =>
      plugin.registry === registry &&
      plugin.repository === path &&
      (digest === undefined ? plugin.version === tag : plugin.manifest === digest),
  )
}

/**
 * The bytes of what is locked, compared with the policy of today and with what its publisher was heard to say since. No
 * registry is asked for what is in the cache, unless `asks` is set.
 *
 * @throws {OFFLINE} {DIGEST_DENIED} {NOT_TRUSTED} {SIGNATURE_MISSING} {SIGNER_UNTRUSTED} {VERSION_REVOKED}
 */
export async function lockedBytes(
  locked: Remembered & { readonly repository: string; readonly size: number; readonly isWit?: boolean },
  context: LoadContext,
  options: TransferOptions,
): Promise<Uint8Array> {
  const { name, version } = locked
  checkStillTrusted(locked, context.policy)
  const heard = await context.cache.withdrawals(locked.manifest)
  refuse(locked, knownStatus(locked, heard?.bundles ?? [], context.policy))
  const layer = { mediaType: mediaTypes.wasm, digest: locked.content, size: locked.size }
  const cached = await context.cache.get(layer.digest)
  if (cached !== undefined && (context.offline || context.asks !== true)) return cached
  if (context.offline) throw packageErrors.OFFLINE({ what: `${name}@${version}`, isWit: locked.isWit })
  const repository = await context.places.at(locked.registry, locked.repository)
  await refuseRevoked(locked, repository, context, options)
  return cached ?? (await component(repository, layer, context, options))
}

/** Whoever has to ask the registry anyway asks whether the publisher called the version back. @throws {VERSION_REVOKED} */
async function refuseRevoked(
  locked: Remembered,
  repository: Repository,
  { policy, cache }: LoadContext,
  { signal }: TransferOptions,
): Promise<void> {
  const { name, version, manifest, signer } = locked
  const published = await readVersion(repository, manifest, { signal })
  if (published === undefined) return
  const context = { policy, cache, pinned: () => signer }
  const { status } = await verifyPublished({ name, version, repository, published }, context, { signal })
  await cache.heard(manifest, [])
  refuse(locked, status)
}

/** @throws {VERSION_REVOKED} */
function refuse({ name, version }: Remembered, status: Status | undefined): void {
  if (status?.status === 'revoked')
    throw packageErrors.VERSION_REVOKED({ what: `${name}@${version}`, reason: status.reason })
}
