import { type Descriptor, digestOf, mediaTypes } from '../repository/index.js'
import { type ArtifactInput, annotationsOf, describe, encode } from './write-artifact.js'

/** A plugin as an image with a file system. */
export interface Image {
  /** The image manifest, and its descriptor. */
  readonly manifest: Uint8Array
  readonly descriptor: Descriptor
  readonly config: Uint8Array
  /** A tar archive with the component in it. */
  readonly layer: Uint8Array
  readonly layerDescriptor: Descriptor
}

/** Where the component lies in the file system of the image. */
export const IMAGE_FILE = 'plugin.wasm'

/**
 * A component as an OCI image whose one layer is a file system: for what knows nothing of Wasm OCI Artifacts, such as volumes
 * of Kubernetes and old containerds. Equal input gives equal bytes; the layer is not compressed, so that it is no other on
 * another version of a compressor, and registries compress what they send.
 */
export function writeImage(
  component: Uint8Array,
  { facts, manifest, version, created }: Omit<ArtifactInput, 'title'>,
): Image {
  const layer = tarOf(IMAGE_FILE, component)
  const layerDescriptor = describe(mediaTypes.tar, layer)
  const config = encode({
    created,
    architecture: 'wasm',
    os: 'wasip2',
    config: { Entrypoint: [`/${IMAGE_FILE}`] },
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
  })
  const document = encode({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: describe(mediaTypes.imageConfig, config),
    layers: [layerDescriptor],
    annotations: annotationsOf(facts, manifest, version),
  })
  const descriptor = describe(mediaTypes.manifest, document)
  return { manifest: document, descriptor, config, layer, layerDescriptor }
}

/** Bytes of a header, and what everything in an archive is a multiple of. */
const BLOCK = 512

/** An archive (POSIX.1-1988, "ustar") with one file that everybody may read, of the beginning of 1970 and of root. */
function tarOf(name: string, content: Uint8Array): Uint8Array {
  const size = Math.ceil(content.length / BLOCK) * BLOCK
  // Two empty blocks are the end.
  const archive = new Uint8Array(BLOCK + size + 2 * BLOCK)
  const write = (at: number, text: string) => archive.set(new TextEncoder().encode(text), at)
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0')
  write(0, name)
  write(
    100,
    `${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(content.length, 11)}\0${octal(0, 11)}\0`,
  )
  // The sum is made with blanks in its place.
  write(148, ' '.repeat(8))
  write(156, '0')
  write(257, 'ustar\x0000')
  const sum = archive.subarray(0, BLOCK).reduce((total, byte) => total + byte, 0)
  write(148, `${octal(sum, 6)}\0 `)
  archive.set(content, BLOCK)
  return archive
}
