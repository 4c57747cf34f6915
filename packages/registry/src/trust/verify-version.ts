import type { PublishedVersion } from '../artifact/index.js'
import { packageErrors } from '../errors/index.js'
import { SIGNATURE } from '../sign/index.js'
import { ATTESTATION, contradiction } from './attestation.js'
import type { AttachedBundle } from './bundles.js'
import { type DebugInfo, readDebug } from './debug.js'
import { type Circumstances, type Grounds, groundsFor } from './grounds.js'
import { type OpenedBundle, openBundle } from './open-bundle.js'
import type { TrustPolicy } from './policy.js'
import { printSigner, type Signer, sameSigner } from './signer.js'
import { readStatus, type Status } from './status.js'

/** A version to be verified, with what was attached to it. */
export interface Candidate {
  /** `acme:render` */
  readonly name: string
  readonly version: string
  readonly registry: string
  readonly published: PublishedVersion
  readonly bundles: readonly AttachedBundle[]
}

export interface Verification {
  /** Whose signature counts; `undefined` if none does, where none is needed. */
  readonly signer: Signer | undefined
  /** The bundle that shows it. */
  readonly signature: Uint8Array | undefined
  /** Nobody named the signer beforehand, and it is not the one before: to be asked for, and remembered. */
  readonly newSigner: boolean
  /** What the signer says of this version now. */
  readonly status: Status | undefined
  /** The bundles in which the signer says that. */
  readonly withdrawals: readonly Uint8Array[]
  /** What the signer says is its debug information. */
  readonly debug: DebugInfo | undefined
}

type Verified = Extract<OpenedBundle, { signer: Signer }> & { readonly bytes: Uint8Array }

/**
 * Decides whether a version may be used, and by whose word.
 *
 * @throws {DIGEST_DENIED} {NOT_TRUSTED} {SIGNATURE_MISSING} {SIGNER_UNTRUSTED}
 */
export function verifyVersion(candidate: Candidate, circumstances: Circumstances): Verification {
  const { name, version, registry, bundles } = candidate
  const what = `${name}@${version}`
  refuseDenied(candidate, what, circumstances.policy)
  const grounds = groundsFor(candidate, circumstances)
  const { verified, reasons, refused } = sort(candidate, grounds)
  const chosen = choose(vouching(candidate, { verified, reasons, grounds }), circumstances.pinned)
  const signer = chosen?.signer
  // A signature that is refused is worse than none.
  if (signer === undefined && (grounds.required || refused)) {
    if (bundles.length === 0) throw packageErrors.SIGNATURE_MISSING({ what, registry })
    throw packageErrors.SIGNER_UNTRUSTED({ what, reasons: [...new Set(reasons)].slice(0, 5) })
  }
  const { pinned } = circumstances
  const same = signer === undefined || pinned === undefined ? signer === pinned : sameSigner(signer, pinned)
  return {
    signer,
    signature: chosen?.bytes,
    newSigner: grounds.byUse && !same,
    status: statusBy(signer, verified),
    withdrawals: withdrawalsBy(signer, verified).map(({ bytes }) => bytes),
    debug: saidBy(signer, verified).flatMap(({ statement }) => readDebug(statement) ?? [])[0],
  }
}

function refuseDenied({ published }: Candidate, what: string, { denied }: TrustPolicy): void {
  for (const { digest } of [published.descriptor, published.layer])
    if (denied.has(digest)) throw packageErrors.DIGEST_DENIED({ what, digest })
}

/** The statements about this manifest whose signature counts, and why the others do not. */
function sort(
  { bundles, published }: Candidate,
  grounds: Grounds,
): { verified: Verified[]; reasons: string[]; refused: boolean } {
  const verified: Verified[] = []
  const reasons: string[] = []
  let refused = false
  for (const { bytes } of bundles) {
    const opened = openBundle(bytes, grounds.keys, grounds.root)
    if ('reason' in opened) reasons.push(opened.reason)
    else if (!grounds.counts(opened.signer)) {
      refused = true
      reasons.push(`${printSigner(opened.signer)} is not trusted`)
    } else if (opened.statement.subject !== published.descriptor.digest)
      reasons.push('another manifest is signed')
    else verified.push({ ...opened, bytes })
  }
  return { verified, reasons, refused }
}

/** What vouches for this version of this package. Adds to the reasons why others do not. */
function vouching(
  { name, version, published }: Candidate,
  { verified, reasons, grounds }: { verified: readonly Verified[]; reasons: string[]; grounds: Grounds },
): Verified[] {
  return verified.flatMap((one) => {
    const { statement, signer } = one
    if (statement.predicateType === SIGNATURE) {
      if (grounds.bareSignature) return [one]
      reasons.push(`${printSigner(signer)} signed it, but not as this package and version`)
    }
    if (statement.predicateType !== ATTESTATION) return []
    const against = contradiction(statement, { name, version, published })
    if (against === undefined) return [one]
    reasons.push(against)
    return []
  })
}

/** Who signed before goes first: anybody may add a signature of their own. */
function choose(found: readonly Verified[], pinned: Signer | undefined): Verified | undefined {
  return found.find(({ signer }) => pinned !== undefined && sameSigner(signer, pinned)) ?? found[0]
}

/** Of what the signer says of a version the worst holds. What others say is no word of its publisher. */
function statusBy(signer: Signer | undefined, verified: readonly Verified[]): Status | undefined {
  const said = withdrawalsBy(signer, verified).flatMap(({ statement }) => readStatus(statement) ?? [])
  return said.find(({ status }) => status === 'revoked') ?? said[0]
}

function withdrawalsBy(signer: Signer | undefined, verified: readonly Verified[]): Verified[] {
  return saidBy(signer, verified).filter(({ statement }) => readStatus(statement) !== undefined)
}

function saidBy(signer: Signer | undefined, verified: readonly Verified[]): Verified[] {
  return signer === undefined ? [] : verified.filter((one) => sameSigner(one.signer, signer))
}
