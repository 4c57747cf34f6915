import type { CoreReader } from './core-reader.js'

/** What a rewriter has to know of an entry of the type section. */
export interface TypeOutline {
  readonly form: 'function' | 'struct' | 'array'
  /** Number of parameters of a function type. */
  readonly parameters: number
  /** Number of results of a function type. */
  readonly results: number
  /** Whether one of the parameters is a reference. */
  readonly takesReferences: boolean
}

/**
 * Reads the body of a type section: one outline for each type, those of recursive groups included.
 *
 * @throws {UNSUPPORTED_FEATURE} a type of unknown form
 */
export function readTypes(reader: CoreReader): TypeOutline[] {
  const types: TypeOutline[] = []
  for (let entries = reader.u32(); entries > 0; entries--) {
    let members = 1
    if (reader.bytes[reader.offset] === Form.REC) {
      reader.skip(1)
      members = reader.u32()
    }
    for (; members > 0; members--) types.push(readSubtype(reader))
  }
  return types
}

const Form = { REC: 0x4e, SUB_FINAL: 0x4f, SUB: 0x50, ARRAY: 0x5e, STRUCT: 0x5f, FUNC: 0x60 } as const

function readSubtype(reader: CoreReader): TypeOutline {
  let code = reader.u8()
  if (code === Form.SUB || code === Form.SUB_FINAL) {
    for (let supertypes = reader.u32(); supertypes > 0; supertypes--) reader.u32()
    code = reader.u8()
  }
  switch (code) {
    case Form.FUNC:
      return readFunction(reader)
    case Form.STRUCT:
      for (let fields = reader.u32(); fields > 0; fields--) skipField(reader)
      return { form: 'struct', parameters: 0, results: 0, takesReferences: false }
    case Form.ARRAY:
      skipField(reader)
      return { form: 'array', parameters: 0, results: 0, takesReferences: false }
    default:
      throw reader.unsupported(`the type form 0x${code.toString(16)}`)
  }
}

/** Codes from here on are numbers and vectors, those below are references. */
const FIRST_NUMBER = 0x7b

function readFunction(reader: CoreReader): TypeOutline {
  const parameters = reader.u32()
  let takesReferences = false
  for (let i = 0; i < parameters; i++) {
    if (reader.bytes[reader.offset]! < FIRST_NUMBER) takesReferences = true
    reader.skipValueType()
  }
  const results = reader.u32()
  for (let i = 0; i < results; i++) reader.skipValueType()
  return { form: 'function', parameters, results, takesReferences }
}

const PACKED_I16 = 0x77
const PACKED_I8 = 0x78

function skipField(reader: CoreReader): void {
  const code = reader.bytes[reader.offset]
  if (code === PACKED_I8 || code === PACKED_I16) reader.skip(1)
  else reader.skipValueType()
  reader.skip(1) // mutability
}
