import { blobOf, type Descriptor, type Repository, type TransferOptions } from '../repository/index.js'
import {
  bundleReferrer,
  EMPTY,
  printStatement,
  type SigningKey,
  type Statement,
  signStatement,
} from '../sign/index.js'
import { attachedBundles, statementsBy } from '../trust/index.js'

/**
 * Signs statements about a manifest and attaches them, all at once. A statement that this key has signed before is not
 * signed again: signatures differ each time, and every one that is attached is read by whoever installs.
 *
 * @returns how many were attached
 */
export async function attachStatements(
  repository: Repository,
  subject: Descriptor,
  { statements, key }: { statements: readonly Statement[]; key: SigningKey },
  options?: TransferOptions,
): Promise<number> {
  const there = statementsBy(key, await attachedBundles(repository, subject.digest, options)).map(
    printStatement,
  )
  const missing = statements.filter((statement) => !there.includes(printStatement(statement)))
  if (missing.length === 0) return 0
  await repository.putBlob(blobOf(EMPTY), options)
  const referrers: Uint8Array[] = []
  for (const statement of missing) {
    const bundle = signStatement(statement, key)
    await repository.putBlob(blobOf(bundle), options)
    referrers.push(bundleReferrer(subject, bundle, statement.predicateType, key))
  }
  await repository.attach(subject, referrers, options)
  return missing.length
}
