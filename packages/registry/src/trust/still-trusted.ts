import type { ManifestRequests } from '@wasm-plugin/manifest'
import { packageErrors } from '../errors/index.js'
import type { Digest } from '../repository/index.js'
import { SIGNATURE } from '../sign/index.js'
import { ATTESTATION, covers } from './attestation.js'
import { type Grounds, groundsFor } from './grounds.js'
import { openBundle } from './open-bundle.js'
import type { TrustPolicy } from './policy.js'
import { printSigner, type Signer, sameSigner } from './signer.js'
import { readStatus, type Status } from './status.js'

/** What the lock file has of a plugin that was verified when it was installed. */
export interface Remembered {
  readonly name: string
  readonly version: string
  readonly registry: string
  readonly manifest: Digest
  readonly content: Digest
  readonly capabilities: ManifestRequests
  readonly signer?: Signer | undefined
  /** The bundle that showed who signed, base64. */
  readonly signature?: string | undefined
}

/**
 * Compares an installed plugin with the policy of today, without the network: keys are retired and bytes denied after
 * somebody installed them, and whoever writes a lock file may write anything into it.
 *
 * @throws {DIGEST_DENIED} {NOT_TRUSTED} {SIGNATURE_MISSING} {SIGNER_UNTRUSTED}
 */
export function checkStillTrusted(remembered: Remembered, policy: TrustPolicy): void {
  const { name, version, registry, manifest, content, signer } = remembered
  const what = `${name}@${version}`
  for (const digest of [manifest, content])
    if (policy.denied.has(digest)) throw packageErrors.DIGEST_DENIED({ what, digest })
  const circumstances = { policy, pinned: signer, trustOnFirstUse: signer === undefined }
  const grounds = groundsFor({ name, registry, bundles: [] }, circumstances)
  if (signer === undefined) {
    if (grounds.required) throw packageErrors.SIGNATURE_MISSING({ what, registry })
    return
  }
  const reason = grounds.counts(signer)
    ? contradictionOf(remembered, signer, grounds)
    : `${printSigner(signer)} is not trusted any more`
  if (reason !== undefined) throw packageErrors.SIGNER_UNTRUSTED({ what, reasons: [reason] })
}

/** Why the signature that was kept is not about what is locked. */
function contradictionOf(remembered: Remembered, signer: Signer, grounds: Grounds): string | undefined {
  const opened = openBundle(Buffer.from(remembered.signature ?? '', 'base64'), grounds.keys, grounds.root)
  if ('reason' in opened) return `its signature in the lock file does not count: ${opened.reason}`
  const { statement } = opened
  if (!sameSigner(opened.signer, signer)) return 'somebody else signed it than the lock file says'
  const isSaid =
    statement.subject === remembered.manifest &&
    (statement.predicateType === ATTESTATION
      ? covers(statement, remembered)
      : statement.predicateType === SIGNATURE && grounds.bareSignature)
  return isSaid ? undefined : 'the lock file has something else than what was signed'
}

/** What statements that were kept say of it, of those that its signer made. The worst holds. */
export function knownStatus(
  remembered: Remembered,
  bundles: readonly Uint8Array[],
  policy: TrustPolicy,
): Status | undefined {
  const { name, registry, manifest, signer } = remembered
  if (signer === undefined || bundles.length === 0) return undefined
  const { keys } = groundsFor({ name, registry, bundles: [] }, { policy, pinned: signer })
  const said = bundles.flatMap((bytes) => {
    const opened = openBundle(bytes, keys)
    if ('reason' in opened || opened.statement.subject !== manifest) return []
    return sameSigner(opened.signer, signer) ? (readStatus(opened.statement) ?? []) : []
  })
  return said.find(({ status }) => status === 'revoked') ?? said[0]
}
