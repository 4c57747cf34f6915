import { encode } from '../artifact/index.js'
import { packageErrors, transportErrors } from '../errors/index.js'
import { checkVersion } from '../names/index.js'
import {
  blobOf,
  type Descriptor,
  type Digest,
  digestOf,
  mediaTypes,
  type Repository,
} from '../repository/index.js'
import { EMPTY, type SigningKey } from '../sign/index.js'
import {
  attachedBundles,
  type DebugInfo,
  debugStatement,
  MAX_DEBUG_BYTES,
  readDebug,
  statementsBy,
} from '../trust/index.js'
import { attachStatements } from './attach.js'
import { type DryRunOptions, storedVersion } from './stored-version.js'

export interface DebugRequest {
  readonly name: string
  readonly version: string
  readonly key: SigningKey
  readonly bytes: Uint8Array
}

/**
 * Attaches debug information to a published version, signed: what anybody else attaches is no word of its publisher. It is
 * downloaded by nobody who does not ask for it.
 *
 * @throws {CONTENT_TOO_LARGE} {VERSION_NOT_FOUND} {VERSION_EXISTS} the key signed other debug information before
 */
export async function attachDebug(
  repository: Repository,
  { name, version, key, bytes }: DebugRequest,
  { dryRun = false, ...options }: DryRunOptions = {},
): Promise<{ manifest: Digest; debug: Digest }> {
  const { registry } = repository
  const what = `the debug information of ${name}@${version}`
  if (bytes.length > MAX_DEBUG_BYTES)
    throw transportErrors.CONTENT_TOO_LARGE({ registry, what, max: MAX_DEBUG_BYTES })
  const { signal } = options
  const { descriptor } = await storedVersion(repository, { name, version: checkVersion(version) }, { signal })
  const debug = { digest: digestOf(bytes), size: bytes.length }
  const signed = statementsBy(key, await attachedBundles(repository, descriptor.digest, { signal }))
  const other = signed.flatMap((one) => readDebug(one) ?? []).find(({ digest }) => digest !== debug.digest)
  if (other !== undefined) throw packageErrors.VERSION_EXISTS({ what, registry, digest: other.digest })
  if (!dryRun) {
    await repository.putBlob(blobOf(EMPTY), { signal })
    await repository.putBlob(blobOf(bytes, debug), options)
    await repository.attach(descriptor, [referrer(descriptor, debug)], { signal })
    await attachStatements(
      repository,
      descriptor,
      { statements: [debugStatement(descriptor.digest, debug)], key },
      { signal },
    )
  }
  return { manifest: descriptor.digest, debug: debug.digest }
}

/** Keeps the bytes in the registry, and shows them to its tools. What counts is the statement. */
function referrer({ mediaType, digest, size }: Descriptor, debug: DebugInfo): Uint8Array {
  return encode({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: mediaTypes.debug,
    config: { mediaType: mediaTypes.empty, digest: digestOf(EMPTY), size: EMPTY.length },
    layers: [{ mediaType: mediaTypes.debug, ...debug }],
    subject: { mediaType, digest, size },
  })
}
