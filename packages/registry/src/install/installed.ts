import { packageErrors } from '../errors/index.js'
import { changeLock, type LockedPlugin, readLock } from '../lock/index.js'

/** @throws {LOCK_INVALID} {NOT_INSTALLED} */
export async function installedPlugin(lockFile: string, name: string): Promise<LockedPlugin> {
  const lock = await readLock(lockFile)
  const plugin = lock.get(name)
  if (plugin === undefined) throw packageErrors.NOT_INSTALLED({ name, installed: [...lock.keys()] })
  return plugin
}

/**
 * Takes a plugin out of the lock file. Its bytes stay in the cache, which other applications share.
 *
 * @throws {LOCK_INVALID} {LOCK_UNWRITABLE} {NOT_INSTALLED}
 */
export async function uninstall(lockFile: string, name: string, signal?: AbortSignal): Promise<LockedPlugin> {
  const plugin = await installedPlugin(lockFile, name)
  await changeLock(lockFile, (lock) => lock.delete(name), signal)
  return plugin
}
