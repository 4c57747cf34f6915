import type { ManifestRequests } from '@wasm-plugin/manifest'
import * as z from 'zod/mini'
import type { PublishedVersion } from '../artifact/index.js'
import type { Digest } from '../repository/index.js'
import { SIGNATURE, type Statement } from '../sign/index.js'

/** "This manifest is that version of that package, and this is what it is built for and asks for." */
export const ATTESTATION = 'https://wasm-plugin.dev/attestation/v1'

/** What a publisher vouches for. Without it a signed version could be offered as another one, or as another package. */
export interface Attestation {
  readonly package: string
  readonly version: string
  /** The component. */
  readonly content: Digest
  readonly world: string | null
  readonly imports: readonly string[]
  readonly exports: readonly string[]
  readonly capabilities: ManifestRequests
}

/** What a publisher signs of a version: cosign's statement, for every tool that knows it, and our attestation. */
export function statementsAbout(version: Version): Statement[] {
  const subject = version.published.descriptor.digest
  return [{ subject, predicateType: SIGNATURE, predicate: {} }, attestationOf(version)]
}

export function attestationOf({ name, version, published }: Version): Statement {
  const attestation: Attestation = {
    package: name,
    version,
    content: published.layer.digest,
    world: published.manifest?.world ?? null,
    imports: published.imports ?? [],
    exports: published.exports ?? [],
    capabilities: published.manifest?.capabilities ?? {},
  }
  return { subject: published.descriptor.digest, predicateType: ATTESTATION, predicate: attestation }
}

export interface Version {
  /** `acme:render` */
  readonly name: string
  readonly version: string
  readonly published: PublishedVersion
}

const attestationSchema = z.object({
  package: z.string(),
  version: z.string(),
  content: z.string(),
  imports: z.array(z.string()),
  exports: z.array(z.string()),
  capabilities: z.unknown(),
})

/** Why an attestation is not about this version of this package; `undefined` if it is. */
export function contradiction(
  { predicate }: Statement,
  { name, version, published }: Version,
): string | undefined {
  const { data } = attestationSchema.safeParse(predicate)
  if (data === undefined) return 'the attestation is not one of a plugin'
  if (data.package !== name) return `it is signed as ${data.package}`
  if (data.version !== version) return `it is signed as version ${data.version}`
  if (data.content !== published.layer.digest) return 'another component is signed'
  if (!sameJson(data.imports, published.imports ?? [])) return 'other imports are signed'
  if (!sameJson(data.exports, published.exports ?? [])) return 'other exports are signed'
  if (!sameJson(data.capabilities, published.manifest?.capabilities ?? {}))
    return 'other capabilities are signed'
  return undefined
}

/** Whether an attestation is about what a lock file has. */
export function covers(
  { predicate }: Statement,
  locked: {
    readonly name: string
    readonly version: string
    readonly content: Digest
    readonly capabilities: ManifestRequests
  },
): boolean {
  const { data } = attestationSchema.safeParse(predicate)
  return (
    data !== undefined &&
    data.package === locked.name &&
    data.version === locked.version &&
    data.content === locked.content &&
    sameJson(data.capabilities, locked.capabilities)
  )
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
