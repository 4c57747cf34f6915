import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, relative, resolve, sep } from 'node:path'
import { WASI_WIT_DIR } from '../assets.js'
import { errors } from '../errors/index.js'

/** A WIT package with its dependencies. */
export interface WitSource {
  /** The author's own files first, then the dependencies. */
  readonly files: readonly WitFile[]
  /** Packages in `deps/` in their binary form: contents by path below the package folder. */
  readonly binaries: ReadonlyMap<string, Uint8Array>
}

export interface WitFile {
  /** Path to show: the author's path, or `wasi-io@0.2.12/package.wit` for a dependency that the SDK ships. */
  readonly path: string
  /** Where it belongs below the folder of a complete package: `deps/wasi-io@0.2.12/package.wit`. */
  readonly place: string
  readonly text: string
}

/**
 * Reads a .wit file or a package folder together with the WASI packages that it names and does not bring.
 *
 * @throws {WIT_MISSING}
 */
export function readWit(wit: string): WitSource {
  const source = resolve(wit)
  if (!existsSync(source)) throw errors.WIT_MISSING({ path: wit, reason: 'there is no such file or folder' })
  if (statSync(source).isFile()) return withShipped([readFile(source, basename(source))], new Map())
  const own = readdirSync(source).filter((name) => name.endsWith('.wit'))
  if (own.length === 0) throw errors.WIT_MISSING({ path: wit, reason: 'the folder holds no .wit file' })
  const deps = filesBelow(join(source, 'deps')).map((path) => [path, placeOf(path, source)] as const)
  const files = [
    ...own.map((name) => readFile(join(source, name), name)),
    ...deps.filter(([path]) => path.endsWith('.wit')).map(([path, place]) => readFile(path, place)),
  ]
  const binaries = deps.filter(([path]) => path.endsWith('.wasm'))
  return withShipped(files, new Map(binaries.map(([path, place]) => [place, readFileSync(path)])))
}

/** Adds the shipped packages that are named somewhere, transitively, and defined nowhere. */
function withShipped(given: readonly WitFile[], binaries: WitSource['binaries']): WitSource {
  const shipped = new Map(readdirSync(WASI_WIT_DIR).map((folder) => [packageOfFolder(folder), folder]))
  const defined = new Set(given.flatMap((file) => definedPackages(file.text)))
  const files = [...given]
  // The list grows while it is read.
  for (const file of files) {
    for (const name of namedPackages(file.text)) {
      const folder = shipped.get(name)
      if (folder === undefined || defined.has(name)) continue
      defined.add(name)
      for (const path of filesBelow(join(WASI_WIT_DIR, folder))) {
        const shown = `${folder}/${basename(path)}`
        files.push({ ...readFile(path, `deps/${shown}`), path: shown })
      }
    }
  }
  return { files, binaries }
}

function readFile(path: string, place: string): WitFile {
  return { path, place, text: readFileSync(path, 'utf8') }
}

function filesBelow(dir: string): string[] {
  if (!existsSync(dir)) return []
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile())
    .sort()
}

function placeOf(path: string, root: string): string {
  return relative(root, path).replaceAll(sep, '/')
}

/** `wasi-io@0.2.12` is the folder of `wasi:io@0.2.12`. */
function packageOfFolder(folder: string): string {
  return folder.replace('-', ':')
}

function definedPackages(text: string): string[] {
  return [...text.matchAll(/^\s*package\s+([\w:%-]+(?:@[\w.+-]+)?)/gm)].map((match) => match[1]!)
}

/** `wasi:io/streams@0.2.12` names the package `wasi:io@0.2.12`. Comments may name more than is needed. */
function namedPackages(text: string): string[] {
  return [...text.matchAll(/([a-z][\w-]*:[a-z][\w-]*)\/[a-z][\w-]*@(\d[\w.+-]*\w)/g)].map(
    (match) => `${match[1]}@${match[2]}`,
  )
}
