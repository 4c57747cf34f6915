import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { packageErrors } from '../errors/index.js'

/** A key by the SHA-256 of its public half (DER, SubjectPublicKeyInfo). */
export type KeyId = `sha256:${string}`

export interface SigningKey {
  readonly id: KeyId
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export interface VerifyingKey {
  readonly id: KeyId
  readonly publicKey: KeyObject
}

/**
 * A new pair for signatures: ECDSA over P-256, which every tool of the field verifies.
 *
 * @param passphrase encrypts the private half, as PKCS#8 with AES-256
 */
export function generateKeys(passphrase?: string): { privatePem: string; publicPem: string; id: KeyId } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const encryption = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }
  return {
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption }).toString(),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    id: keyIdOf(publicKey),
  }
}

/** @throws {KEY_INVALID} {KEY_PASSPHRASE} */
export function readPrivateKey(pem: string, passphrase?: string): SigningKey {
  if (pem.includes('SIGSTORE PRIVATE KEY'))
    throw packageErrors.KEY_INVALID({
      reason: 'it is encrypted in a form of its own, that only cosign reads',
    })
  if (pem.includes('PUBLIC KEY')) throw packageErrors.KEY_INVALID({ reason: 'it is a public key' })
  const encrypted = pem.includes('ENCRYPTED')
  if (encrypted && passphrase === undefined) throw packageErrors.KEY_PASSPHRASE({ given: false })
  let privateKey: KeyObject
  try {
    privateKey = createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) })
  } catch (error) {
    if (encrypted) throw packageErrors.KEY_PASSPHRASE({ given: true })
    throw packageErrors.KEY_INVALID({ reason: 'it is no private key in PEM' }, error)
  }
  checkKind(privateKey)
  const publicKey = createPublicKey(privateKey)
  return { id: keyIdOf(publicKey), privateKey, publicKey }
}

/** @throws {KEY_INVALID} */
export function readPublicKey(pem: string): VerifyingKey {
  if (pem.includes('PRIVATE KEY')) throw packageErrors.KEY_INVALID({ reason: 'it is a private key' })
  return verifyingKey(() => createPublicKey(pem))
}

/**
 * The same from DER, as a publisher sends it along.
 * @throws {KEY_INVALID}
 */
export function readPublicDer(der: Buffer): VerifyingKey {
  return verifyingKey(() => createPublicKey({ key: der, type: 'spki', format: 'der' }))
}

export function derOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' })
}

function verifyingKey(read: () => KeyObject): VerifyingKey {
  let publicKey: KeyObject
  try {
    publicKey = read()
  } catch (error) {
    throw packageErrors.KEY_INVALID({ reason: 'it is no public key' }, error)
  }
  checkKind(publicKey)
  return { id: keyIdOf(publicKey), publicKey }
}

/** Those that verifiers of Sigstore bundles take with SHA-256. */
function checkKind({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): void {
  if (type === 'ed25519') return
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= 2048) return
  throw packageErrors.KEY_INVALID({
    reason: `${[type, details?.namedCurve, details?.modulusLength].filter((part) => part !== undefined).join(' ')} is not used for signatures here`,
  })
}

function keyIdOf(publicKey: KeyObject): KeyId {
  return `sha256:${createHash('sha256').update(derOf(publicKey)).digest('hex')}`
}
