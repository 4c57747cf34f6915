import { BinaryReader } from '@wasm-plugin/runtime/internal'
import { ExportKind, readExports } from './exports.js'
import { MAX_NAME_BYTES, readSections } from './sections.js'

/** Types of a function of a core module, as the text format writes them. */
export interface CoreSignature {
  readonly params: readonly string[]
  readonly results: readonly string[]
}

/** The functions that a core module has to do with its outside by. */
export interface CoreFunctions {
  readonly imports: readonly (CoreSignature & { readonly module: string; readonly name: string })[]
  /** By name. */
  readonly exports: ReadonlyMap<string, CoreSignature>
}

/** Reads a module that has no types but those of functions of numbers, as a world is made of. */
export function readFunctions(core: Uint8Array): CoreFunctions {
  const sections = new Map(readSections(core).map(({ id, body }) => [id, body]))
  const list = <T>(id: number, read: (reader: BinaryReader) => T): T[] => {
    const reader = new BinaryReader(sections.get(id) ?? Uint8Array.of(0))
    return Array.from({ length: reader.u32() }, () => read(reader))
  }
  const types = list(SectionId.TYPE, readType)
  const imports = list(SectionId.IMPORT, (reader) => {
    const module = reader.name(MAX_NAME_BYTES)
    const name = reader.name(MAX_NAME_BYTES)
    reader.u8() // A function.
    return { module, name, ...types[reader.u32()]! }
  })
  const functions = [...imports, ...list(SectionId.FUNCTION, (reader) => types[reader.u32()]!)]
  const exports = readExports(sections.get(SectionId.EXPORT) ?? Uint8Array.of(0))
  return {
    imports,
    exports: new Map(
      exports
        .filter(({ kind }) => kind === ExportKind.FUNCTION)
        .map(({ name, index }) => [name, functions[index]!]),
    ),
  }
}

/** ` (param i32 i32) (result i32)`, with a space in front of what there is. */
export function printSignature({ params, results }: CoreSignature): string {
  const part = (word: string, types: readonly string[]) =>
    types.length === 0 ? '' : ` (${word} ${types.join(' ')})`
  return part('param', params) + part('result', results)
}

const SectionId = { TYPE: 1, IMPORT: 2, FUNCTION: 3, EXPORT: 7 } as const

function readType(reader: BinaryReader): CoreSignature {
  reader.u8() // The form of a function.
  const types = () => Array.from({ length: reader.u32() }, () => NUMBERS.get(reader.u8()) ?? '?')
  return { params: types(), results: types() }
}

const NUMBERS = new Map([
  [0x7f, 'i32'],
  [0x7e, 'i64'],
  [0x7d, 'f32'],
  [0x7c, 'f64'],
])
