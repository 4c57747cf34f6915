import { packageErrors } from '../errors/index.js'
import type {
  BlobSource,
  Descriptor,
  Repository,
  StoredManifest,
  TransferOptions,
} from '../repository/index.js'
import type { SigningKey, Statement } from '../sign/index.js'
import { attachStatements } from './attach.js'

export interface PublishOptions extends TransferOptions {
  readonly key?: SigningKey | undefined
  /** Say what would be done, and do nothing. */
  readonly dryRun?: boolean | undefined
}

/** A manifest that is to be under a tag, and never anything else. */
export interface Tagged {
  /** For messages. */
  readonly what: string
  readonly tag: string
  readonly manifest: Uint8Array
  readonly descriptor: Descriptor
  /** What it points to. The first of them is large: how far it is counts. */
  readonly blobs: readonly [BlobSource, ...BlobSource[]]
  readonly statements: readonly Statement[]
}

export interface Put {
  /** `exists`: these very bytes were there before, and nothing but perhaps a signature was added. */
  readonly state: 'published' | 'exists' | 'dry-run'
  /** Statements that were signed and attached now. */
  readonly signed: number
  /** As the registry gives it back; of a dry run nothing. */
  readonly stored: StoredManifest | undefined
}

/**
 * Puts a manifest under its tag: what is pointed to comes before what points to it, and the tag last, so that whoever
 * interrupts it leaves no version that is there by half. Done again it changes nothing.
 *
 * @throws {VERSION_EXISTS} the tag has other bytes
 * @throws {PUBLISH_CHANGED} the registry does not give back what it was given
 */
export async function putTagged(
  tagged: Tagged,
  repository: Repository,
  { key, dryRun = false, ...transfer }: PublishOptions,
): Promise<Put> {
  const { what, tag, manifest, descriptor, blobs, statements } = tagged
  const { signal } = transfer
  const existing = await repository.manifest(tag, { signal })
  if (existing !== undefined && existing.descriptor.digest !== descriptor.digest)
    throw packageErrors.VERSION_EXISTS({
      what,
      registry: repository.registry,
      digest: existing.descriptor.digest,
    })
  if (dryRun) return { state: 'dry-run', signed: 0, stored: undefined }

  if (existing === undefined) {
    const [large, ...small] = blobs
    await repository.putBlob(large, transfer)
    for (const blob of small) await repository.putBlob(blob, { signal })
    await repository.putManifest(manifest, { signal })
  }
  const signed =
    key === undefined ? 0 : await attachStatements(repository, descriptor, { statements, key }, { signal })
  if (existing === undefined) await repository.putManifest(manifest, { tag, signal })
  const stored = await readBack(tagged, repository, { signal })
  return { state: existing === undefined ? 'published' : 'exists', signed, stored }
}

async function readBack(
  { what, tag, descriptor, blobs }: Tagged,
  repository: Repository,
  options: TransferOptions,
): Promise<StoredManifest> {
  const stored = await repository.manifest(tag, options)
  const changed = (reason: string) =>
    packageErrors.PUBLISH_CHANGED({ what, registry: repository.registry, reason })
  if (stored === undefined) throw changed('it says that there is no such version')
  if (stored.descriptor.digest !== descriptor.digest) throw changed('the version is another one')
  for (const { digest } of blobs)
    if (!(await repository.hasBlob(digest, options))) throw changed(`${digest} is missing`)
  return stored
}
