import { errors } from '../../errors/grant-codes.js'
import { readMemory, releaseMemory } from '../../volume/memory/files.js'
import type { GrantSet } from '../grant-set.js'
import { normaliseAt } from './agree.js'

/**
 * The files of the memory grant at `at`, by path below it, as they are at one moment.
 *
 * @param thread Number of this thread.
 * @throws {MEMORY_GRANT_MISSING}
 */
export async function readFiles(
  { fs }: GrantSet,
  at: string,
  thread: number,
): Promise<Map<string, Uint8Array>> {
  const grant = fs.find((grant) => grant.at === normaliseAt(at))
  if (grant === undefined || grant.memory === null) {
    const known = fs.flatMap((grant) => (grant.memory === null ? [] : [grant.at]))
    throw errors.MEMORY_GRANT_MISSING({ at, known })
  }
  // The application's thread must not wait for a plugin's, which holds the files for microseconds at a time.
  for (;;) {
    const files = readMemory(grant.memory, thread)
    if (files !== undefined) return files
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** To be called when a thread of the plugin has ended: it may have been in the middle of a change. */
export function releaseFiles({ fs }: GrantSet, deadThread: number): void {
  for (const { memory } of fs) if (memory !== null) releaseMemory(memory, deadThread)
}
