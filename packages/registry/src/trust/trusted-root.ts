import { TrustedRoot } from '@sigstore/protobuf-specs'
import { toTrustMaterial } from '@sigstore/verify'
import sigstoreRoot from './sigstore-root.json' with { type: 'json' }

/** The public services of Sigstore as they were when this package was made. */
export function publicRoot(): TrustedRoot {
  parsed ??= TrustedRoot.fromJSON(sigstoreRoot)
  return parsed
}

let parsed: TrustedRoot | undefined

const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.trustedroot(\+json|\.)/

/**
 * Reads a `trusted_root.json` of another Sigstore, such as that of a company.
 *
 * @throws {Error} what is wrong with it
 */
export function parseRoot(text: string): TrustedRoot {
  const root = TrustedRoot.fromJSON(JSON.parse(text))
  if (!MEDIA_TYPE.test(root.mediaType)) throw new Error('its "mediaType" is not that of a trusted root')
  if (root.certificateAuthorities.length === 0) throw new Error('it has no certificate authority')
  // Reads every key and certificate.
  toTrustMaterial(root)
  return root
}
