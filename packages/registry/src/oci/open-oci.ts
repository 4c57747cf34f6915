import { transportErrors as errors } from '../errors/index.js'
import {
  checkPath,
  checkReference,
  type Descriptor,
  isDigest,
  isTag,
  MAX_MANIFEST_BYTES,
  mediaTypes,
  parseManifest,
  progressOf,
  type Repository,
  type StoredManifest,
  verified,
} from '../repository/index.js'
import { attachManifests } from './attach.js'
import { Client } from './client.js'
import { download } from './download.js'
import type { OciOptions } from './options.js'
import { listReferrers, mediaTypeOf } from './referrers.js'
import { listTags } from './tags.js'
import { upload } from './upload.js'

export interface OciPlace {
  /** `ghcr.io`, `127.0.0.1:5000`. */
  readonly registry: string
  readonly path: string
}

/**
 * A repository of a registry that speaks the
 * [OCI distribution specification](https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md).
 *
 * @throws {REGISTRY_NAME_INVALID}
 */
export function openOci({ registry, path }: OciPlace, options: OciOptions = {}): Repository {
  const client = new Client(registry, checkPath(path), options)

  async function manifest(reference: string, signal?: AbortSignal): Promise<StoredManifest | undefined> {
    const what = `the manifest ${checkReference(reference)}`
    const answer = await client.send({
      method: 'GET',
      to: `manifests/${reference}`,
      headers: { accept: `${mediaTypes.manifest}, ${mediaTypes.index}` },
      action: `reading ${what}`,
      ok: [200, 404],
      signal,
    })
    if (answer.status === 404) {
      await answer.drop()
      return undefined
    }
    const bytes = await client.bytes(answer, what, MAX_MANIFEST_BYTES, signal)
    const stored = parseManifest(bytes, registry, mediaTypeOf(answer))
    const said = isDigest(reference) ? reference : answer.headers['docker-content-digest']
    compare(said, stored.descriptor)
    return stored
  }

  /** A manifest is stored as it is, or the digest that was signed is another one. */
  function compare(said: unknown, { digest }: Descriptor): void {
    if (isDigest(said) && said !== digest)
      throw errors.CONTENT_DIGEST_MISMATCH({ registry, digest: said, actual: digest })
  }

  async function put(bytes: Uint8Array, tag?: string, signal?: AbortSignal) {
    if (tag !== undefined && !isTag(tag)) throw errors.REGISTRY_NAME_INVALID({ what: 'tag', text: tag })
    const { descriptor } = parseManifest(bytes, registry)
    const what = `the manifest ${tag ?? descriptor.digest}`
    if (bytes.length > MAX_MANIFEST_BYTES)
      throw errors.CONTENT_TOO_LARGE({ registry, what, max: MAX_MANIFEST_BYTES })
    const answer = await client.send({
      method: 'PUT',
      to: `manifests/${tag ?? descriptor.digest}`,
      headers: { 'content-type': descriptor.mediaType },
      body: () => bytes,
      action: `storing ${what}`,
      ok: [201],
      signal,
    })
    await answer.drop()
    compare(answer.headers['docker-content-digest'], descriptor)
    return { descriptor, subject: answer.headers['oci-subject'] }
  }

  return {
    registry,
    path,

    manifest: (reference, { signal } = {}) => manifest(reference, signal),

    async putManifest(bytes, { tag, signal } = {}) {
      return (await put(bytes, tag, signal)).descriptor
    },

    async hasBlob(digest, { signal } = {}) {
      const to = `blobs/${checkReference(digest)}`
      const answer = await client.send({ method: 'HEAD', to, action: 'a blob', ok: [200, 404], signal })
      await answer.drop()
      return answer.status === 200
    },

    async *readBlob(blob, options = {}) {
      checkReference(blob.digest)
      const { start, signal } = options
      const moved = progressOf(options, blob.size, start?.size)
      const pieces = download(client, blob, start?.size ?? 0, signal)
      for await (const piece of verified(pieces, blob, registry, start)) {
        moved(piece.length)
        yield piece
      }
    },

    async putBlob(blob, { from, ...transfer } = {}) {
      const { chunkBytes } = options
      if (from !== undefined) checkPath(from)
      if (await this.hasBlob(blob.digest, transfer)) progressOf(transfer, blob.size)(blob.size)
      else await upload(client, blob, { ...transfer, from, chunkBytes })
    },

    tags: ({ signal } = {}) => listTags(client, signal),

    async referrers(subject, { artifactType, signal } = {}) {
      checkReference(subject)
      return await listReferrers(client, subject, artifactType, (one) => manifest(one, signal), signal)
    },

    async attach(subject, documents, { signal } = {}) {
      const read = (reference: string) => manifest(reference, signal)
      const store = (bytes: Uint8Array, tag?: string) => put(bytes, tag, signal)
      await attachManifests(client, subject, documents, { read, put: store }, signal)
    },
  }
}
