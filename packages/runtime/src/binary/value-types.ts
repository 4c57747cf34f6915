import { primitives, type ResourceType, type ValueType } from '../types/index.js'
import type { DecodeContext } from './context.js'
import { checkLabel, UniqueNames } from './names.js'
import { hex, type Reader } from './reader.js'
import type { Scope } from './scope.js'
import type { TypeUse } from './type-info.js'

/** Decodes the definition of a value type, whose opcode is next (Binary.md, `defvaltype`). */
export function decodeDefinedType(reader: Reader, scope: Scope): ValueType {
  const { context } = scope
  const at = reader.offset
  const code = reader.u8()
  const primitive = primitiveOf(code)
  if (primitive !== undefined) return primitive
  switch (code) {
    case 0x72:
      return decodeRecord(reader, scope)
    case 0x71:
      return decodeVariant(reader, scope)
    case 0x70: {
      const element = decodeValueType(reader, scope)
      return context.types.value({ kind: 'list', element: element.type }, [element])
    }
    case 0x67:
      return decodeFixedList(reader, scope)
    case 0x6f:
      return decodeTuple(reader, scope)
    case 0x6e:
      return decodeFlags(reader, context)
    case 0x6d:
      return context.types.value({ kind: 'enum', labels: decodeLabels(reader, context, 'an enum') }, [])
    case 0x6b: {
      const element = decodeValueType(reader, scope)
      return context.types.value({ kind: 'option', element: element.type }, [element])
    }
    case 0x6a: {
      const ok = decodeOptional(reader, scope)
      const err = decodeOptional(reader, scope)
      return context.types.value({ kind: 'result', ok: typeOf(ok), err: typeOf(err) }, present(ok, err))
    }
    case 0x69:
      return decodeHandle(reader, scope, 'own')
    case 0x68:
      return decodeHandle(reader, scope, 'borrow')
    case 0x66:
      return decodeAsync(reader, scope, 'stream')
    case 0x65:
      return decodeAsync(reader, scope, 'future')
    case 0x63:
      return decodeMap(reader, scope)
    default:
      throw reader.malformed(`${hex(code)} is not a type`, at)
  }
}

/** Decodes a reference to a value type: a primitive in place, or a type index. */
export function decodeValueType(reader: Reader, scope: Scope): TypeUse {
  const at = reader.offset
  const code = reader.peek()
  const primitive = primitiveOf(code)
  if (primitive !== undefined) {
    reader.u8()
    return { type: primitive, entry: null }
  }
  const index = reader.s33()
  if (index < 0) throw reader.malformed(`${hex(code)} is not a value type`, at)
  return { type: scope.valueType(index), entry: scope.type(index) }
}

/** `0x00`, or `0x01` and a value type. */
export function decodeOptional(reader: Reader, scope: Scope): TypeUse | null {
  const at = reader.offset
  const flag = reader.u8()
  if (flag > 1) throw reader.malformed(`${hex(flag)} says neither that a type follows nor that none does`, at)
  return flag === 0 ? null : decodeValueType(reader, scope)
}

/** A label, in kebab case and unlike the others of its type. */
export function decodeLabel(reader: Reader, context: DecodeContext, unique: UniqueNames): string {
  const label = reader.name(context.limits.nameBytes)
  checkLabel(context, label)
  unique.add(context, label)
  return label
}

function decodeRecord(reader: Reader, scope: Scope): ValueType {
  const unique = new UniqueNames()
  const uses: TypeUse[] = []
  const fields = decodeSome(reader, scope.context, 'a record', () => {
    const name = decodeLabel(reader, scope.context, unique)
    const use = decodeValueType(reader, scope)
    uses.push(use)
    return { name, type: use.type }
  })
  return scope.context.types.value({ kind: 'record', fields }, uses)
}

function decodeVariant(reader: Reader, scope: Scope): ValueType {
  const unique = new UniqueNames()
  const uses: TypeUse[] = []
  const cases = decodeSome(reader, scope.context, 'a variant', () => {
    const name = decodeLabel(reader, scope.context, unique)
    const use = decodeOptional(reader, scope)
    reader.expect(0x00, 'the end of a case')
    if (use !== null) uses.push(use)
    return { name, type: typeOf(use) }
  })
  return scope.context.types.value({ kind: 'variant', cases }, uses)
}

