import * as z from 'zod/mini'
import type { Digest } from '../repository/index.js'
import type { Statement } from '../sign/index.js'

/** "This version should not be taken any more." */
export const STATUS = 'https://wasm-plugin.dev/attestation/status/v1'

export interface Status {
  /** `yanked`: new installs pass it over, old ones are warned. `revoked`: it is dangerous, nobody loads it. */
  readonly status: 'yanked' | 'revoked'
  /** For people; text that the publisher chose. */
  readonly reason: string
  /** RFC 3339. */
  readonly at: string
}

const statusSchema = z.object({
  status: z.enum(['yanked', 'revoked']),
  reason: z.string().check(z.maxLength(500)),
  at: z.iso.datetime(),
})

export function statusStatement(subject: Digest, status: Status): Statement {
  return { subject, predicateType: STATUS, predicate: status }
}

export function readStatus({ predicateType, predicate }: Statement): Status | undefined {
  return predicateType === STATUS ? statusSchema.safeParse(predicate).data : undefined
}
