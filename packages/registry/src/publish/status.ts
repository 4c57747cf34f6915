import { checkVersion } from '../names/index.js'
import type { Digest, Repository } from '../repository/index.js'
import type { SigningKey } from '../sign/index.js'
import { type Status, statusStatement } from '../trust/index.js'
import { attachStatements } from './attach.js'
import { type DryRunOptions, storedVersion } from './stored-version.js'

/**
 * Says of a published version, signed, that it should not be taken any more. It counts for those who trust the key for
 * the package; the version stays where it is.
 *
 * @throws {VERSION_NOT_FOUND}
 */
export async function setStatus(
  repository: Repository,
  { name, version, status, key }: { name: string; version: string; status: Status; key: SigningKey },
  { dryRun = false, ...options }: DryRunOptions = {},
): Promise<{ manifest: Digest }> {
  const stored = await storedVersion(repository, { name, version: checkVersion(version) }, options)
  const { descriptor } = stored
  if (dryRun) return { manifest: descriptor.digest }
  await attachStatements(
    repository,
    descriptor,
    { statements: [statusStatement(descriptor.digest, status)], key },
    options,
  )
  return { manifest: descriptor.digest }
}
