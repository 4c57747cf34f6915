import type { Manifest } from '@wasm-plugin/manifest'
import { type Descriptor, digestOf, mediaTypes } from '../repository/index.js'
import { MANIFEST_KEY } from './document.js'
import type { PluginFacts } from './facts.js'

export interface Artifact {
  /** The image manifest, and its descriptor. */
  readonly manifest: Uint8Array
  readonly descriptor: Descriptor
  readonly config: Uint8Array
  readonly configDescriptor: Descriptor
  /** The one layer: the component itself. */
  readonly layer: Descriptor
}

export interface ArtifactInput {
  readonly facts: Omit<PluginFacts, 'manifest'>
  /** Of a plugin. A WIT package has none. */
  readonly manifest: Manifest | undefined
  /** Of the file that it would be. */
  readonly title: string
  readonly version: string
  /** RFC 3339. Part of the bytes, so equal input needs an equal time. */
  readonly created: string
}

/**
 * The documents of a Wasm OCI Artifact (`wasm-oci-artifact` of the CNCF's TAG Runtime) for a plugin or a WIT package. Equal
 * input gives equal bytes: keys stand in a fixed order, and no clock is read.
 */
export function writeArtifact({ facts, manifest, title, version, created }: ArtifactInput): Artifact {
  const layer: Descriptor = {
    mediaType: mediaTypes.wasm,
    ...facts.content,
    annotations: { 'org.opencontainers.image.title': `${title}.wasm` },
  }
  const config = encode({
    created,
    architecture: 'wasm',
    os: 'wasip2',
    layerDigests: [layer.digest],
    component: { exports: facts.exports, imports: facts.imports, target: manifest?.world ?? null },
    ...(manifest && { [MANIFEST_KEY]: manifest }),
  })
  const configDescriptor = describe(mediaTypes.wasmConfig, config)
  const document = encode({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: configDescriptor,
    layers: [layer],
    annotations: annotationsOf(facts, manifest, version),
  })
  return {
    manifest: document,
    descriptor: describe(mediaTypes.manifest, document),
    config,
    configDescriptor,
    layer,
  }
}

/** For listings of registries; nothing here reads them back. */
export function annotationsOf(
  { labels }: Pick<PluginFacts, 'labels'>,
  manifest: Manifest | undefined,
  version: string,
): Record<string, string> {
  const standard = {
    version,
    description: manifest?.description ?? labels.description,
    licenses: labels.licenses,
    source: labels.source,
    url: labels.homepage,
    authors: labels.authors,
    revision: labels.revision,
  }
  return {
    ...Object.fromEntries(
      Object.entries(standard).flatMap(([name, text]) =>
        text === undefined ? [] : [[`org.opencontainers.image.${name}`, text]],
      ),
    ),
    ...(manifest && annotationsOfPlugin(manifest)),
  }
}

function annotationsOfPlugin({ world, capabilities: { fs, net, env } }: Manifest): Record<string, string> {
  const asked = Object.entries({ fs, net, env }).flatMap(([name, list]) =>
    (list ?? []).length > 0 ? [name] : [],
  )
  return {
    ...(world === undefined ? {} : { 'dev.wasm-plugin.world': world }),
    'dev.wasm-plugin.capabilities': asked.join(','),
  }
}

export function describe(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length }
}

export function encode(document: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(document))
}
