import { readLock } from '../lock/index.js'
import type { Reference } from '../names/index.js'
import type { Repository, TransferOptions } from '../repository/index.js'
import type { Review } from '../review/index.js'
import type { Status } from '../trust/index.js'
import { component, inspected } from './download.js'
import { type InstallContext, reviewOf } from './install.js'
import { type PassedOver, type Resolved, resolve } from './resolve.js'

/** What would be decided on: known from some kilobytes. */
export interface Reviewed {
  readonly review: Review
  /** What its publisher says of it now. */
  readonly status: Status | undefined
  readonly passedOver: readonly PassedOver[]
}

/** A version whose signature counts and whose bytes are what was declared. */
export type VerifiedVersion = Reviewed

/**
 * Resolves and checks a version as installing does, and stops where somebody would be asked: before the download.
 *
 * @throws what resolving throws
 */
export async function reviewReference(
  reference: Reference,
  repository: Repository,
  context: InstallContext,
  options: TransferOptions = {},
): Promise<Reviewed> {
  return (await reviewed(reference, repository, context, options)).reviewed
}

/**
 * The same, and downloads it to compare it with what was declared. Changes nothing but the cache.
 *
 * @throws what installing throws, but for consent
 */
export async function verifyReference(
  reference: Reference,
  repository: Repository,
  context: InstallContext,
  options: TransferOptions = {},
): Promise<VerifiedVersion> {
  const { resolved, reviewed: shown } = await reviewed(reference, repository, context, options)
  inspected(await component(repository, resolved.published.layer, context, options), resolved, repository)
  return shown
}

async function reviewed(
  reference: Reference,
  repository: Repository,
  context: InstallContext,
  { signal }: TransferOptions,
): Promise<{ resolved: Resolved; reviewed: Reviewed }> {
  const lock = await readLock(context.lockFile)
  const pinned = (name: string) => lock.get(name)?.signer
  const resolved = await resolve(reference, repository, { ...context, pinned }, { signal })
  const { verification, passedOver } = resolved
  const review = reviewOf(resolved, repository, lock)
  return { resolved, reviewed: { review, status: verification.status, passedOver } }
}
