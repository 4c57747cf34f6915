import { PluginError } from '@wasm-plugin/runtime'
import { decodePackage, encodePackage } from '../bindgen/bindgen.js'
import { explainComplaint } from './diagnose.js'
import { readWitFolder } from './folder.js'
import { definedPackages, namedPackages, readWit, withShipped } from './read.js'
import { shippedPackage } from './shipped.js'

/**
 * The binary form of a WIT package, which is what registries have: with its comments, and with the items of all its
 * features, of which whoever reads it chooses.
 *
 * @param wit a .wit file, or the folder of one WIT package with its dependencies in `deps/`
 * @throws {WIT_MISSING} {WIT_UNREADABLE} {WIT_SYNTAX}
 */
export async function encodeWit(wit: string): Promise<Uint8Array<ArrayBuffer>> {
  const source = await readWit(wit)
  const texts = source.files.map(({ place, text }) => ({ path: place, text }))
  const explain = (complaint: Parameters<typeof explainComplaint>[0]) =>
    explainComplaint(complaint, source, undefined)
  return new Uint8Array(await encodePackage(texts, explain))
}

/** A WIT package in its binary form, by its id. */
export interface EncodedWit {
  /** `acme:site@0.1.0` */
  readonly id: string
  readonly bytes: Uint8Array
}

/**
 * The folder of a WIT package that has others in `deps/`: their texts by path, and those of the WASI packages that are
 * named and not among them.
 *
 * @throws {WIT_SYNTAX} for bytes that are no WIT package
 */
export async function depsOf(packages: readonly EncodedWit[]): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>()
  for (const one of packages) texts.set(placeFor(one.id, texts), await textOf(one))
  return new Map(withShipped(texts).map(({ place, text }) => [place.slice('deps/'.length), text]))
}

/**
 * The folder of the first of some packages, with the others in `deps/`: text by path.
 *
 * @throws {WIT_SYNTAX} for bytes that are no WIT package
 */
export async function folderOf([first, ...others]: readonly [EncodedWit, ...EncodedWit[]]): Promise<
  ReadonlyMap<string, string>
> {
  const texts = new Map([['package.wit', await textOf(first)]])
  for (const one of others) texts.set(placeFor(one.id, texts), await textOf(one))
  return new Map(withShipped(texts).map(({ place, text }) => [place, text]))
}

/**
 * The packages that the WIT of a folder names, and that neither it nor the SDK has. A folder without WIT names none.
 *
 * @throws {WIT_UNREADABLE}
 */
export function missingPackages(wit: string): string[] {
  const texts = [...textsOfFolder(wit)].filter(([place]) => !place.startsWith('deps/'))
  const defined = new Set(texts.flatMap(([, text]) => definedPackages(text)))
  const named = texts.flatMap(([, text]) => namedPackages(text))
  return [...new Set(named)].filter((id) => !defined.has(id) && !isShipped(id)).sort()
}

function textsOfFolder(wit: string): ReadonlyMap<string, string> {
  try {
    return readWitFolder(wit).texts
  } catch (error) {
    if (PluginError.is(error, 'WIT_MISSING')) return new Map()
    throw error
  }
}

/** Whether the SDK brings a package: `wasi:io@0.2.6`. */
export function isShipped(id: string): boolean {
  return shippedPackage(id) !== null
}

async function textOf({ id, bytes }: EncodedWit): Promise<string> {
  const [own] = await decodePackage(bytes, id)
  return own?.text ?? ''
}

/** Two packages may have one name for their folder, `a-b:c` and `a:b-c`; no name has two hyphens in a row. */
function placeFor(id: string, taken: ReadonlyMap<string, string>): string {
  const place = (between: string) => `deps/${id.replace(':', between)}/package.wit`
  return taken.has(place('-')) ? place('--') : place('-')
}
