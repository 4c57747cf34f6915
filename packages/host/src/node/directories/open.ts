import { statSync } from 'node:fs'
import type { Directories } from '@wasm-plugin/wasi/instance'
import { type Folder, idOf } from '@wasm-plugin/wasi/instance'
import { HandleFolder } from './handles.js'
import { PathFolder } from './paths.js'
import { EXACT_OR_NONE } from './stat.js'
import { System } from './system.js'

/** `handles` on Linux, `paths` where the kernel cannot resolve a name relative to a handle for us. */
export type HostStrategy = 'handles' | 'paths'

/** The directories of the system, each reached by handles or by paths. */
export function openDirectories(strategy: HostStrategy = bestStrategy()): Directories {
  return {
    open: (path) => openGranted(path, strategy),
    identify(path) {
      const stat = statSync(path, EXACT_OR_NONE)
      return stat && idOf(stat)
    },
    isWindows: process.platform === 'win32',
  }
}

function bestStrategy(): HostStrategy {
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
function openGranted(path: string, strategy: HostStrategy): Folder {
  const system = new System()
  return strategy === 'handles' ? HandleFolder.open(path, system) : new PathFolder(path, system)
}
