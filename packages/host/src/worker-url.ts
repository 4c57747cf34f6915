import { existsSync, readFileSync } from 'node:fs'

/** What `Worker` starts a thread from: a file of this package, or the source itself. */
export type ThreadEntry = URL | { readonly source: string }

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
  const url = installed('./thread.cjs')
  if (url !== undefined) return url
  // Written by the build: 375 kB that an installed package never reads.
  const { default: source } = await import('embedded:thread')
  return { source }
}

/** A file of this package. A bundled application may have files of the same names, so the package has to be ours. */
function installed(file: string): URL | undefined {
  // The base is taken apart from `new URL`: bundlers copy what they find in `new URL('...', import.meta.url)`.
  const base: string | undefined = import.meta.url
  try {
    const { name } = JSON.parse(readFileSync(new URL('../package.json', base), 'utf8'))
    const url = new URL(file, base)
    return name === '@wasm-plugin/host' && existsSync(url) ? url : undefined
  } catch {
    return undefined
  }
}
