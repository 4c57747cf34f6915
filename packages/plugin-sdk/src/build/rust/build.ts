import type { BuildSettings, LanguageOutput } from '../settings.js'
export async function buildRust(_settings: BuildSettings): Promise<LanguageOutput> {
  throw 0
}
