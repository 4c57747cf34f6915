import type { CoreReader } from '../core-reader.js'
import { ExternKind, type Section, SectionId, sectionReader } from '../core-sections.js'
import { readTypes, type TypeOutline } from '../core-types.js'

/** Of a function, a block or a call. */
export type Arity = Pick<TypeOutline, 'parameters' | 'results'>

/** How many values the types, functions and tags of a module take and give. What does not exist is the engine's to refuse. */
export interface Arities {
  /** Functions that are imported. */
  readonly imported: number
  ofType(index: number): Arity
  ofFunction(index: number): Arity
  /** Of a function by its place in the code section. */
  ofDefined(index: number): Arity
  /** Values that an exception of the tag carries. */
  ofTag(index: number): number
}

/** @throws {UNSUPPORTED_FEATURE} a type or import of unknown form */
export function readArities(bytes: Uint8Array, sections: readonly Section[], module: number): Arities {
  let types: Arity[] = []
  const functions: number[] = []
  const tags: number[] = []
  let imported = 0
  for (const section of sections) {
    const reader = sectionReader(bytes, section, module)
    if (section.id === SectionId.TYPE) types = readTypes(reader)
    else if (section.id === SectionId.IMPORT) {
      readImports(reader, functions, tags)
      imported = functions.length
    } else if (section.id === SectionId.FUNCTION)
      for (let count = reader.u32(); count > 0; count--) functions.push(reader.u32())
    else if (section.id === SectionId.TAG)
      for (let count = reader.u32(); count > 0; count--) tags.push(reader.tagType())
  }
  const ofType = (index: number) => types[index] ?? NOTHING
  const ofFunction = (index: number) => ofType(functions[index] ?? -1)
  return {
    imported,
    ofType,
    ofFunction,
    ofDefined: (index) => ofFunction(imported + index),
    ofTag: (index) => ofType(tags[index] ?? -1).parameters,
  }
}

const NOTHING: Arity = { parameters: 0, results: 0 }

function readImports(reader: CoreReader, functions: number[], tags: number[]): void {
  for (let count = reader.u32(); count > 0; count--) {
    reader.skipName()
    reader.skipName()
    const kind = reader.u8()
    if (kind === ExternKind.FUNC) functions.push(reader.u32())
    else if (kind === ExternKind.TAG) tags.push(reader.tagType())
    else reader.skipExternType(kind)
  }
}
