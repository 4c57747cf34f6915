import { type Digest, isDigest } from './digest.js'
import { mediaTypes } from './media-types.js'
import type { StoredManifest } from './repository.js'

/** How many referrers of one manifest are looked at. */
export const MAX_REFERRERS = 50

/** What a manifest refers to, if it refers to anything. */
export function subjectOf({ document }: StoredManifest): Digest | undefined {
  const digest = (document.subject as { digest?: unknown } | null | undefined)?.digest
  return isDigest(digest) ? digest : undefined
}

/** The type of an artifact: its own field, or what its config is, as it was before there was that field. */
export function referrerType({ document }: StoredManifest): string | undefined {
  if (typeof document.artifactType === 'string' && document.artifactType !== mediaTypes.empty)
    return document.artifactType
  const type = (document.config as { mediaType?: unknown } | null | undefined)?.mediaType
  return typeof type === 'string' ? type : undefined
}
