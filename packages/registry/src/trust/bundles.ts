import * as z from 'zod/mini'
import { readWhole } from '../artifact/index.js'
import { isDigest, mediaTypes, type Repository, type TransferOptions } from '../repository/index.js'
import { derOf, KEY_ANNOTATION, type Statement, type VerifyingKey } from '../sign/index.js'
import { openBundle } from './open-bundle.js'

/** A bundle as it was attached to a manifest: nothing of it has been verified. */
export interface AttachedBundle {
  readonly bytes: Uint8Array
  /** The public key that the publisher sent along. */
  readonly sentKey: string | undefined
}

/** An attestation with 20,000 names has about this many bytes. */
const MAX_BYTES = 1 << 20

const referrerSchema = z.object({
  mediaType: z.literal(mediaTypes.manifest),
  layers: z.tuple([
    z.object({
      mediaType: z.literal(mediaTypes.bundle),
      digest: z.custom<`sha256:${string}`>(isDigest),
      size: z.int().check(z.nonnegative(), z.maximum(MAX_BYTES)),
    }),
  ]),
  subject: z.object({ digest: z.string() }),
  annotations: z.optional(z.record(z.string(), z.string())),
})

/** The bundles attached to a manifest. What is not in the form of one is passed over: anybody may attach anything. */
export async function attachedBundles(
  repository: Repository,
  subject: `sha256:${string}`,
  options?: TransferOptions,
): Promise<AttachedBundle[]> {
  const found: AttachedBundle[] = []
  for (const { digest } of await repository.referrers(subject, {
    ...options,
    artifactType: mediaTypes.bundle,
  })) {
    const stored = await repository.manifest(digest, options)
    const { data } = referrerSchema.safeParse(stored?.document)
    if (data === undefined || data.subject.digest !== subject) continue
    const [layer] = data.layers
    const bytes = await readWhole(repository.readBlob(layer, options), layer.size)
    found.push({ bytes, sentKey: data.annotations?.[KEY_ANNOTATION] })
  }
  return found
}

/** The statements that a key has signed, of those attached. */
export function statementsBy(
  { id, publicKey }: VerifyingKey,
  bundles: readonly AttachedBundle[],
): Statement[] {
  const keys = new Map([[id, derOf(publicKey)]])
  return bundles.flatMap(({ bytes }) => {
    const opened = openBundle(bytes, keys)
    return 'statement' in opened && opened.signer.kind === 'key' ? [opened.statement] : []
  })
}
