import { readWhole } from '../artifact/index.js'
import { packageErrors, transportErrors } from '../errors/index.js'
import { readLock } from '../lock/index.js'
import type { Reference } from '../names/index.js'
import { mediaTypes, type Repository, type TransferOptions } from '../repository/index.js'
import { MAX_DEBUG_BYTES } from '../trust/index.js'
import type { InstallContext } from './install.js'
import { resolve } from './resolve.js'

/**
 * The debug information that whoever signed a version signed as well.
 *
 * @throws {DEBUG_INFO_MISSING} {CONTENT_TOO_LARGE}, and what resolving throws
 */
export async function debugInfo(
  reference: Reference,
  repository: Repository,
  context: InstallContext,
  options: TransferOptions = {},
): Promise<Uint8Array> {
  const lock = await readLock(context.lockFile)
  const pinned = (name: string) => lock.get(name)?.signer
  const { signal } = options
  const { name, version, verification } = await resolve(
    reference,
    repository,
    { ...context, pinned },
    { signal },
  )
  const { debug } = verification
  const { registry } = repository
  if (debug === undefined) throw packageErrors.DEBUG_INFO_MISSING({ what: `${name}@${version}`, registry })
  if (debug.size > MAX_DEBUG_BYTES) {
    const what = `the debug information of ${name}@${version}`
    throw transportErrors.CONTENT_TOO_LARGE({ registry, what, max: MAX_DEBUG_BYTES })
  }
  return await readWhole(repository.readBlob({ mediaType: mediaTypes.debug, ...debug }, options), debug.size)
}
