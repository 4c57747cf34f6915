import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { BinaryReader } from '@wasm-plugin/runtime/internal'
import { errors } from '../../errors/index.js'
import { MAX_NAME_BYTES, readSections } from '../../wasm/sections.js'
import type { World } from '../../world/world.js'

/**
 * A program may import what its world imports and nothing else. Globals of the language that need the outside are
 * imports of `env` unless the world imports the interface behind them, so the build says what the world lacks.
 *
 * @throws {COMPILE_FAILED} at the author's first use
 */
export function refuseUnresolved(
  core: Uint8Array,
  { dir, entry, world }: { dir: string; entry: string; world: World },
): void {
  const unknown = importsOf(core).find(({ module }) => !isOffered(module, world))
  if (unknown === undefined) return
  const { module, name } = unknown
  const need = module === 'env' ? NEEDS.find(({ imported }) => imported.test(name)) : undefined
  const use = need?.use ?? name
  const reason =
    need === undefined
      ? `the program imports ${name} of ${module}, which the world does not import`
      : `${use} needs ${need.interface}, which the world does not import`
  const place = firstUse(dir, entry, use.replace(/\*$/, ''))
  throw errors.COMPILE_FAILED({ language: 'AssemblyScript', ...place, reason, count: 1, output: reason })
}

const NEEDS = [
  { imported: /^console\./, use: 'console.*', interface: 'wasi:cli/stderr' },
  { imported: /^Date\.now$/, use: 'Date.now', interface: 'wasi:clocks/wall-clock' },
  { imported: /^performance\.now$/, use: 'performance.now', interface: 'wasi:clocks/monotonic-clock' },
  { imported: /^seed$/, use: 'Math.random', interface: 'wasi:random/random' },
  { imported: /^crypto\./, use: 'crypto.getRandomValues', interface: 'wasi:random/random' },
] as const

const IMPORT_SECTION = 2
const FUNCTION_KIND = 0

/** `$root` holds the functions of the world itself, `[export]…` the built-ins of exported resources. */
function isOffered(module: string, world: World): boolean {
  return world.imports.has(module) || module === '$root' || module.startsWith('[export]')
}

/** The functions that a core module imports; it imports nothing else before a linker sees it. */
function importsOf(core: Uint8Array): { module: string; name: string }[] {
  const body = readSections(core).find((section) => section.id === IMPORT_SECTION)?.body
  if (body === undefined) return []
  const found: { module: string; name: string }[] = []
  const reader = new BinaryReader(body)
  for (let left = reader.count(); left > 0; left--) {
    const module = reader.name(MAX_NAME_BYTES)
    const name = reader.name(MAX_NAME_BYTES)
    if (reader.u8() !== FUNCTION_KIND) break
    reader.u32() // Its type.
    found.push({ module, name })
  }
  return found
}

function firstUse(dir: string, entry: string, use: string): { file?: string; line?: number } {
  const folder = posix.dirname(entry)
  for (const name of readdirSync(join(dir, folder)).filter((file) => file.endsWith('.ts'))) {
    const file = posix.join(folder, name)
    const line = readFileSync(join(dir, file), 'utf8')
      .split('\n')
      .findIndex((row) => row.includes(use))
    if (line >= 0) return { file, line: line + 1 }
  }
  return {}
}
