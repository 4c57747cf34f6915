import { readArtifact } from '../artifact/index.js'
import { checkVersion } from '../names/index.js'
import type { Repository, TransferOptions } from '../repository/index.js'
import type { Statement } from '../sign/index.js'
import { attestationOf } from '../trust/index.js'
import { versionInFile } from './sign-file.js'
import { storedVersion } from './stored-version.js'

/**
 * What `signFile` signs of a component, for a signer that makes the signature in its own way.
 *
 * @throws {NOT_PUBLISHABLE}, and what reading a component throws
 */
export function statementOfFile(component: Uint8Array): Statement {
  return attestationOf(versionInFile(component))
}

/**
 * The same of a published version, as it is in the registry.
 *
 * @throws {VERSION_NOT_FOUND} {ARTIFACT_INVALID}
 */
export async function statementOfVersion(
  repository: Repository,
  { name, version }: { name: string; version: string },
  options?: TransferOptions,
): Promise<Statement> {
  const stored = await storedVersion(repository, { name, version: checkVersion(version) }, options)
  return attestationOf({ name, version, published: await readArtifact(repository, stored, options) })
}
