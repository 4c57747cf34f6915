import { readArtifact } from '../artifact/index.js'
import { checkVersion } from '../names/index.js'
import type { Digest, Repository } from '../repository/index.js'
import type { SigningKey } from '../sign/index.js'
import { statementsAbout } from '../trust/index.js'
import { attachStatements } from './attach.js'
import { type DryRunOptions, storedVersion } from './stored-version.js'

/**
 * Signs a version that was published before, as it is in the registry.
 *
 * @throws {VERSION_NOT_FOUND} {ARTIFACT_INVALID}
 */
export async function signVersion(
  repository: Repository,
  { name, version, key }: { name: string; version: string; key: SigningKey },
  { dryRun = false, ...options }: DryRunOptions = {},
): Promise<{ manifest: Digest; signed: number }> {
  const stored = await storedVersion(repository, { name, version: checkVersion(version) }, options)
  const published = await readArtifact(repository, stored, options)
  if (dryRun) return { manifest: stored.descriptor.digest, signed: 0 }
  const statements = statementsAbout({ name, version, published })
  return {
    manifest: stored.descriptor.digest,
    signed: await attachStatements(repository, stored.descriptor, { statements, key }, options),
  }
}
