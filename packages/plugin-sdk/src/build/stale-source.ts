import { readdirSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { MANIFEST_FILE } from '@wasm-plugin/manifest/names'

/** What `build` of the manifest says, read or not. */
type Build = Readonly<Record<string, unknown>>

/**
 * A source of the project that changed after its component was built, relative to the project; null when there is none.
 * Tests are no source, and neither is what a build writes.
 */
export function staleSource(dir: string, component: string, build: Build): string | null {
  const built = modified(component)
  for (const source of sourcesOf(build)) {
    const changed = newerThan(built, resolve(dir, source))
    if (changed !== null) return relative(dir, changed)
  }
  return null
}

/** Where the sources of a project are, in any language, and what its manifest says beyond that. */
function sourcesOf(build: Build): string[] {
  const texts = (value: unknown) => [value].flat().filter((item) => typeof item === 'string')
  return [
    ...[MANIFEST_FILE, 'src', 'assembly', 'Cargo.toml'],
    ...texts(build.wit ?? 'wit'),
    ...texts(build.entry).map((entry) => dirname(entry)),
    ...texts(build.sources),
    ...texts(build.include),
  ].filter((path) => path !== '.')
}

/** What a build writes, or what is no source. */
const PASSED_OVER = new Set(['node_modules', 'dist', 'gen', 'target', 'test', 'tests'])

/** The first file at or below `path` that changed after `time`, in milliseconds. */
function newerThan(time: number, path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return null
  if (!stats.isDirectory()) return stats.mtimeMs > time ? path : null
  for (const name of readdirSync(path).sort()) {
    if (name.startsWith('.') || PASSED_OVER.has(name)) continue
    const found = newerThan(time, join(path, name))
    if (found !== null) return found
  }
  return null
}

function modified(path: string): number {
  return statSync(path).mtimeMs
}
