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
import { blobOf, type Digest, type Repository, type TransferOptions } from '../repository/index.js'
import type { SigningKey } from '../sign/index.js'
import { statementsAbout } from '../trust/index.js'
import { attachStatements } from './attach.js'

/** A plugin or a WIT package that is ready to be published: everything that can be refused without a registry has been. */
export interface Publication {
  /** `acme:render` */
  readonly name: string
  readonly version: string
  readonly bytes: Uint8Array
  readonly facts: Pick<PluginFacts, 'imports' | 'exports'>
  /** Of a plugin. */
  readonly manifest: Manifest | undefined
  readonly artifact: Artifact
}

export interface Published {
  readonly name: string
  readonly version: string
  readonly registry: string
  readonly repository: string
  readonly manifest: Digest
  readonly content: Digest
  /** `exists`: these very bytes were there before, and nothing but perhaps a signature was added. */
  readonly state: 'published' | 'exists' | 'dry-run'
  /** Statements that were signed and attached now. */
  readonly signed: number
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
  return { name: manifest.id, version, bytes, facts, manifest, artifact }
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
  return { name, version, bytes, facts, manifest: undefined, artifact }
}

/** Equal input gives equal digests. */
const NO_TIME = '1970-01-01T00:00:00Z'

export interface PublishOptions extends TransferOptions {
  readonly key?: SigningKey | undefined
  /** Say what would be done, and do nothing. */
  readonly dryRun?: boolean | undefined
}

/**
 * Publishes: what is pointed to comes before what points to it, and the tag last, so that whoever interrupts it leaves no
 * version that is there by half. Done again it changes nothing.
 *
 * @throws {VERSION_EXISTS} the version is there with other bytes
 * @throws {PUBLISH_CHANGED} the registry does not give back what it was given
 */
export async function publish(
  publication: Publication,
  repository: Repository,
  { key, dryRun = false, ...transfer }: PublishOptions = {},
): Promise<Published> {
  const { name, version, bytes, artifact } = publication
  const { descriptor, layer } = artifact
  const result = {
    name,
    version,
    registry: repository.registry,
    repository: repository.path,
    manifest: descriptor.digest,
    content: layer.digest,
  }
  const { signal } = transfer
  const existing = await repository.manifest(version, { signal })
  if (existing !== undefined && existing.descriptor.digest !== descriptor.digest)
    throw packageErrors.VERSION_EXISTS({
      what: `${name}@${version}`,
      registry: repository.registry,
      digest: existing.descriptor.digest,
    })
  if (dryRun) return { ...result, state: 'dry-run', signed: 0 }

  if (existing === undefined) {
    await repository.putBlob({ ...blobOf(bytes, layer), isCompared: true }, transfer)
    await repository.putBlob(blobOf(artifact.config), { signal })
    await repository.putManifest(artifact.manifest, { signal })
  }
  const signed =
    key === undefined
      ? 0
      : await attachStatements(
          repository,
          descriptor,
          { statements: statementsAbout({ name, version, published: declaredBy(publication) }), key },
          { signal },
        )
  if (existing === undefined) await repository.putManifest(artifact.manifest, { tag: version, signal })
  await readBack(publication, repository, { signal })
  return { ...result, state: existing === undefined ? 'published' : 'exists', signed }
}

/** As a registry will tell of it. */
function declaredBy({ facts, manifest, artifact }: Publication): PublishedVersion {
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

async function readBack(
  { name, version, artifact }: Publication,
  repository: Repository,
  options: TransferOptions,
): Promise<void> {
  const stored = await repository.manifest(version, options)
  const changed = (reason: string) =>
    packageErrors.PUBLISH_CHANGED({ what: `${name}@${version}`, registry: repository.registry, reason })
  if (stored === undefined) throw changed('it says that there is no such version')
  if (stored.descriptor.digest !== artifact.descriptor.digest) throw changed('the version is another one')
  await readArtifact(repository, stored, options)
  if (!(await repository.hasBlob(artifact.layer.digest, options))) throw changed('the component is missing')
}
