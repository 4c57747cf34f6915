import { readLock } from '../lock/index.js'
import type { Reference } from '../names/index.js'
import type { Repository, TransferOptions } from '../repository/index.js'
import type { Review } from '../review/index.js'
import type { Status } from '../trust/index.js'
import { component, inspected } from './download.js'
import { type InstallContext, reviewOf } from './install.js'
import { resolve } from './resolve.js'

/** A version whose signature counts and whose bytes are what was declared. */
export interface VerifiedVersion {
  readonly review: Review
  /** What its publisher says of it now. */
  readonly status: Status | undefined
}

/**
 * Checks a version as installing does, downloads it to compare it with what was declared, and changes nothing.
 *
 * @throws what installing throws, but for consent
 */
export async function verifyReference(
  reference: Reference,
  repository: Repository,
  context: InstallContext,
  options: TransferOptions = {},
): Promise<VerifiedVersion> {
  const lock = await readLock(context.lockFile)
  const pinned = (name: string) => lock.get(name)?.signer
  const resolved = await resolve(reference, repository, { ...context, pinned }, { signal: options.signal })
  const { name, version, published, verification } = resolved
  inspected(await component(repository, published.layer, context, options), published, `${name}@${version}`)
  return { review: reviewOf(resolved, repository, lock), status: verification.status }
}
