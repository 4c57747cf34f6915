import { readFacts } from '../artifact/index.js'
import { packageErrors } from '../errors/index.js'
import { mediaTypes } from '../repository/index.js'
import { type SigningKey, signStatement } from '../sign/index.js'
import { attestationOf, type Version } from '../trust/index.js'

/** Where the signature of a file lies: beside it. */
export function signatureFileOf(file: string): string {
  return `${file}.sigstore.json`
}

/**
 * Signs a component that is passed on as a file: the same attestation as of a published version, about the file itself.
 *
 * @returns a Sigstore bundle, to be kept beside the file
 * @throws {NOT_PUBLISHABLE}, and what reading a component throws
 */
export function signFile(component: Uint8Array, key: SigningKey): Uint8Array {
  return signStatement(attestationOf(versionInFile(component)), key)
}

/**
 * A component as a version that is its own manifest.
 *
 * @throws {NOT_PUBLISHABLE}, and what reading a component throws
 */
export function versionInFile(component: Uint8Array): Version {
  const { content, manifest, imports, exports } = readFacts(component)
  if (manifest?.id === undefined)
    throw packageErrors.NOT_PUBLISHABLE({ reason: 'it does not say which package it is' })
  const layer = { mediaType: mediaTypes.wasm, ...content }
  return {
    name: manifest.id,
    version: manifest.version,
    published: { descriptor: layer, layer, manifest, imports, exports, created: undefined },
  }
}
