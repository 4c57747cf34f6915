import type { CoreReader } from '../core-reader.js'
import { ExternKind, type Section, SectionId, sectionReader } from '../core-sections.js'

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
  options: { module: number; reserved: string },
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
      for (let count = reader.u32(); count > 0; count--) readRecursiveTypes(reader, parameters)
    } else if (section.id === SectionId.IMPORT) {
      for (let count = reader.u32(); count > 0; count--) {
        if (readName(reader) === options.reserved) throw reader.unsupported('a reserved import name')
        reader.skipName()
        const kind = reader.byte()
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

const Composite = { REC: 0x4e, SUB_FINAL: 0x4f, SUB: 0x50, ARRAY: 0x5e, STRUCT: 0x5f, FUNC: 0x60 } as const

/** One entry of the type section: a type, or a group of types that may name each other. */
function readRecursiveTypes(reader: CoreReader, parameters: number[]): void {
  if (reader.bytes[reader.offset] !== Composite.REC) {
    parameters.push(readSubtype(reader))
    return
  }
  reader.skip(1)
  for (let count = reader.u32(); count > 0; count--) parameters.push(readSubtype(reader))
}

/** Answers with the number of parameters. */
function readSubtype(reader: CoreReader): number {
  let code = reader.byte()
  if (code === Composite.SUB || code === Composite.SUB_FINAL) {
    for (let supertypes = reader.u32(); supertypes > 0; supertypes--) reader.u32()
    code = reader.byte()
  }
  switch (code) {
    case Composite.FUNC: {
      const parameters = reader.u32()
      for (let i = 0; i < parameters; i++) reader.skipValueType()
      for (let results = reader.u32(); results > 0; results--) reader.skipValueType()
      return parameters
    }
    case Composite.STRUCT:
      for (let fields = reader.u32(); fields > 0; fields--) skipFieldType(reader)
      return 0
    case Composite.ARRAY:
      skipFieldType(reader)
      return 0
    default:
      throw reader.unsupported(`the type form 0x${code.toString(16)}`)
  }
}

const PACKED_I16 = 0x77
const PACKED_I8 = 0x78

function skipFieldType(reader: CoreReader): void {
  const code = reader.bytes[reader.offset]
  if (code === PACKED_I8 || code === PACKED_I16) reader.skip(1)
  else reader.skipValueType()
  reader.skip(1) // mutability
}
