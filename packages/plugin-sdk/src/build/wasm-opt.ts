import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { BuildCache } from '../cache/cache.js'
import { readSections, writeSections } from '../wasm/sections.js'
import { installedPackage } from './installed.js'
import type { BuildMode } from './settings.js'
import { makeStaging, removeStaging } from './staging.js'

/** Section of a component that holds a core module. */
const CORE_MODULE = 1

export interface WasmOptOptions {
  /** Folder of the project. */
  readonly dir: string
  readonly mode: BuildMode
  readonly cache: BuildCache
  readonly onStart?: () => void
}

/**
 * Runs Binaryen's `wasm-opt` over the program of a component, if the project has the npm package `binaryen` and the
 * build is none for debugging. The program is the first core module; what is behind it is glue.
 */
export async function optimizeComponent(
  component: Uint8Array,
  { dir, mode, cache, onStart }: WasmOptOptions,
): Promise<Uint8Array> {
  const binaryen = installedPackage(dir, 'binaryen')
  const level = LEVELS[mode]
  if (binaryen === null || level === null) return component
  const sections = readSections(component)
  const at = sections.findIndex(({ id }) => id === CORE_MODULE)
  const core = sections[at]
  if (core === undefined) return component
  const { bytes } = await cache.entry('wasm-opt', [binaryen.version, level, core.body], async () => {
    onStart?.()
    return { bytes: await run(join(binaryen.root, 'bin', 'wasm-opt'), level, core.body), data: null }
  })
  return writeSections(component, sections.with(at, { id: CORE_MODULE, body: bytes }))
}

const LEVELS: Readonly<Record<BuildMode, string | null>> = {
  release: '-Os',
  size: '-Oz',
  speed: '-O3',
  debug: null,
}

/** In a process of its own: it takes seconds, and a large program wants much memory. */
async function run(tool: string, level: string, core: Uint8Array): Promise<Uint8Array> {
  const folder = makeStaging('opt')
  try {
    const [input, output] = [join(folder, 'in.wasm'), join(folder, 'out.wasm')]
    writeFileSync(input, core)
    // The features that the program uses are those that its compiler chose; nothing here adds others.
    await promisify(execFile)(process.execPath, [tool, input, level, '--all-features', '-o', output])
    return readFileSync(output)
  } finally {
    removeStaging(folder)
  }
}
