import * as z from 'zod/mini'
import { type Digest, isDigest } from '../repository/index.js'
import type { Statement } from '../sign/index.js'

/** "This is the debug information of that version." */
const DEBUG = 'https://wasm-plugin.dev/attestation/debug/v1'

/** Bytes of debug information: names and lines of a large component have some tens of megabytes. */
export const MAX_DEBUG_BYTES = 256 << 20

/** What a publisher signed to be the debug information of a version. */
export interface DebugInfo {
  readonly digest: Digest
  /** Bytes. */
  readonly size: number
}

const debugSchema = z.object({
  digest: z.custom<Digest>(isDigest),
  size: z.int().check(z.nonnegative()),
})

export function debugStatement(subject: Digest, { digest, size }: DebugInfo): Statement {
  return { subject, predicateType: DEBUG, predicate: { digest, size } }
}

export function readDebug({ predicateType, predicate }: Statement): DebugInfo | undefined {
  return predicateType === DEBUG ? debugSchema.safeParse(predicate).data : undefined
}
