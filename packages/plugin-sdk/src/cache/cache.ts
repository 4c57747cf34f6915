import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { sdkVersion } from '../assets.js'
import { readRegularFile } from '../files.js'
import { type CacheEntry, decodeEntry, encodeEntry } from './entry.js'
import { pruneFolder } from './prune.js'

/** Part of what decides an output: plain data, or bytes, which count by their digest. */
export type CacheInput = Uint8Array | Json

type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [name: string]: Json }

/** Files that a tool read by itself: the path relative to the project → `stateOf` what it saw there. */
export type Trace = ReadonlyMap<string, string>

/**
 * Outputs of build steps by everything that decides them: a step with equal inputs is not run again, in this process
 * or the next. An entry is written whole or not at all and checked when it is read, so several builds may share the
 * folder, and a damaged entry is one that is not there. The cache never fails a build: what cannot be stored is made
 * again next time.
 */
export class BuildCache {
  /** Null: nothing is kept. */
  readonly folder: string | null
  #pruned = false

  constructor(folder: string | null) {
    this.folder = folder
  }

  /** The cache of a project: `node_modules/.cache/wasm-plugin` of its package, or where `WASM_PLUGIN_CACHE` says. */
  static of(projectDir: string): BuildCache {
    const { WASM_PLUGIN_CACHE: chosen } = process.env
    if (chosen === 'off') return new BuildCache(null)
    if (chosen !== undefined && chosen !== '') return new BuildCache(resolve(chosen))
    const modules = installedModules(resolve(projectDir))
    return new BuildCache(modules === null ? null : join(modules, '.cache', 'wasm-plugin'))
  }

  /**
   * What `step` made of these inputs, or makes now. `inputs` has to name everything that the output depends on:
   * texts or digests of files, options, versions of the tools.
   */
  async entry<Data>(
    step: string,
    inputs: readonly CacheInput[],
    make: () => Promise<CacheEntry<Data>>,
  ): Promise<CacheEntry<Data>> {
    const name = nameOf(step, inputs)
    const found = this.#read<Data>(name)
    if (found !== null) return found
    const made = await make()
    this.#write(name, made)
    return made
  }

  /**
   * As `entry`, for a tool that finds its own files: the cache remembers which it asked for, and the output is used
   * again while each of them is in the state that the tool saw. Without a trace it is not kept.
   */
  async traced<Data>(
    step: string,
    inputs: readonly CacheInput[],
    { dir, make }: { dir: string; make: () => Promise<CacheEntry<Data> & { readonly trace: Trace | null }> },
  ): Promise<CacheEntry<Data>> {
    const nameOfLists = nameOf(`${step}-files`, inputs)
    const lists = this.#read<string[][]>(nameOfLists)?.data ?? []
    for (const paths of lists) {
      const states = paths.map((path) => [path, stateOf(readIfThere(join(dir, path)))])
      const found = this.#read<Data>(nameOf(step, [...inputs, states]))
      if (found !== null) return found
    }
    const { trace, ...made } = await make()
    if (trace === null) return made
    const states = [...trace].sort(([a], [b]) => (a < b ? -1 : 1))
    this.#write(nameOf(step, [...inputs, states]), made)
    const paths = states.map(([path]) => path)
    const others = lists.filter((list) => list.join('\n') !== paths.join('\n'))
    this.#write(nameOfLists, { bytes: new Uint8Array(), data: [paths, ...others].slice(0, MAX_LISTS) })
    return made
  }

  #read<Data>(name: string): CacheEntry<Data> | null {
    if (this.folder === null) return null
    const path = join(this.folder, name)
    const stored = readIfThere(path)
    const entry = stored === null ? null : decodeEntry<Data>(stored)
    if (entry !== null) ignoreFailure(() => utimesSync(path, new Date(), new Date()))
    return entry
  }

  #write(name: string, entry: CacheEntry<unknown>): void {
    const { folder } = this
    if (folder === null) return
    const temporary = join(folder, `${name}.${process.pid}.${temporaries++}.tmp`)
    ignoreFailure(() => {
      mkdirSync(folder, { recursive: true })
      if (!this.#pruned) pruneFolder(folder)
      this.#pruned = true
      writeFileSync(temporary, encodeEntry(entry))
      renameSync(temporary, join(folder, name))
    })
    ignoreFailure(() => rmSync(temporary, { force: true }))
  }
}

/** Sets of files that are remembered for a step with equal inputs: going back to an older source is quick too. */
const MAX_LISTS = 8

let temporaries = 0

/** The state of a file for a `Trace`: a digest of its contents; null is a file that is not there. */
export function stateOf(contents: Uint8Array | string | null): string {
  return contents === null ? 'absent' : createHash('sha256').update(contents).digest('hex')
}

/** JSON keeps apart what lies side by side. Another version of this package may keep other things under a name. */
function nameOf(step: string, inputs: readonly CacheInput[]): string {
  const named = inputs.map((input) => (input instanceof Uint8Array ? { sha256: stateOf(input) } : input))
  return `${step}-${stateOf(JSON.stringify([sdkVersion(), named]))}`
}

function readIfThere(path: string): Uint8Array | null {
  try {
    return readRegularFile(path)
  } catch {
    return null
  }
}

/** A folder that cannot be written, a full disk, or another build that was quicker. */
function ignoreFailure(action: () => void): void {
  try {
    action()
  } catch {}
}

/** The `node_modules` of the nearest package that has one. */
function installedModules(dir: string): string | null {
  const modules = join(dir, 'node_modules')
  if (existsSync(modules) && existsSync(join(dir, 'package.json'))) return modules
  return dirname(dir) === dir ? null : installedModules(dirname(dir))
}
