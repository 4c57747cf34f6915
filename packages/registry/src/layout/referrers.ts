import {
  type Descriptor,
  type Digest,
  isDigest,
  MAX_MANIFEST_BYTES,
  MAX_REFERRERS,
  referrerType,
  type StoredManifest,
  subjectOf,
} from '../repository/index.js'
import type { IndexEntry } from './index-file.js'

/**
 * A layout has no list of referrers: those that are listed without a tag are read. A copy made by another tool may have
 * brought the list of a registry, under its tag.
 */
export async function findReferrers(
  entries: readonly IndexEntry[],
  subject: Digest,
  artifactType: string | undefined,
  read: (descriptor: Descriptor) => Promise<StoredManifest>,
  fail: (reason: string) => Error,
): Promise<Descriptor[]> {
  const candidates = [
    ...entries.filter(({ tag }) => tag === undefined).map(({ descriptor }) => descriptor),
    ...(await listedByTag(entries, subject, read)),
  ].filter(({ size }) => size <= MAX_MANIFEST_BYTES)
  if (candidates.length > MAX_LISTED) throw fail(`its index.json lists more than ${MAX_LISTED} manifests`)
  const found = new Map<Digest, Descriptor>()
  for (const candidate of candidates) {
    if (found.size === MAX_REFERRERS) break
    const manifest = await read(candidate)
    const type = referrerType(manifest)
    if (subjectOf(manifest) !== subject || (artifactType !== undefined && type !== artifactType)) continue
    found.set(manifest.descriptor.digest, { ...manifest.descriptor, ...(type && { artifactType: type }) })
  }
  return [...found.values()]
}

async function listedByTag(
  entries: readonly IndexEntry[],
  subject: Digest,
  read: (descriptor: Descriptor) => Promise<StoredManifest>,
): Promise<Descriptor[]> {
  const entry = entries.find(({ tag }) => tag === subject.replace(':', '-'))
  if (entry === undefined) return []
  const { manifests } = (await read(entry.descriptor)).document
  return Array.isArray(manifests) ? manifests.filter((one) => isDigest(one?.digest)) : []
}

/** Each is a file that is read. */
const MAX_LISTED = 10_000
