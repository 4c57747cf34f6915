import type { CoreReader } from '../core-reader.js'
import { ExternKind, type Section, SectionId, sectionReader } from '../core-sections.js'
import { readTypes } from '../core-types.js'

/** What the rewriter has to know of a module before it walks its code. */
export interface IndexSpaces {
  /** Parameters of each type that is a function type; 0 for the others. */
  readonly parameters: readonly number[]
  readonly importedFunctions: number
  /** Type of each function that the module defines. */
  readonly definedFunctions: readonly number[]
  readonly importedGlobals: number
  readonly definedGlobals: number
  /** Whether each memory has 64-bit addresses. */
  readonly wideMemories: readonly boolean[]
  /** Whether each table has 64-bit indices. */
  readonly wideTables: readonly boolean[]
}

/**
 * Reads the index spaces of a core module.
 *
 * @throws {UNSUPPORTED_FEATURE} a type or import of unknown form, or an import from the reserved module name
 */
export function readIndexSpaces(
  bytes: Uint8Array,
  sections: readonly Section[],
  options: { module: number; reserved?: string },
): IndexSpaces {
  const parameters: number[] = []
  const definedFunctions: number[] = []
  const wideMemories: boolean[] = []
  const wideTables: boolean[] = []
  const imported = [0, 0, 0, 0, 0]
  let definedGlobals = 0
  for (const section of sections) {
    const reader = sectionReader(bytes, section, options.module)
    if (section.id === SectionId.TYPE) {
      for (const type of readTypes(reader)) parameters.push(type.parameters)
    } else if (section.id === SectionId.IMPORT) {
      for (let count = reader.u32(); count > 0; count--) {
        if (readName(reader) === options.reserved) throw reader.unsupported('a reserved import name')
        reader.skipName()
        const kind = reader.u8()
        if (kind === ExternKind.MEMORY) wideMemories.push(reader.limitsAreWide())
        if (kind === ExternKind.TABLE) wideTables.push(reader.tableIsWide())
        reader.skipExternType(kind)
        imported[kind]!++
      }
    } else if (section.id === SectionId.FUNCTION) {
      for (let count = reader.u32(); count > 0; count--) definedFunctions.push(reader.u32())
    } else if (section.id === SectionId.MEMORY) {
      for (let count = reader.u32(); count > 0; count--) {
        wideMemories.push(reader.limitsAreWide())
        reader.skipLimits()
      }
    } else if (section.id === SectionId.TABLE) {
      for (let count = reader.u32(); count > 0; count--) {
        const initialised = reader.bytes[reader.offset] === 0x40
        if (initialised) reader.skip(2)
        wideTables.push(reader.tableIsWide())
        reader.skipExternType(ExternKind.TABLE)
        if (initialised) reader.skipConstantExpression()
      }
    } else if (section.id === SectionId.GLOBAL) {
      definedGlobals += reader.u32()
    }
  }
  return {
    parameters,
    importedFunctions: imported[ExternKind.FUNC]!,
    definedFunctions,
    importedGlobals: imported[ExternKind.GLOBAL]!,
    definedGlobals,
    wideMemories,
    wideTables,
  }
}

function readName(reader: CoreReader): string {
  const length = reader.u32()
  const start = reader.offset
  reader.skip(length)
  return length > 64 ? '' : String.fromCharCode(...reader.bytes.subarray(start, reader.offset))
}
