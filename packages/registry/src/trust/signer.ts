import type { KeyId } from '../sign/index.js'

/** Who signed: the holder of a key, or somebody whom an identity provider vouched for at the time (Sigstore, keyless). */
export type Signer =
  | { readonly kind: 'key'; readonly id: KeyId /** DER, base64. */; readonly key: string }
  | { readonly kind: 'identity'; readonly issuer: string; readonly identity: string }

export function sameSigner(a: Signer, b: Signer): boolean {
  if (a.kind === 'key') return b.kind === 'key' && a.id === b.id
  return b.kind === 'identity' && a.issuer === b.issuer && a.identity === b.identity
}

export function printSigner(signer: Signer | undefined): string {
  if (signer === undefined) return 'nobody'
  return signer.kind === 'key' ? `the key ${signer.id}` : `${signer.identity} (${signer.issuer})`
}
