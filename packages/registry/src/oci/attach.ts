import { transportErrors as errors } from '../errors/index.js'
import { type Descriptor, mediaTypes, parseManifest, type StoredManifest } from '../repository/index.js'
import type { Client } from './client.js'
import { askForList, descriptorsOf, tagOf } from './referrers.js'
import { pause } from './retry.js'

/** What attaching needs of the repository. */
export interface Manifests {
  read(reference: string): Promise<StoredManifest | undefined>
  /** Stores a manifest; gives what it is, and whether the registry has seen what it refers to. */
  put(bytes: Uint8Array, tag?: string): Promise<{ descriptor: Descriptor; subject: unknown }>
}

/**
 * Stores manifests that refer to `subject`, and lists them under its tag where the registry keeps no list itself.
 *
 * @throws {REFERRERS_CONTENDED}
 */
export async function attachManifests(
  client: Client,
  subject: Descriptor,
  documents: readonly Uint8Array[],
  manifests: Manifests,
  signal: AbortSignal | undefined,
): Promise<void> {
  const stored: Descriptor[] = []
  let isListed = documents.length > 0
  for (const bytes of documents) {
    const { descriptor, subject: seen } = await manifests.put(bytes)
    isListed &&= seen === subject.digest
    stored.push(described(parseManifest(bytes, client.registry), descriptor))
  }
  // Some say that they have seen the subject and keep no list.
  if (isListed && (await askForList(client, subject.digest, signal)) !== undefined) return
  if (stored.length === 0) return
  const tag = tagOf(subject.digest)
  await inTurn(`${client.registry}/${client.path}:${tag}`, () =>
    addToTag(client, tag, stored, manifests, signal),
  )
}

/**
 * The list under a tag is read, changed and written, and registries let the last one win. Whoever has written looks again
 * after the time that another one who had read the old list takes to write it.
 */
async function addToTag(
  { registry }: Client,
  tag: string,
  added: readonly Descriptor[],
  { read, put }: Manifests,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const start = performance.now()
    const listed = await listUnder(tag, registry, read)
    const missing = added.filter(({ digest }) => !listed.some((one) => one.digest === digest))
    if (missing.length > 0) {
      const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [...listed, ...missing] }
      await put(Buffer.from(JSON.stringify(index)), tag)
    } else if (tries > 0) return
    const took = performance.now() - start
    await pause(Math.max(took * (2 + Math.random()), MIN_PAUSE_MS * (1 + Math.random())), signal)
    const now = await listUnder(tag, registry, read)
    if (added.every(({ digest }) => now.some((one) => one.digest === digest))) return
  }
  throw errors.REFERRERS_CONTENDED({ registry, tag, tries: MAX_TRIES })
}

async function listUnder(tag: string, registry: string, read: Manifests['read']): Promise<Descriptor[]> {
  const manifest = await read(tag)
  if (manifest === undefined) return []
  if (manifest.descriptor.mediaType === mediaTypes.index) return descriptorsOf(manifest.document)
  throw errors.REGISTRY_ANSWER_INVALID({ registry, what: `the list ${tag}`, reason: 'it is not an index' })
}

/** What the specification wants a list to say of a manifest. */
function described({ document }: StoredManifest, descriptor: Descriptor): Descriptor {
  const { artifactType, annotations } = document
  return {
    ...descriptor,
    ...(typeof artifactType === 'string' && { artifactType }),
    ...(typeof annotations === 'object' &&
      annotations !== null && { annotations: annotations as Record<string, string> }),
  }
}

/** Those of this process one after the other, each list by itself. */
async function inTurn<T>(key: string, run: () => Promise<T>): Promise<T> {
  const before = turns.get(key) ?? Promise.resolve()
  const turn = before.then(run, run)
  turns.set(key, turn)
  try {
    return await turn
  } finally {
    if (turns.get(key) === turn) turns.delete(key)
  }
}

const turns = new Map<string, Promise<unknown>>()
const MAX_TRIES = 10
const MIN_PAUSE_MS = 40
