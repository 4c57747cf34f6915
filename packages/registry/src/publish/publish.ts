import type { Manifest } from '@wasm-plugin/manifest'
import {
  type Artifact,
  type PluginFacts,
  type PublishedVersion,
  readArtifact,
  readFacts,
  readWitFacts,
  writeArtifact,
} from '../artifact/index.js'
import { packageErrors } from '../errors/index.js'
import { checkVersion } from '../names/index.js'
import { blobOf, type Digest, type Repository } from '../repository/index.js'
import { statementsAbout } from '../trust/index.js'
import { type PublishOptions, type Put, putTagged } from './put-tagged.js'

/** A plugin or a WIT package that is ready to be published: everything that can be refused without a registry has been. */
export interface Publication {
  /** `acme:render` */
  readonly name: string
  readonly version: string
  readonly bytes: Uint8Array
  readonly facts: Omit<PluginFacts, 'manifest'>
  /** Of a plugin. */
  readonly manifest: Manifest | undefined
  readonly artifact: Artifact
  /** RFC 3339. */
  readonly created: string
}

export interface Published extends Omit<Put, 'stored'> {
  readonly name: string
  readonly version: string
  readonly registry: string
  readonly repository: string
  readonly manifest: Digest
  readonly content: Digest
  /** Where that was asked for. */
  readonly image?: PublishedImage
}

/** The second form of a version: an image with a file system, which has the component in it as `/plugin.wasm`. */
export interface PublishedImage extends Omit<Put, 'stored'> {
  /** `image-1.2.3`. A tag that began with the version would be a version to others: `1.2.3-image` is a pre-release. */
  readonly tag: string
  readonly manifest: Digest
}

/**
 * Reads a component and makes its documents.
 *
 * @param created RFC 3339. @default the beginning of 1970
 * @throws {NOT_PUBLISHABLE} {VERSION_INVALID}, and what reading a component throws
 */
export function preparePublication(bytes: Uint8Array, created = NO_TIME): Publication {
  const facts = readFacts(bytes)
  const { manifest } = facts
  if (manifest === undefined) throw packageErrors.NOT_PUBLISHABLE({ reason: 'it has no manifest' })
  if (manifest.id === undefined) throw packageErrors.NOT_PUBLISHABLE({ reason: 'its manifest has no "id"' })
  const version = checkVersion(manifest.version)
  const artifact = writeArtifact({ facts, manifest, title: manifest.name, version, created })
  return { name: manifest.id, version, bytes, facts, manifest, artifact, created }
}

/**
 * The same of a WIT package in its binary form, which says itself what it is.
 *
 * @throws {WIT_PACKAGE_INVALID} {PACKAGE_NAME_INVALID} {VERSION_INVALID}, and what reading a component throws
 */
export function prepareWit(bytes: Uint8Array, created = NO_TIME): Publication {
  const { name, version, content, exports } = readWitFacts(bytes, 'this WIT package')
  // What it uses is no import: nothing has to be provided to who reads it.
  const facts = { content, imports: [], exports, labels: {} }
  const title = name.slice(name.indexOf(':') + 1)
  const artifact = writeArtifact({ facts, manifest: undefined, title, version, created })
  return { name, version, bytes, facts, manifest: undefined, artifact, created }
}

/** Equal input gives equal digests. */
const NO_TIME = '1970-01-01T00:00:00Z'

/**
 * Publishes a version, and reads it back as whoever installs it will.
 *
 * @throws {VERSION_EXISTS} the version is there with other bytes
 * @throws {PUBLISH_CHANGED} the registry does not give back what it was given
 */
export async function publish(
  publication: Publication,
  repository: Repository,
  options: PublishOptions = {},
): Promise<Published> {
  const { name, version, bytes, artifact } = publication
  const { descriptor, layer } = artifact
  const tagged = {
    what: `${name}@${version}`,
    tag: version,
    manifest: artifact.manifest,
    descriptor,
    blobs: [{ ...blobOf(bytes, layer), isCompared: true }, blobOf(artifact.config)],
    statements: statementsAbout({ name, version, published: declaredBy(publication) }),
  } as const
  const { state, signed, stored } = await putTagged(tagged, repository, options)
  if (stored !== undefined) await readArtifact(repository, stored, { signal: options.signal })
  return {
    name,
    version,
    registry: repository.registry,
    repository: repository.path,
    manifest: descriptor.digest,
    content: layer.digest,
    state,
    signed,
  }
}

/** As a registry will tell of it. */
export function declaredBy({ facts, manifest, artifact }: Publication): PublishedVersion {
  const { imports, exports } = facts
  return {
    descriptor: artifact.descriptor,
    layer: artifact.layer,
    manifest,
    imports,
    exports,
    created: undefined,
  }
}
