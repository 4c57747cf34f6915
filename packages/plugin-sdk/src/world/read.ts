import { join } from 'node:path'
import { printWit } from '../bindgen/bindgen.js'
import { checkFeatures, featuresIn, withFeatures } from './features.js'
import { readWitFolder, type WitFolder } from './folder.js'
import { shippedPackage, shippedVersions } from './shipped.js'

/** A WIT package with its dependencies. */
export interface WitSource {
  /** The author's own files first, then the dependencies. */
  readonly files: readonly WitFile[]
  /** Features of the package and of its own dependencies that are left out. */
  readonly leftOut: readonly string[]
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
 * @param features names of the unstable features whose items are wanted
 * @throws {WIT_MISSING} {WIT_UNREADABLE} {FEATURE_UNKNOWN}
 * @throws {WIT_SYNTAX} for a package in its binary form that is none
 */
export async function readWit(wit: string, features: readonly string[] = []): Promise<WitSource> {
  const folder = readWitFolder(wit)
  const texts = await textsIn(folder)
  const files = withShipped(texts)
  checkFeatures(
    features,
    files.map(({ text }) => text),
  )
  return {
    files: files.map(({ path, place, text }) => ({
      path: texts.has(place) ? join(folder.dir, place) : path,
      place,
      text: withFeatures(text, features),
    })),
    leftOut: [...new Set([...texts.values()].flatMap(featuresIn))].filter((name) => !features.includes(name)),
  }
}

/** A package in its binary form becomes text, so that every tool takes it. */
async function textsIn({ texts, binaries }: WitFolder): Promise<ReadonlyMap<string, string>> {
  const all = new Map(texts)
  for (const [place, bytes] of binaries) all.set(place.replace(/wasm$/, 'wit'), await printWit(bytes, place))
  return all
}

/** Adds the shipped packages that are named somewhere, transitively, and defined nowhere. */
export function withShipped(texts: ReadonlyMap<string, string>): WitFile[] {
  const defined = new Set([...texts.values()].flatMap(definedPackages))
  const files = [...texts].map(([place, text]) => ({ path: place, place, text: versioned(text, defined) }))
  // The list grows while it is read.
  for (const file of files) {
    for (const name of namedPackages(file.text)) {
      const found = defined.has(name) ? null : shippedPackage(name)
      if (found === null) continue
      defined.add(name)
      const path = `${found.folder}/package.wit`
      files.push({ path, place: `deps/${path}`, text: found.text })
    }
  }
  return files
}

/**
 * `wasi:cli/environment` becomes `wasi:cli/environment@0.2.12`, which is what hosts answer: in the version that is in
 * `deps/`, or the newest. Comments stay as they are.
 */
function versioned(text: string, defined: ReadonlySet<string>): string {
  return text.replaceAll(UNVERSIONED, (reference, pkg: string | undefined) => {
    if (pkg === undefined || defined.has(pkg)) return reference
    const brought = [...defined]
      .filter((name) => name.startsWith(`${pkg}@`))
      .map((name) => name.split('@')[1])
    const [version] = brought.length > 0 ? brought : shippedVersions(pkg)
    return version === undefined ? reference : `${reference}@${version}`
  })
}

const UNVERSIONED =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?<![\w:%-])(wasi:[a-z][a-z0-9-]*)\/[a-z][a-z0-9-]*(?![\w@-])/g

export function definedPackages(text: string): string[] {
  return [...text.matchAll(/^\s*package\s+([\w:%-]+(?:@[\w.+-]+)?)/gm)].map((match) => match[1]!)
}

/** `wasi:io/streams@0.2.12` names the package `wasi:io@0.2.12`. Comments may name more than is needed. */
export function namedPackages(text: string): string[] {
  return [...text.matchAll(/([a-z][\w-]*:[a-z][\w-]*)\/[a-z][\w-]*@(\d[\w.+-]*\w)/g)].map(
    (match) => `${match[1]}@${match[2]}`,
  )
}
