import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { WASI_WIT_DIR } from '../assets.js'
import { errors } from '../errors/index.js'
import { openWitTools } from './wit-tools.js'

/** A WIT package with its dependencies, copied to where the WIT tools can read it. */
export interface StagedWit {
  /** Path as the WIT tools see it. */
  readonly guestPath: string
  /** The same folder as this process sees it. */
  readonly hostPath: string
  /** Files of the author's own package first, then the dependencies. */
  readonly files: readonly WitFile[]
}

export interface WitFile {
  /** Path to show: the author's path, or `wasi-io@0.2.12/package.wit` for a dependency that the SDK ships. */
  readonly path: string
  readonly text: string
}

/**
 * Copies `wit` (a .wit file or a package folder) to a private folder together with the WASI packages that it
 * names and does not bring, runs `use`, and removes the copy.
 *
 * @throws {WIT_MISSING}
 */
export async function withStagedWit<T>(wit: string, use: (staged: StagedWit) => Promise<T>): Promise<T> {
  const source = resolve(wit)
  if (!existsSync(source)) throw errors.WIT_MISSING({ path: wit, reason: 'there is no such file or folder' })
  const { root } = await openWitTools()
  const staging = mkdtempSync(join(root.host, 'w'))
  try {
    const own = copyPackage(source, staging)
    if (own.length === 0) throw errors.WIT_MISSING({ path: wit, reason: 'the folder holds no .wit file' })
    const shipped = addMissingPackages(staging, own)
    const guestPath = `${root.guest}/${basename(staging)}`
    return await use({ guestPath, hostPath: staging, files: [...own, ...shipped] })
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

function copyPackage(source: string, staging: string): WitFile[] {
  if (statSync(source).isFile()) {
    cpSync(source, join(staging, basename(source)))
    return [{ path: source, text: readFileSync(source, 'utf8') }]
  }
  const files: WitFile[] = []
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const path = join(source, entry.name)
    if (entry.name.endsWith('.wit')) {
      cpSync(path, join(staging, entry.name), { dereference: true })
      files.push({ path, text: readFileSync(path, 'utf8') })
    }
  }
  const deps = join(source, 'deps')
  if (files.length === 0 || !existsSync(deps)) return files
  cpSync(deps, join(staging, 'deps'), { recursive: true, dereference: true })
  return [...files, ...witFilesIn(deps)]
}

/** Adds the shipped packages that are named somewhere, transitively, and defined nowhere. */
function addMissingPackages(staging: string, own: readonly WitFile[]): WitFile[] {
  const shipped = new Map(readdirSync(WASI_WIT_DIR).map((folder) => [packageOfFolder(folder), folder]))
  const defined = new Set(own.flatMap((file) => definedPackages(file.text)))
  const added: WitFile[] = []
  const pending = [...own]
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    for (const name of namedPackages(file.text)) {
      const folder = shipped.get(name)
      if (folder === undefined || defined.has(name)) continue
      defined.add(name)
      const target = join(staging, 'deps', folder)
      mkdirSync(join(staging, 'deps'), { recursive: true })
      cpSync(join(WASI_WIT_DIR, folder), target, { recursive: true })
      const files = witFilesIn(target).map((f) => ({ ...f, path: `${folder}/${basename(f.path)}` }))
      added.push(...files)
      pending.push(...files)
    }
  }
  return added
}

function witFilesIn(dir: string): WitFile[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.wit'))
    .sort()
    .map((name) => ({ path: join(dir, name), text: readFileSync(join(dir, name), 'utf8') }))
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
