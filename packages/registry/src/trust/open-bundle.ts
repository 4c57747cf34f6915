import { createPublicKey } from 'node:crypto'
import { type Bundle, bundleFromJSON } from '@sigstore/bundle'
import type { TrustedRoot } from '@sigstore/protobuf-specs'
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify'
import { mediaTypes } from '../repository/index.js'
import {
  type KeyId,
  PAYLOAD_TYPE,
  parseStatement,
  readPublicDer,
  type Statement,
  type VerifyingKey,
} from '../sign/index.js'
import { hasPlainLogNames } from './log-names.js'
import type { Signer } from './signer.js'
import { publicRoot } from './trusted-root.js'

export type OpenedBundle =
  | { readonly statement: Statement; readonly signer: Signer }
  /** Why it counts for nothing. */
  | { readonly reason: string }

/** Public keys by id, DER. */
export type Keys = ReadonlyMap<KeyId, Buffer>

/**
 * Verifies a Sigstore bundle, offline: against keys, or against a root of certificates. That a signature is good says not
 * whose it has to be: the caller compares signer and statement.
 */
export function openBundle(bytes: Uint8Array, keys: Keys, root: TrustedRoot = publicRoot()): OpenedBundle {
  let bundle: Bundle
  try {
    bundle = bundleFromJSON(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    return { reason: 'it is no Sigstore bundle' }
  }
  if (bundle.mediaType !== mediaTypes.bundle) return { reason: 'its version is not 0.3' }
  if (bundle.content.$case !== 'dsseEnvelope')
    return { reason: 'it is the signature of a file, not a statement' }
  if (!hasPlainLogNames(bundle)) return { reason: 'its log is signed for by what is no name' }
  const { payload, payloadType } = bundle.content.dsseEnvelope
  if (payloadType !== PAYLOAD_TYPE) return { reason: 'it is no in-toto statement' }

  const signer = verify(bundle, keys, root)
  if ('reason' in signer) return signer
  const statement = parseStatement(payload.toString('utf8'))
  return statement === undefined ? { reason: 'it is no statement about one manifest' } : { statement, signer }
}

function verify(bundle: Bundle, keys: Keys, root: TrustedRoot): Signer | { reason: string } {
  const { content } = bundle.verificationMaterial
  if (content.$case !== 'publicKey') return verifyIdentity(bundle, root)
  const id: KeyId = `sha256:${Buffer.from(content.publicKey.hint, 'base64').toString('hex')}`
  const key = keys.get(id)
  if (key === undefined) return { reason: `the key ${id} is not trusted` }
  const publicKey = createPublicKey({ key, type: 'spki', format: 'der' })
  // A key needs no log and no clock to be believed; what a bundle has of them is checked nevertheless.
  const thresholds = { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }
  const trust = toTrustMaterial(root, () => ({ publicKey, validFor: () => true }))
  const failed = failure(() => new Verifier(trust, thresholds).verify(toSignedEntity(bundle)))
  return failed ?? { kind: 'key', id, key: key.toString('base64') }
}

/**
 * A certificate that lived some minutes: a time stamp has to vouch for the moment, of a log or of an authority. A Sigstore
 * that has logs logs everything it signs; one without, as companies run them, has none to ask.
 */
function verifyIdentity(bundle: Bundle, root: TrustedRoot): Signer | { reason: string } {
  const thresholds = {
    tlogThreshold: Math.min(1, root.tlogs.length),
    ctlogThreshold: Math.min(1, root.ctlogs.length),
    timestampThreshold: 1,
  }
  let signer: Signer | undefined
  const failed = failure(() => {
    const { identity } = new Verifier(toTrustMaterial(root), thresholds).verify(toSignedEntity(bundle))
    const issuer = identity?.extensions?.issuer
    const name = identity?.subjectAlternativeName
    if (issuer !== undefined && name !== undefined) signer = { kind: 'identity', issuer, identity: name }
  })
  return failed ?? signer ?? { reason: 'its certificate names nobody' }
}

function failure(check: () => void): { reason: string } | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    return { reason: error instanceof Error ? error.message : 'it cannot be verified' }
  }
}

/** A key that a publisher sent along, if it is one. */
export function sentKey(text: string | undefined): VerifyingKey | undefined {
  if (text === undefined || text.length > MAX_KEY) return undefined
  try {
    return readPublicDer(Buffer.from(text, 'base64'))
  } catch {
    return undefined
  }
}

/** Characters of base64: an RSA key of 8,192 bits has 1,400. */
const MAX_KEY = 2_000
