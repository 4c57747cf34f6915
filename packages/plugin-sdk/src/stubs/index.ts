import type { Language } from '../build/settings.js'
import type { World } from '../world/world.js'
import { assemblyScriptStubs } from './assemblyscript.js'
import { rustStubs } from './rust.js'

/** Source of an entry file that has everything a world asks for, with nothing in it yet. It compiles. */
export function writeStubs(world: World, language: Language): string {
  return language === 'rust' ? rustStubs(world) : assemblyScriptStubs(world)
}
