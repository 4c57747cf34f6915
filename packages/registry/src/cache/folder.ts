import { homedir } from 'node:os'
import path from 'node:path'
import type { Machine } from '../disk/index.js'

/** Where the packages of a user are kept: one folder for all applications. */
export function cacheFolder({
  platform = process.platform,
  env = process.env,
  home = homedir(),
}: Machine = {}): string {
  const { join, isAbsolute } = platform === 'win32' ? path.win32 : path.posix
  const set = (name: string) => {
    const value = env[name]
    // The specification of XDG wants others ignored; elsewhere one would be another folder in each directory.
    return value !== undefined && isAbsolute(value) ? value : undefined
  }
  if (platform === 'win32')
    return join(set('LOCALAPPDATA') ?? join(home, 'AppData', 'Local'), 'wasm-plugin', 'cache')
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'wasm-plugin')
  return join(set('XDG_CACHE_HOME') ?? join(home, '.cache'), 'wasm-plugin')
}
