import { homedir } from 'node:os'
import path from 'node:path'
import type { Machine } from '../disk/index.js'

/** What files of other tools a user has. */
export interface UserFiles {
  /** wkg's. */
  readonly packages: string
  /** Docker's. */
  readonly docker: string
}

export function userFiles({
  platform = process.platform,
  env = process.env,
  home = homedir(),
}: Machine): UserFiles {
  const { join, isAbsolute } = platform === 'win32' ? path.win32 : path.posix
  const xdg = env.XDG_CONFIG_HOME
  const settings =
    platform === 'win32'
      ? (env.APPDATA ?? join(home, 'AppData', 'Roaming'))
      : xdg !== undefined && isAbsolute(xdg)
        ? xdg
        : join(home, '.config')
  return {
    packages: env.WKG_CONFIG_FILE || join(settings, 'wasm-pkg', 'config.toml'),
    docker: join(env.DOCKER_CONFIG || join(home, '.docker'), 'config.json'),
  }
}
