import { homedir } from 'node:os'
import path from 'node:path'

/** Where compiled code of this package is kept, and what it is signed with. */
export interface CodePlace {
  readonly folder: string
  /** Elsewhere, so that who may write to caches, as a plugin may by its grants, cannot sign what it writes there. */
  readonly key: string
}

/**
 * The cache folder and the configuration of the user; `WASM_PLUGIN_CODE_CACHE` names another folder. Undefined where that says
 * `off`, or there is no such place.
 */
export function codePlace(env: NodeJS.ProcessEnv = process.env): CodePlace | undefined {
  const chosen = env.WASM_PLUGIN_CODE_CACHE || undefined
  if (chosen !== undefined && !path.isAbsolute(chosen)) return undefined
  const { cache, config } = PLACES[process.platform] ?? XDG
  const caches = chosen === undefined ? placeOf(env, cache) : chosen
  const configuration = placeOf(env, config)
  if (caches === undefined || configuration === undefined) return undefined
  return {
    folder: chosen ?? path.join(caches, 'wasm-plugin', 'code'),
    key: path.join(configuration, 'wasm-plugin', 'code.key'),
  }
}

/** A variable, and a folder of the user's home for where it is not set. */
type Place = readonly [variable: string | null, ...folders: string[]]

interface Places {
  readonly cache: Place
  readonly config: Place
}

const XDG: Places = { cache: ['XDG_CACHE_HOME', '.cache'], config: ['XDG_CONFIG_HOME', '.config'] }

const PLACES: { readonly [K in NodeJS.Platform]?: Places } = {
  darwin: { cache: [null, 'Library', 'Caches'], config: [null, 'Library', 'Application Support'] },
  win32: {
    cache: ['LOCALAPPDATA', 'AppData', 'Local'],
    config: ['APPDATA', 'AppData', 'Roaming'],
  },
}

function placeOf(env: NodeJS.ProcessEnv, [variable, ...folders]: Place): string | undefined {
  const set = variable === null ? undefined : env[variable]
  if (set !== undefined && path.isAbsolute(set)) return set
  try {
    const home = homedir()
    return path.isAbsolute(home) ? path.join(home, ...folders) : undefined
  } catch {
    // A user without a home.
    return undefined
  }
}
