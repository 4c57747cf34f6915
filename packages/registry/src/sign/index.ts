export { PAYLOAD_TYPE, signStatement } from './bundle.js'
export {
  derOf,
  generateKeys,
  type KeyId,
  readPrivateKey,
  readPublicDer,
  readPublicKey,
  type SigningKey,
  type VerifyingKey,
} from './keys.js'
export { bundleReferrer, EMPTY, KEY_ANNOTATION } from './referrer.js'
export { parseStatement, printStatement, SIGNATURE, type Statement } from './statement.js'
