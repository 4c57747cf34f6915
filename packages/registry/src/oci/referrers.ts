import {
  type Descriptor,
  type Digest,
  isDescriptor,
  MAX_MANIFEST_BYTES,
  MAX_REFERRERS,
  mediaTypes,
  referrerType,
  type StoredManifest,
} from '../repository/index.js'
import type { Client } from './client.js'
import { nextOf } from './tags.js'
import type { Answer } from './wire.js'

export type ReadManifest = (reference: string) => Promise<StoredManifest | undefined>

/** The manifests that refer to `subject`, from the registry's own list or from the tag that stands in for it. */
export async function listReferrers(
  client: Client,
  subject: Digest,
  artifactType: string | undefined,
  read: ReadManifest,
  signal: AbortSignal | undefined,
): Promise<Descriptor[]> {
  const found = new Map<Digest, Descriptor>()
  const listed = (await askForList(client, subject, signal)) ?? (await listUnderTag(subject, read))
  for (const descriptor of listed) {
    if (found.size === MAX_REFERRERS) break
    const type = await typeOf(descriptor, read)
    if (artifactType !== undefined && type !== artifactType) continue
    found.set(descriptor.digest, { ...descriptor, ...(type !== undefined && { artifactType: type }) })
  }
  return [...found.values()]
}

/**
 * The list that the registry keeps itself; `undefined` if it keeps none. It does so if it answers with an index, at once:
 * some lead to a page for people, or answer with one.
 */
export async function askForList(
  client: Client,
  subject: Digest,
  signal: AbortSignal | undefined,
): Promise<Descriptor[] | undefined> {
  const list: Descriptor[] = []
  let next: URL | undefined = client.urlOf(`referrers/${subject}`)
  for (let page = 0; next !== undefined && page < MAX_PAGES && list.length < MAX_LISTED; page++) {
    const answer: Answer = await client.send({
      method: 'GET',
      to: next,
      headers: { accept: mediaTypes.index },
      action: 'reading the list of referrers',
      ok: [200, ...NONE],
      stays: true,
      signal,
    })
    if (answer.status !== 200 || mediaTypeOf(answer) !== mediaTypes.index) {
      await answer.drop()
      return undefined
    }
    list.push(...descriptorsOf(await client.document(answer, 'the list of referrers', signal)))
    next = nextOf(client, answer, 'the list of referrers')
  }
  return list.slice(0, MAX_LISTED)
}

/** The tag under which the list is where the registry keeps none: `sha256-…`. */
export function tagOf(subject: Digest): string {
  return subject.replace(':', '-')
}

export function descriptorsOf(document: Readonly<Record<string, unknown>>): Descriptor[] {
  return Array.isArray(document.manifests) ? document.manifests.filter(isReferrer) : []
}

export function mediaTypeOf({ headers }: Answer): string | undefined {
  const type = headers['content-type']
  return typeof type === 'string' ? type.split(';')[0]!.trim().toLowerCase() : undefined
}

async function listUnderTag(subject: Digest, read: ReadManifest): Promise<Descriptor[]> {
  const list = await read(tagOf(subject))
  return list?.descriptor.mediaType === mediaTypes.index ? descriptorsOf(list.document) : []
}

/** What a list says of a type is wrong or missing with several registries and tools; then the manifest itself is asked. */
async function typeOf(descriptor: Descriptor, read: ReadManifest): Promise<string | undefined> {
  const { artifactType } = descriptor
  if (artifactType !== undefined && artifactType !== '' && artifactType !== mediaTypes.empty)
    return artifactType
  const manifest = await read(descriptor.digest)
  return manifest && referrerType(manifest)
}

/** Larger ones could not be read. */
function isReferrer(value: unknown): value is Descriptor {
  return isDescriptor(value) && value.size <= MAX_MANIFEST_BYTES
}

/** Answers of registries that do not know of referrers, among them ways to a page for people. */
const NONE = [301, 302, 303, 307, 308, 400, 403, 404, 405, 406, 501]
const MAX_PAGES = 20
const MAX_LISTED = 1_000
