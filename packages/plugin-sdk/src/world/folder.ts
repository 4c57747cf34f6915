import { readdirSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { errors } from '../errors/index.js'
import { readRegularFile, readRegularText } from '../files.js'

/** Files of a WIT package: contents by path below its folder, with `/` between. */
export interface WitFolder {
  /** Absolute. */
  readonly dir: string
  readonly texts: ReadonlyMap<string, string>
  /** Packages in `deps/` in their binary form. */
  readonly binaries: ReadonlyMap<string, Uint8Array>
}

/**
 * Reads a .wit file, or the folder of a WIT package: its own .wit files, and in `deps/` a file or a folder for each
 * package. What is no file of that name is somebody else's and passed over: a folder that ends in `.wit` too.
 *
 * @throws {WIT_MISSING} {WIT_UNREADABLE} with the entry
 */
export function readWitFolder(wit: string): WitFolder {
  const dir = resolve(wit)
  const kind = kindOf(dir)
  if (kind === null) throw errors.WIT_MISSING({ path: wit, reason: 'there is no such file or folder' })
  if (kind.isFile())
    return { dir: dirname(dir), texts: new Map([[basename(dir), textOf(dir)]]), binaries: new Map() }
  if (!kind.isDirectory())
    throw errors.WIT_MISSING({ path: wit, reason: 'it is neither a file nor a folder' })
  const own = filesIn(dir, '', /\.wit$/)
  if (own.length === 0) throw errors.WIT_MISSING({ path: wit, reason: 'the folder holds no .wit file' })
  const folders = ['deps', ...foldersIn(dir, 'deps')]
  const deps = folders.flatMap((folder) => filesIn(dir, folder, /\.(wit|wasm)$/)).sort()
  const texts = [...own, ...deps.filter((place) => place.endsWith('.wit'))]
  const binaries = deps.filter((place) => place.endsWith('.wasm'))
  return {
    dir,
    texts: new Map(texts.map((place) => [place, textOf(join(dir, place))])),
    binaries: new Map(binaries.map((place) => [place, bytesOf(join(dir, place))])),
  }
}

/** A name of WIT that leads nowhere, or may not be read, is a mistake to name; any other is nothing of ours. */
function filesIn(dir: string, folder: string, names: RegExp): string[] {
  return placesIn(dir, folder)
    .filter((place) => names.test(place))
    .filter((place) => {
      const path = join(dir, place)
      const kind = kindOf(path)
      if (kind === null) throw errors.WIT_UNREADABLE({ path, reason: 'it is a link that leads nowhere' })
      return kind.isFile()
    })
}

/** One level, as every tool of WIT has it: what a dependency brings for itself is not read. */
function foldersIn(dir: string, folder: string): string[] {
  return placesIn(dir, folder).filter((place) => isFolder(join(dir, place)))
}

function placesIn(dir: string, folder: string): string[] {
  const path = join(dir, folder)
  if (!isFolder(path)) return []
  const names = attempt(() => readdirSync(path).sort(), path)
  return folder === '' ? names : names.map((name) => `${folder}/${name}`)
}

const isFolder = (path: string) => kindOf(path)?.isDirectory() === true

/** Null for what is not there, and for a link that leads nowhere. */
function kindOf(path: string): Stats | null {
  return attempt(() => statSync(path, { throwIfNoEntry: false }) ?? null, path)
}

/** Editors of one system put a mark before a text. */
function textOf(path: string): string {
  return attempt(() => readRegularText(path).replace(/^\uFEFF/, ''), path)
}

function bytesOf(path: string): Uint8Array {
  return attempt(() => readRegularFile(path), path)
}

function attempt<T>(read: () => T, path: string): T {
  try {
    return read()
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException
    throw errors.WIT_UNREADABLE({ path, reason: REASONS.get(code) ?? code }, error)
  }
}

const REASONS = new Map([
  ['EACCES', 'permission is denied'],
  ['EPERM', 'permission is denied'],
  ['ELOOP', 'its links lead in a circle'],
  ['EFTYPE', 'it is no regular file'],
  ['EFBIG', 'it is too large'],
])
