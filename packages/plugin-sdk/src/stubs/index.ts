import type { Language } from '../build/settings.js'
import type { World } from '../world/world.js'
import { assemblyScriptStubs } from './assemblyscript.js'
import { rustStubs } from './rust.js'

/**
 * Source files that have everything a world asks for, with nothing in it yet; they compile. By path beside the entry
 * file, which is among them: `lib.rs`, or `index.ts`.
 */
export function writeStubs(world: World, language: Language): ReadonlyMap<string, string> {
  return language === 'rust' ? new Map([['lib.rs', rustStubs(world)]]) : assemblyScriptStubs(world)
}
