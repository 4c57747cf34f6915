import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The script of a thread. */
export interface ThreadEntry {
  readonly source: string
  /** As stacks show it. */
  readonly filename: string
}

/**
 * The entry of a plugin's thread. This file stays at the root of `src`: the bundle flattens folders, and the URL is
 * relative to the bundle. Nothing is looked up on import: in an application that was bundled into CommonJS there is no
 * URL of this module.
 */
export function threadEntry(): Promise<ThreadEntry> {
  entry ??= findEntry()
  return entry
}

let entry: Promise<ThreadEntry> | undefined

async function findEntry(): Promise<ThreadEntry> {
  const file = installed('./thread.cjs')
  if (file !== undefined) return file
  // Written by the build: 500 kB that an installed package never reads.
  const { default: source } = await import('embedded:thread')
  return { source, filename: 'wasm-plugin-thread.cjs' }
}

/** A file of this package. A bundled application may have files of the same names, so the package has to be ours. */
function installed(file: string): ThreadEntry | undefined {
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
