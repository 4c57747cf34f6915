import { sign } from 'node:crypto'
import { mediaTypes } from '../repository/index.js'
import type { SigningKey } from './keys.js'
import { printStatement, type Statement } from './statement.js'

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json'

/**
 * A statement signed with a key, as a Sigstore bundle of version 0.3: a DSSE envelope and a hint which key it was.
 * A key's signature says nothing of the time, so a key is retired by policy and not by date.
 */
export function signStatement(statement: Statement, { id, privateKey }: SigningKey): Uint8Array {
  const payload = Buffer.from(printStatement(statement))
  // Ed25519 hashes by itself.
  const hash = privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256'
  const bundle = {
    mediaType: mediaTypes.bundle,
    verificationMaterial: {
      publicKey: { hint: Buffer.from(id.slice('sha256:'.length), 'hex').toString('base64') },
    },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: sign(hash, preAuthEncoding(payload), privateKey).toString('base64') }],
    },
  }
  return new TextEncoder().encode(JSON.stringify(bundle))
}

/** What is really signed (DSSE, "PAE"): the type is bound to the payload. */
function preAuthEncoding(payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(PAYLOAD_TYPE)} ${PAYLOAD_TYPE} ${payload.length} `
  return Buffer.concat([Buffer.from(head), payload])
}
