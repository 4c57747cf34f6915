import { encode } from '../artifact/index.js'
import { type Descriptor, digestOf, mediaTypes } from '../repository/index.js'
import { derOf, type SigningKey } from './keys.js'

/** The annotation that carries the public key of a signature, for whoever trusts on first use. Nothing else trusts it. */
export const KEY_ANNOTATION = 'dev.wasm-plugin.public-key'

/** The config of a manifest that has none. */
export const EMPTY = new TextEncoder().encode('{}')

/** The manifest that attaches a bundle to what it is about, in the form of cosign 3. The bundle is a blob beside it. */
export function bundleReferrer(
  subject: Descriptor,
  bundle: Uint8Array,
  predicateType: string,
  { publicKey }: Pick<SigningKey, 'publicKey'>,
): Uint8Array {
  return encode({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: mediaTypes.bundle,
    config: { mediaType: mediaTypes.empty, digest: digestOf(EMPTY), size: EMPTY.length },
    layers: [{ mediaType: mediaTypes.bundle, digest: digestOf(bundle), size: bundle.length }],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
    annotations: {
      'dev.sigstore.bundle.content': 'dsse-envelope',
      'dev.sigstore.bundle.predicateType': predicateType,
      [KEY_ANNOTATION]: derOf(publicKey).toString('base64'),
    },
  })
}
