import { readdirSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { MANIFEST_FILE } from '@wasm-plugin/manifest/names'
import { showText } from '@wasm-plugin/runtime/text'
import { readManifestFile } from './project.js'

/**
 * A source of the project that changed after its component was built, relative to the project; null when there is none.
 * Tests are no source, and neither is what a build writes.
 */
export function staleSource(dir: string, component: string): string | null {
  const built = modified(component)
  for (const source of sourcesOf(dir)) {
    const changed = newerThan(built, resolve(dir, source))
    if (changed !== null) return relative(dir, changed)
  }
  return null
}

/** Says so once for each component: a test that passes on an old one is worse than one that fails. */
export function warnIfStale(dir: string, component: string): void {
  if (warned.has(component)) return
  const source = staleSource(dir, component)
  if (source === null) return
  warned.add(component)
  const built = relative(dir, component)
  process.emitWarning(
    `the tests run ${showText(built)}, which is older than ${showText(source)}. Build it with \`wasm-plugin build\`, or run the tests with \`wasm-plugin test\`, which builds first.`,
    { type: 'PluginWarning', code: 'COMPONENT_STALE' },
  )
}

const warned = new Set<string>()

/** Where the sources of a project are, in any language, and what its manifest says beyond that. */
function sourcesOf(dir: string): string[] {
  const { build } = readManifestFile(dir)
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
