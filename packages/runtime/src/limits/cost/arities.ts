import type { CoreReader } from '../core-reader.js'
import { ExternKind, type Section, SectionId, sectionReader } from '../core-sections.js'
import { readTypes, type TypeOutline } from '../core-types.js'

/** Of a function, a block or a call: how many values it takes and gives. */
export type Arity = Pick<TypeOutline, 'parameters' | 'results'>

/** What code may refer to by index. What does not exist is the engine's to refuse. */
export interface Arities {
  readonly types: readonly Arity[]
  /** The type of each function, those that are imported first. */
  readonly functions: readonly number[]
  /** Functions that are imported. */
  readonly imported: number
  /** Values that an exception of each tag carries. */
  readonly tags: readonly number[]
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
  return { types, functions, imported, tags: tags.map((type) => types[type]?.parameters ?? 0) }
}

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
