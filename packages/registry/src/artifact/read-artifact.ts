import type { Manifest } from '@wasm-plugin/manifest'
import { packageErrors } from '../errors/index.js'
import type { Descriptor, Repository, StoredManifest, TransferOptions } from '../repository/index.js'
import { checkArtifact, checkConfig } from './document.js'
import type { PluginFacts } from './facts.js'
import { readWhole } from './read-whole.js'

/** A version as its registry tells of it, before the component is downloaded. Its publisher may lie. */
export interface PublishedVersion {
  readonly descriptor: Descriptor
  /** The component. */
  readonly layer: Descriptor
  /** Names of imports and exports, sorted; `undefined` if the publisher's tool did not say. */
  readonly imports: readonly string[] | undefined
  readonly exports: readonly string[] | undefined
  readonly manifest: Manifest | undefined
  /** Text that the publisher chose. */
  readonly created: string | undefined
}

/**
 * Reads what is known of a version from its image manifest and config alone: some kilobytes.
 *
 * @throws {ARTIFACT_INVALID} {MANIFEST_INVALID} {NET_PATTERN_INVALID}, and what the repository throws
 */
export async function readArtifact(
  repository: Repository,
  stored: StoredManifest,
  options?: TransferOptions,
): Promise<PublishedVersion> {
  const what = `${repository.registry}/${repository.path}@${stored.descriptor.digest}`
  const { config, layers } = checkArtifact(stored.document, what)
  const bytes = await readWhole(repository.readBlob(config, options), config.size)
  const { layerDigests, component, manifest, created } = checkConfig(parseJson(bytes, what), what)
  const [layer] = layers
  if (layerDigests[0] !== layer.digest)
    throw packageErrors.ARTIFACT_INVALID({ what, reason: 'its config is about another component' })
  return {
    descriptor: stored.descriptor,
    layer,
    imports: component?.imports.toSorted(),
    exports: component?.exports.toSorted(),
    manifest,
    created: created ?? undefined,
  }
}

function parseJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw packageErrors.ARTIFACT_INVALID({ what, reason: 'its config is not JSON' }, error)
  }
}

/**
 * Compares what was declared, and reviewed, with what the downloaded component really is.
 *
 * @throws {ARTIFACT_MISMATCH}
 */
export function compareWithDeclared(facts: PluginFacts, declared: PublishedVersion, what: string): void {
  const mismatch = (part: 'imports' | 'exports' | 'manifest') =>
    packageErrors.ARTIFACT_MISMATCH({ what, part })
  if (declared.imports !== undefined && !sameNames(facts.imports, declared.imports)) throw mismatch('imports')
  if (declared.exports !== undefined && !sameNames(facts.exports, declared.exports)) throw mismatch('exports')
  const [own, said] = [facts.manifest, declared.manifest]
  if (said !== undefined && JSON.stringify(own) !== JSON.stringify(said)) throw mismatch('manifest')
}

/** Tools do not agree on whether the functions of a resource are named: their interface or resource is. */
function sameNames(real: readonly string[], declared: readonly string[]): boolean {
  const plain = (names: readonly string[]) => names.filter((name) => !name.startsWith('['))
  const [a, b] = [plain(real), plain(declared)]
  return a.length === b.length && a.every((name, index) => name === b[index])
}
