import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build, type JavaScriptEngine, type Language } from '@wasm-plugin/sdk'
import type { WorldName } from './scripts.js'

/** Languages that have their plugins in `guests/<language>`. */
export const languages = [
  'rust',
  'assemblyscript',
  'c',
  'cpp',
  'js',
  'ts',
] as const satisfies readonly Language[]
export type GuestLanguage = (typeof languages)[number]

/**
 * The engine of plugins in TypeScript, so that both are compared; those in JavaScript have StarlingMonkey. QuickJS takes no
 * resource back that it made: the build refuses the world, which a test holds it to.
 */
const ENGINES: Record<WorldName, JavaScriptEngine> = {
  values: 'qjs',
  resources: 'starling',
  shelf: 'starling',
  wasi: 'qjs',
}

export interface Guest {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Builds a plugin as `wasm-plugin build` does. */
export async function buildGuest(
  language: GuestLanguage,
  world: WorldName,
  engine?: JavaScriptEngine,
): Promise<Guest> {
  const { path } = await build({
    dir: fileURLToPath(new URL(`../guests/${language}/${world}`, import.meta.url)),
    name: world,
    language,
    wit: `../../../wit/${world === 'wasi' ? 'wasi' : 'kit'}`,
    world: `${world}-plugin`,
    engine: engine ?? (language === 'ts' ? ENGINES[world] : undefined),
  })
  return { path, bytes: await readFile(path) }
}
