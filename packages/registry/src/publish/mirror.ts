import * as z from 'zod/mini'
import { packageErrors } from '../errors/index.js'
import {
  type BlobSource,
  type Descriptor,
  isDigest,
  type Repository,
  type StoredManifest,
  type TransferOptions,
} from '../repository/index.js'
import { type DryRunOptions, storedVersion } from './stored-version.js'

const described = z.object({
  mediaType: z.string(),
  digest: z.custom<`sha256:${string}`>(isDigest),
  size: z.int().check(z.nonnegative()),
})
const copiedSchema = z.object({ config: described, layers: z.array(described).check(z.maxLength(16)) })

/**
 * Copies a version with everything that is attached to it: the very bytes, so that digests and signatures hold. The tag
 * comes last.
 *
 * @throws {VERSION_NOT_FOUND} {ARTIFACT_INVALID}
 */
export async function mirror(
  from: Repository,
  to: Repository,
  { name, version }: { name: string; version: string },
  { dryRun = false, ...options }: DryRunOptions = {},
): Promise<{ manifest: `sha256:${string}`; attached: number }> {
  const { signal } = options
  const stored = await storedVersion(from, { name, version }, { signal })
  const referrers = await from.referrers(stored.descriptor.digest, { signal })
  if (dryRun) return { manifest: stored.descriptor.digest, attached: referrers.length }
  await copyManifest(from, to, stored, options)
  const attached: Uint8Array[] = []
  for (const { digest } of referrers) {
    const referrer = await from.manifest(digest, { signal })
    if (referrer === undefined) continue
    await copyManifest(from, to, referrer, options)
    attached.push(referrer.bytes)
  }
  if (attached.length > 0) await to.attach(stored.descriptor, attached, { signal })
  await to.putManifest(stored.bytes, { tag: version, signal })
  return { manifest: stored.descriptor.digest, attached: attached.length }
}

async function copyManifest(
  from: Repository,
  to: Repository,
  stored: StoredManifest,
  options: TransferOptions,
): Promise<void> {
  const { data } = copiedSchema.safeParse(stored.document)
  if (data === undefined)
    throw packageErrors.ARTIFACT_INVALID({
      what: stored.descriptor.digest,
      reason: 'it is no image manifest',
    })
  for (const blob of [data.config, ...data.layers]) await copyBlob(from, to, blob, options)
  await to.putManifest(stored.bytes, { signal: options.signal })
}

async function copyBlob(
  from: Repository,
  to: Repository,
  blob: Descriptor,
  options: TransferOptions,
): Promise<void> {
  if (await to.hasBlob(blob.digest, { signal: options.signal })) return
  const source: BlobSource = {
    digest: blob.digest,
    size: blob.size,
    isCompared: true,
    read: (offset) => skip(from.readBlob(blob, { signal: options.signal }), offset),
  }
  await to.putBlob(source, options)
}

async function* skip(pieces: AsyncIterable<Uint8Array>, bytes: number): AsyncIterable<Uint8Array> {
  let rest = bytes
  for await (const piece of pieces) {
    if (rest < piece.length) yield rest === 0 ? piece : piece.subarray(rest)
    rest = Math.max(0, rest - piece.length)
  }
}
