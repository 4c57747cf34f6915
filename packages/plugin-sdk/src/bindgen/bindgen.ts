import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Component, ComponentError, type PluginError } from '@wasm-plugin/runtime'
import { BINDGEN_COMPONENT } from '../assets.js'
import { errors } from '../errors/index.js'

/** Exports of `bindgen/wit/world.wit`. */
interface BindgenExports {
  generate(language: BindgenLanguage, wit: readonly WitText[], world: string | undefined): GeneratedFile[]
  embed(
    module: Uint8Array | undefined,
    wit: readonly WitText[],
    world: string | undefined,
    encoding: 'utf8' | 'utf16',
  ): Uint8Array
  encode(module: Uint8Array): Uint8Array
  print(binary: Uint8Array): string
  encodePackage(wit: readonly WitText[]): Uint8Array
  decodePackage(binary: Uint8Array): PackageText[]
  assemble(source: string): Uint8Array
}

export type BindgenLanguage = 'c' | 'cpp'

/** A file of a WIT package, as `collectWit` gives them: the package's own at the top, the others below `deps/`. */
export interface WitText {
  readonly path: string
  readonly text: string
}

/** A package by itself: `acme:site@0.1.0`. */
export interface PackageText {
  readonly name: string
  readonly text: string
}

export interface GeneratedFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/**
 * Runs wit-bindgen's generator for a language.
 *
 * @param world id of a world of the package at the top: `acme:site/renderer@0.1.0`
 * @throws {WIT_SYNTAX} with file and line
 * @throws {WIT_TOOLS_FAILED} when the generator gives up on the world
 */
export async function runGenerator(
  language: BindgenLanguage,
  wit: ReadonlyMap<string, string>,
  world: string,
): Promise<GeneratedFile[]> {
  const files = [...wit].map(([path, text]) => ({ path, text }))
  return await withBindgen((bindgen) => bindgen.generate(language, files, escaped(world)), {
    complaint: ({ reason, place }) => errors.WIT_SYNTAX({ reason, file: place?.path, line: place?.line }),
    panic: (message) => errors.WIT_TOOLS_FAILED({ step: 'generating the bindings', reason: message }),
  })
}

/**
 * Makes a component of a core module in which a world is embedded. Imports of WASI preview 1 are adapted.
 *
 * @param explain makes the error from the reason, as the encoder gives it
 */
export async function encodeComponent(
  core: Uint8Array,
  explain: (reason: string) => PluginError,
): Promise<Uint8Array> {
  return await withBindgen((bindgen) => bindgen.encode(core), {
    complaint: (reason) => explain(String(reason)),
    panic: (message) => errors.WIT_TOOLS_FAILED({ step: 'making the component', reason: message }),
  })
}

/**
 * A digest of the component: another build of it may make something else of the same input. Packages unpack with one
 * time for all files, so times say nothing.
 */
export function bindgenVersion(): string {
  version ??= createHash('sha256').update(readFileSync(BINDGEN_COMPONENT)).digest('hex')
  return version
}

let version: string | undefined

/**
 * A core module that has the signatures of a world, traps, and carries the world for a language of UTF-16 strings in its
 * `component-type` section.
 *
 * @param world may be left out when the package has one
 * @param explain makes the error from what is wrong with the WIT
 */
export async function embedWorld(
  wit: readonly WitText[],
  world: string | undefined,
  explain: (complaint: Complaint) => PluginError,
): Promise<Uint8Array> {
  return await embed({ wit, world, encoding: 'utf16' }, explain)
}

/**
 * A core module with a world that was read before in it, for strings in UTF-8.
 *
 * @param core left out for one that has the signatures of the world, and traps
 */
export async function embedKnownWorld(
  { id, wit }: { readonly id: string; readonly wit: ReadonlyMap<string, string> },
  core?: Uint8Array,
): Promise<Uint8Array> {
  const files = [...wit].map(([path, text]) => ({ path, text }))
  return await embed({ core, wit: files, world: id, encoding: 'utf8' }, ({ reason }) =>
    errors.WIT_TOOLS_FAILED({ step: 'embedding the world', reason }),
  )
}

