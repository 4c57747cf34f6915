import {
  type BlobSource,
  blobOf,
  type Descriptor,
  digestOf,
  mediaTypes,
  type Repository,
} from '@wasm-plugin/registry'

export const EMPTY = Buffer.from('{}')

export interface Artifact {
  readonly manifest: Buffer
  readonly layer: BlobSource
  readonly blob: Descriptor
  readonly bytes: Uint8Array
}

/** Bytes that look like nothing, the same for the same seed. */
export function noise(size: number, seed = 1): Uint8Array {
  const bytes = Buffer.alloc(size)
  let state = seed >>> 0 || 1
  for (let at = 0; at + 4 <= size; at += 4) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes.writeInt32LE(state | 0, at)
  }
  return bytes
}

/** An artifact with one layer, as a version of a package is. */
export function artifactOf(bytes: Uint8Array, annotations?: Record<string, string>): Artifact {
  const layer = blobOf(bytes)
  const blob: Descriptor = { mediaType: mediaTypes.wasm, digest: layer.digest, size: layer.size }
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: { mediaType: mediaTypes.wasmConfig, digest: digestOf(EMPTY), size: EMPTY.length },
      layers: [blob],
      annotations,
    }),
  )
  return { manifest, layer, blob, bytes }
}

/** A manifest that refers to another, of `artifactType`. */
export function referrerOf(subject: Descriptor, artifactType: string, note: string): Buffer {
  const empty = { mediaType: mediaTypes.empty, digest: digestOf(EMPTY), size: EMPTY.length }
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      artifactType,
      config: empty,
      layers: [empty],
      subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
      annotations: { note },
    }),
  )
}

export async function push(repository: Repository, artifact: Artifact, tag?: string): Promise<Descriptor> {
  await repository.putBlob(artifact.layer)
  await repository.putBlob(blobOf(EMPTY))
  return await repository.putManifest(artifact.manifest, { tag })
}

export async function readAll(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const list: Uint8Array[] = []
  for await (const piece of pieces) list.push(piece)
  return Buffer.concat(list)
}
