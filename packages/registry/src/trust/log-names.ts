import type { Bundle } from '@sigstore/bundle'

/**
 * Whether the logs of a bundle are signed for by names that are names. The verifier takes what is written there, by
 * whoever made the bundle, for a regular expression to find the log by, and one may be made to take for ever.
 */
export function hasPlainLogNames({ verificationMaterial }: Bundle): boolean {
  return verificationMaterial.tlogEntries.every(({ inclusionProof }) => {
    const note = inclusionProof?.checkpoint?.envelope ?? ''
    const names = note.match(SIGNED_BY) ?? []
    return names.length <= MAX_SIGNATURES && names.every((name) => PLAIN.test(name))
  })
}

/** As a note is signed: a dash, the name and the signature, a line each (C2SP, signed-note). */
const SIGNED_BY = /(?<=\u2014 )\S+/g
/** Host names and paths. */
const PLAIN = /^[\w./:-]{1,200}$/
/** A log has witnesses; fifty are many. */
const MAX_SIGNATURES = 50