interface Embedding {
  readonly core?: Uint8Array | undefined
  readonly wit: readonly WitText[]
  readonly world: string | undefined
  readonly encoding: 'utf8' | 'utf16'
}

async function embed(
  { core, wit, world, encoding }: Embedding,
  explain: (complaint: Complaint) => PluginError,
): Promise<Uint8Array> {
  return await withBindgen((bindgen) => bindgen.embed(core, wit, world && escaped(world), encoding), {
    complaint: explain,
    panic: (message) => errors.WIT_TOOLS_FAILED({ step: 'reading the WIT', reason: message }),
  })
}

/** A name of a world may be a word of WIT in each of its parts: `%acme:%site/%world@1.0.0`. */
function escaped(world: string): string {
  return world.replaceAll(/(?<=^|[:/])(?=[A-Za-z])/g, '%')
}

/** The text of a WIT package in its binary form. `path` is named when it is none. */
export async function printWit(binary: Uint8Array, path: string): Promise<string> {
  const explain = (reason: string) => errors.WIT_SYNTAX({ file: path, reason })
  return await withBindgen((bindgen) => bindgen.print(binary), { complaint: explain, panic: explain })
}

/**
 * A WIT package in its binary form, with the items of all its features.
 *
 * @param explain makes the error from what is wrong with the WIT
 */
export async function encodePackage(
  wit: readonly WitText[],
  explain: (complaint: Complaint) => PluginError,
): Promise<Uint8Array> {
  return await withBindgen((bindgen) => bindgen.encodePackage(wit), {
    complaint: explain,
    panic: (message) => errors.WIT_TOOLS_FAILED({ step: 'encoding the WIT', reason: message }),
  })
}

/** The text of a package in its binary form, and after it those that it uses, as far as it does. */
export async function decodePackage(binary: Uint8Array, path: string): Promise<PackageText[]> {
  const explain = (reason: string) => errors.WIT_SYNTAX({ file: path, reason })
  return await withBindgen((bindgen) => bindgen.decodePackage(binary), { complaint: explain, panic: explain })
}

/**
 * A core module or a component from WebAssembly's text format.
 *
 * @param explain makes the error from what is wrong with the text
 */
export async function assembleText(
  source: string,
  explain: (complaint: TextComplaint) => PluginError,
): Promise<Uint8Array> {
  return await withBindgen((bindgen) => bindgen.assemble(source), {
    complaint: explain,
    panic: (message) => errors.WIT_TOOLS_FAILED({ step: 'assembling the text', reason: message }),
  })
}

/** The place is 1-based; columns count bytes. */
export interface TextComplaint {
  readonly reason: string
  readonly line: number
  readonly column: number
}

export interface Complaint {
  readonly reason: string
  /** The path of a `WitText`, and a 1-based line. */
  readonly place?: { readonly path: string; readonly line: number } | undefined
}

interface Explain {
  // biome-ignore lint/suspicious/noExplicitAny: the err of a WIT result, whose type each function knows
  complaint(payload: Complaint & any): PluginError
  panic(message: string): PluginError
}

/** An instance is for one call: what it allocated goes with it, and a panic leaves nothing behind. */
async function withBindgen<T>(use: (exports: BindgenExports) => T, explain: Explain): Promise<T> {
  compiled ??= compile()
  let panic: string | undefined
  const imports = {
    panicked: (message: string) => {
      panic = message
    },
    'wasm-plugin:bindgen/types@0.1.0': {},
  }
  try {
    const { exports } = (await compiled).instantiate(imports)
    return use(exports as unknown as BindgenExports)
  } catch (error) {
    if (error instanceof ComponentError) throw explain.complaint(error.payload)
    throw panic === undefined ? error : explain.panic(panic)
  }
}

let compiled: Promise<Component> | undefined

/**
 * Memory is bounded by the runtime's defaults. Fuel would double the time of a rebuild to stop a generator that does
 * not end, on the machine of the person who wrote its input.
 */
function compile(): Promise<Component> {
  return Component.compile(readFileSync(BINDGEN_COMPONENT))
}
