import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build, type Language } from '@wasm-plugin/sdk'
import type { WorldName } from './scripts.js'

/** Languages that have their plugins in `guests/<language>`. */
export const languages = ['rust', 'assemblyscript', 'c', 'cpp'] as const satisfies readonly Language[]
export type GuestLanguage = (typeof languages)[number]

export interface Guest {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Builds a plugin as `wasm-plugin build` does. */
export async function buildGuest(language: GuestLanguage, world: WorldName): Promise<Guest> {
  const { path } = await build({
    dir: fileURLToPath(new URL(`../guests/${language}/${world}`, import.meta.url)),
    name: world,
    language,
    wit: `../../../wit/${world === 'wasi' ? 'wasi' : 'kit'}`,
    world: `${world}-plugin`,
  })
  return { path, bytes: await readFile(path) }
}
