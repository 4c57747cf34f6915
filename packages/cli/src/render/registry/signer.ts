import type { Signer } from '@wasm-plugin/registry'

/** `by the key sha256:…`; as the registry package prints it, which is not loaded for that. */
export function signedBy(signer: Signer | undefined): string {
  if (signer === undefined) return 'by nobody'
  return signer.kind === 'key' ? `by the key ${signer.id}` : `by ${signer.identity} (${signer.issuer})`
}
