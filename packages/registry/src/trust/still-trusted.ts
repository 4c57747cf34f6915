import { packageErrors } from '../errors/index.js'
import type { Digest } from '../repository/index.js'
import { groundsFor } from './grounds.js'
import type { TrustPolicy } from './policy.js'
import { printSigner, type Signer } from './signer.js'

/** What the lock file has of a plugin that was verified when it was installed. */
export interface Remembered {
  readonly name: string
  readonly version: string
  readonly registry: string
  readonly manifest: Digest
  readonly content: Digest
  readonly signer?: Signer | undefined
}

/**
 * Compares an installed plugin with the policy of today, without the network: keys are retired and bytes denied after
 * somebody installed them.
 *
 * @throws {DIGEST_DENIED} {SIGNATURE_MISSING} {SIGNER_UNTRUSTED}
 */
export function checkStillTrusted(
  { name, version, registry, manifest, content, signer }: Remembered,
  policy: TrustPolicy,
): void {
  const what = `${name}@${version}`
  for (const digest of [manifest, content])
    if (policy.denied.has(digest)) throw packageErrors.DIGEST_DENIED({ what, digest })
  const { required, counts } = groundsFor(
    { name, registry, bundles: [] },
    { policy, pinned: signer, trustOnFirstUse: signer === undefined },
  )
  if (signer === undefined) {
    if (required) throw packageErrors.SIGNATURE_MISSING({ what, registry })
  } else if (!counts(signer)) {
    throw packageErrors.SIGNER_UNTRUSTED({
      what,
      reasons: [`${printSigner(signer)} is not trusted any more`],
    })
  }
}
