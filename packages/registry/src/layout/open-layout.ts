import { stat } from 'node:fs/promises'
import path from 'node:path'
import { openBlobFolder, writing } from '../disk/index.js'
import { transportErrors as errors } from '../errors/index.js'
import {
  blobOf,
  checkPath,
  checkReference,
  type Descriptor,
  isDigest,
  isTag,
  MAX_MANIFEST_BYTES,
  parseManifest,
  progressOf,
  type Repository,
  type StoredManifest,
  verified,
} from '../repository/index.js'
import { type IndexEntry, IndexFile } from './index-file.js'
import { findReferrers } from './referrers.js'

export interface LayoutPlace {
  /** The folder of all packages. */
  readonly folder: string
  /** Which of them: `acme/render`, the layout's own folder below it. */
  readonly path: string
}

/**
 * An OCI image layout in a folder, as `skopeo` reads and writes it by `oci:<folder>/<path>:<tag>`. It is made by the first
 * write. Any number of processes may use it, and one that is ended at any moment leaves it whole.
 *
 * @throws {REGISTRY_NAME_INVALID}
 */
export function openLayout(place: LayoutPlace): Repository {
  const root = path.resolve(place.folder)
  const folder = path.join(root, ...checkPath(place.path).split('/'))
  const registry = `dir:${root}`
  const index = new IndexFile(root, folder)
  const blobs = openBlobFolder(folder, index.temporary, index.fail)

  async function manifest(reference: string): Promise<StoredManifest | undefined> {
    checkReference(reference)
    const entries = (await index.read()) ?? []
    if (isTag(reference)) {
      const tagged = entries.filter(({ tag }) => tag === reference)
      if (tagged.length > 1) throw index.fail(`${tagged.length} manifests have the tag ${reference}`)
      const descriptor = tagged[0]?.descriptor
      return descriptor && (await readManifest(descriptor))
    }
    if (!isDigest(reference)) return undefined
    const listed = entries.find(({ descriptor }) => descriptor.digest === reference)
    if (listed !== undefined) return await readManifest(listed.descriptor)
    const size = await blobs.sizeOf(reference)
    return size === undefined ? undefined : await readManifest({ digest: reference, size })
  }

  async function readManifest({
    digest,
    size,
    mediaType,
  }: Pick<Descriptor, 'digest' | 'size'> & { mediaType?: string }): Promise<StoredManifest> {
    if (size > MAX_MANIFEST_BYTES)
      throw errors.CONTENT_TOO_LARGE({ registry, what: `the manifest ${digest}`, max: MAX_MANIFEST_BYTES })
    const pieces: Uint8Array[] = []
    for await (const piece of readBlob({ digest, size })) pieces.push(piece)
    return parseManifest(Buffer.concat(pieces), registry, mediaType)
  }

  async function* readBlob(
    { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
    options: NonNullable<Parameters<Repository['readBlob']>[1]> = {},
  ): AsyncGenerator<Uint8Array> {
    if ((await blobs.sizeOf(digest)) === undefined)
      throw errors.CONTENT_MISSING({ registry, path: place.path, what: digest })
    const moved = progressOf(options, size, options.start?.size)
    const pieces = blobs.read(digest, size, options.start?.size)
    for await (const piece of verified(pieces, { digest, size }, registry, options.start)) {
      moved(piece.length)
      yield piece
    }
  }

  return {
    registry,
    path: place.path,
    manifest,
    readBlob,

    async putManifest(bytes, { tag, signal } = {}) {
      if (tag !== undefined && !isTag(tag)) throw errors.REGISTRY_NAME_INVALID({ what: 'tag', text: tag })
      const { descriptor } = parseManifest(bytes, registry)
      await storeManifests([bytes])
      await writing(folder, () => index.update((entries) => withManifest(entries, descriptor, tag), signal))
      return descriptor
    },

    async hasBlob(digest) {
      return (await blobs.sizeOf(digest)) !== undefined
    },

    async putBlob(blob, options = {}) {
      const moved = progressOf(options, blob.size)
      await writing(folder, async () => {
        await index.prepare()
        if (!(await blobs.isIntact(blob))) await blobs.store(blob.digest, counted())
        else moved(blob.size)
      })
      async function* counted() {
        for await (const piece of verified(blob.read(0), blob, registry)) {
          moved(piece.length)
          yield piece
        }
      }
    },

    async tags() {
      const entries = await index.read()
      // A folder that is not there is a slip of whoever named it, and not one without packages.
      if (entries === undefined && !(await isThere(root))) throw errors.LAYOUT_MISSING({ folder: root })
      return (entries ?? []).flatMap(({ tag }) => tag ?? [])
    },

    async referrers(subject, { artifactType } = {}) {
      const entries = (await index.read()) ?? []
      return await findReferrers(entries, subject, artifactType, readManifest, index.fail)
    },

    async attach(_subject, manifests, { signal } = {}) {
      const descriptors = manifests.map((bytes) => parseManifest(bytes, registry).descriptor)
      await storeManifests(manifests)
      const add = (entries: readonly IndexEntry[]) =>
        descriptors.reduce<IndexEntry[]>(
          (all, descriptor) => withManifest(all, descriptor, undefined),
          [...entries],
        )
      await writing(folder, () => index.update(add, signal))
    },
  }

  async function storeManifests(manifests: readonly Uint8Array[]): Promise<void> {
    await writing(folder, async () => {
      await index.prepare()
      for (const source of manifests.map((bytes) => blobOf(bytes))) {
        if (!(await blobs.isIntact(source))) await blobs.store(source.digest, source.read(0))
      }
    })
  }
}

async function isThere(folder: string): Promise<boolean> {
  return await stat(folder).then(
    () => true,
    () => false,
  )
}

/** The entries with one more, or with one that has a tag which another had: that one stays, by its digest. */
function withManifest(
  entries: readonly IndexEntry[],
  descriptor: Descriptor,
  tag: string | undefined,
): IndexEntry[] {
  const isSame = (entry: IndexEntry) => entry.descriptor.digest === descriptor.digest
  if (tag === undefined) return entries.some(isSame) ? [...entries] : [...entries, { descriptor, tag }]
  const untagged = entries.map((entry) => (entry.tag === tag ? { ...entry, tag: undefined } : entry))
  const others = untagged.filter((entry) => !isSame(entry) || entry.tag !== undefined)
  return [...others, { descriptor, tag }]
}
