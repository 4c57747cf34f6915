import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A script that is run elsewhere. */
export interface Entry {
  readonly source: string
  /** As stacks show it. */
  readonly filename: string
}

/**
 * The entry of a plugin's thread, or process. This file stays at the root of `src`: the bundle flattens folders, and the URL is
 * relative to the bundle. Nothing is looked up on import: in an application that was bundled into CommonJS there is no
 * URL of this module.
 */
export function threadEntry(): Promise<Entry> {
  thread ??= findEntry('thread', () => import('embedded:thread'))
  return thread
}

export function processEntry(): Promise<Entry> {
  process ??= findEntry('process', () => import('embedded:process'))
  return process
}

let thread: Promise<Entry> | undefined
let process: Promise<Entry> | undefined

/** @param embedded written by the build: 500 kB that an installed package never reads. */
async function findEntry(name: string, embedded: () => Promise<{ default: string }>): Promise<Entry> {
  return (
    installed(`./${name}.cjs`) ?? { source: (await embedded()).default, filename: `wasm-plugin-${name}.cjs` }
  )
}

/** A file of this package. A bundled application may have files of the same names, so the package has to be ours. */
function installed(file: string): Entry | undefined {
  // The base is taken apart from `new URL`: bundlers copy what they find in `new URL('...', import.meta.url)`.
  const base: string | undefined = import.meta.url
  try {
    const { name } = JSON.parse(readFileSync(new URL('../package.json', base), 'utf8'))
    if (name !== '@wasm-plugin/host') return undefined
    const url = new URL(file, base)
    return { source: readFileSync(url, 'utf8'), filename: fileURLToPath(url) }
  } catch {
    return undefined
  }
}
