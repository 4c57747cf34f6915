import type { Folder } from '../volume.js'
import { HandleFolder } from './handles.js'
import { PathFolder } from './paths.js'
import { System } from './system.js'

/** `handles` on Linux, `paths` where the kernel cannot resolve a name relative to a handle for us. */
export type HostStrategy = 'handles' | 'paths'

export function bestStrategy(): HostStrategy {
  if (process.platform !== 'linux') return 'paths'
  try {
    HandleFolder.open('/proc', new System()).close()
    return 'handles'
  } catch {
    return 'paths'
  }
}

/**
 * Opens a granted directory. `path` was resolved when the grant was parsed, so a symbolic link in it now was put
 * there since, and is not followed.
 */
export function openGranted(path: string, strategy: HostStrategy): Folder {
  const system = new System()
  return strategy === 'handles' ? HandleFolder.open(path, system) : new PathFolder(path, system)
}