function decodeTuple(reader: Reader, scope: Scope): ValueType {
  const uses = decodeSome(reader, scope.context, 'a tuple', () => decodeValueType(reader, scope))
  return scope.context.types.value({ kind: 'tuple', items: uses.map((use) => use.type) }, uses)
}

function decodeFlags(reader: Reader, context: DecodeContext): ValueType {
  const labels = decodeLabels(reader, context, 'flags')
  if (labels.length > 32) throw context.invalid(`flags have ${labels.length} labels, over the maximum of 32`)
  return context.types.value({ kind: 'flags', labels }, [])
}

function decodeLabels(reader: Reader, context: DecodeContext, what: string): string[] {
  const unique = new UniqueNames()
  return decodeSome(reader, context, what, () => decodeLabel(reader, context, unique))
}

function decodeFixedList(reader: Reader, scope: Scope): ValueType {
  const element = decodeValueType(reader, scope)
  const length = reader.u32()
  if (length === 0) throw scope.context.invalid('a fixed-length list has no elements')
  return scope.context.types.value({ kind: 'list', element: element.type, length }, [element])
}

function decodeHandle(reader: Reader, scope: Scope, kind: 'own' | 'borrow'): ValueType {
  const index = reader.u32()
  const resource: ResourceType = scope.resource(index)
  return scope.context.types.handle({ kind, resource }, scope.type(index))
}

function decodeAsync(reader: Reader, scope: Scope, kind: 'stream' | 'future'): ValueType {
  const element = decodeOptional(reader, scope)
  if (element !== null && scope.context.types.info(element.type).hasBorrow) {
    throw scope.context.invalid(`a ${kind} cannot carry a borrow`)
  }
  if (kind === 'stream' && element?.type.kind === 'char') {
    throw scope.context.invalid('a stream cannot carry char')
  }
  return scope.context.types.value({ kind, element: typeOf(element) }, present(element))
}

function decodeMap(reader: Reader, scope: Scope): ValueType {
  const key = decodeValueType(reader, scope)
  const element = decodeValueType(reader, scope)
  if (!MAP_KEYS.has(key.type.kind)) throw scope.context.invalid(`${key.type.kind} cannot be the key of a map`)
  return scope.context.types.value({ kind: 'map', key: key.type, element: element.type }, [key, element])
}

function decodeSome<T>(reader: Reader, context: DecodeContext, what: string, decode: () => T): T[] {
  const count = context.count(reader)
  if (count === 0) throw context.invalid(`${what} is empty`)
  context.limit('typeSize', count)
  return Array.from({ length: count }, decode)
}

function typeOf(use: TypeUse | null): ValueType | null {
  return use === null ? null : use.type
}

function present(...uses: (TypeUse | null)[]): TypeUse[] {
  return uses.filter((use) => use !== null)
}

function primitiveOf(code: number): ValueType | undefined {
  return code === 0x64 ? errorContext : PRIMITIVES.get(code)
}

const errorContext: ValueType = Object.freeze({ kind: 'error-context', element: null })

const PRIMITIVES: ReadonlyMap<number, ValueType> = new Map([
  [0x7f, primitives.bool],
  [0x7e, primitives.s8],
  [0x7d, primitives.u8],
  [0x7c, primitives.s16],
  [0x7b, primitives.u16],
  [0x7a, primitives.s32],
  [0x79, primitives.u32],
  [0x78, primitives.s64],
  [0x77, primitives.u64],
  [0x76, primitives.f32],
  [0x75, primitives.f64],
  [0x74, primitives.char],
  [0x73, primitives.string],
])

const MAP_KEYS: ReadonlySet<string> = new Set([
  'bool',
  's8',
  'u8',
  's16',
  'u16',
  's32',
  'u32',
  's64',
  'u64',
  'char',
  'string',
])
