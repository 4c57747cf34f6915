import { packageErrors } from '../errors/index.js'
import type { Repository, StoredManifest, TransferOptions } from '../repository/index.js'

export interface DryRunOptions extends TransferOptions {
  /** Look whether it could be done, and change nothing. @default false */
  readonly dryRun?: boolean | undefined
}

/**
 * The manifest of a version that has to be there.
 * @throws {VERSION_NOT_FOUND}
 */
export async function storedVersion(
  repository: Repository,
  { name, version }: { name: string; version: string },
  options?: TransferOptions,
): Promise<StoredManifest> {
  const stored = await repository.manifest(version, options)
  if (stored !== undefined) return stored
  const { registry } = repository
  throw packageErrors.VERSION_NOT_FOUND({ name, range: version, registry, passedOver: [] })
}
