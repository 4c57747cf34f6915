import * as z from 'zod/mini'
import type { Digest } from '../repository/index.js'

/** What is signed: an in-toto statement, "of this manifest I say that" (in-toto attestation framework, Statement v1). */
export interface Statement {
  readonly subject: Digest
  readonly predicateType: string
  readonly predicate: unknown
}

const TYPE = 'https://in-toto.io/Statement/v1'
/** As cosign's `attest` writes it, with the same fields. */
const OLD_TYPE = 'https://in-toto.io/Statement/v0.1'

/** "I signed it", as cosign writes it: it binds neither a name nor a version. */
export const SIGNATURE = 'https://sigstore.dev/cosign/sign/v1'

export function printStatement({ subject, predicateType, predicate }: Statement): string {
  return JSON.stringify({
    _type: TYPE,
    subject: [{ name: '', digest: { sha256: subject.slice('sha256:'.length) } }],
    predicateType,
    predicate,
  })
}

const statementSchema = z.object({
  _type: z.enum([TYPE, OLD_TYPE]),
  // Of more than one subject a verifier would have to say which it means.
  subject: z.tuple([z.object({ digest: z.object({ sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)) }) })]),
  predicateType: z.string().check(z.maxLength(500)),
  predicate: z.unknown(),
})

/** `undefined` for what is no statement about one manifest. */
export function parseStatement(text: string): Statement | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  const { data } = statementSchema.safeParse(json)
  if (data === undefined) return undefined
  const [{ digest }] = data.subject
  return { subject: `sha256:${digest.sha256}`, predicateType: data.predicateType, predicate: data.predicate }
}
