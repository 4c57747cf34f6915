import type { CoreExternType, CoreFuncType, CoreValueType, ModuleType } from '../types/index.js'
import type { DecodeContext } from './context.js'
import { hex, type Reader } from './reader.js'

/** A core type that a type index can stand for. What is not a function is only counted. */
export type CoreType = CoreFuncType | { readonly kind: 'other' }

/** The core type index space of a module, a module type or a component. */
export interface CoreTypeSpace {
  readonly context: DecodeContext
  readonly types: (CoreType | ModuleType)[]
  /** The types that others may extend. */
  readonly extensible: Set<CoreType | ModuleType>
}

/** Decodes a recursive type group and appends its types (core specification, "Recursive Types"). Answers how many. */
export function decodeRecType(reader: Reader, space: CoreTypeSpace): number {
  let count = 1
  if (reader.peek() === 0x4e) {
    reader.u8()
    count = space.context.count(reader)
  }
  // The types of a group can refer to each other, so their places are taken before they are known.
  const start = space.types.length
  for (let i = 0; i < count; i++) space.types.push(other)
  for (let i = start; i < start + count; i++) decodeSubType(reader, space, i)
  return count
}

/** What a core module imports, after its two names; and what a module type exports, after its name. */
export function decodeCoreExternType(reader: Reader, space: CoreTypeSpace): CoreExternType {
  const at = reader.offset
  const kind = reader.u8()
  switch (kind) {
    case 0x00:
      return funcTypeAt(reader, space)
    case 0x01:
      return decodeTableType(reader, space)
    case 0x02:
      return decodeMemoryType(reader, space.context)
    case 0x03:
      return decodeGlobalType(reader, space)
    case 0x04:
      return decodeTagType(reader, space)
    default:
      throw reader.malformed(`${hex(kind)} is not a kind of core import or export`, at)
  }
}

export function funcTypeAt(reader: Reader, { context, types }: CoreTypeSpace): CoreFuncType {
  context.offset = reader.offset
  const index = reader.u32()
  const type = types[index]
  if (type === undefined) throw context.invalid(`core type ${index} is out of bounds`)
  if (type.kind !== 'func') throw context.invalid(`core type ${index} is not a function type`)
  return type
}

export function decodeTableType(reader: Reader, space: CoreTypeSpace): CoreExternType & { kind: 'table' } {
  const { context } = space
  context.offset = reader.offset
  const element = decodeReferenceType(reader, space)
  const flags = reader.u8()
  if (flags === 0x04 || flags === 0x05) throw context.unsupported('tables with 64-bit indices (table64)')
  if (flags > 0x01) throw reader.malformed(`${hex(flags)} is not a kind of table limits`, reader.offset - 1)
  const min = reader.u32()
  const max = flags === 0x01 ? reader.u32() : null
  if (max !== null && max < min) throw context.invalid('the maximum of a table is below its minimum')
  return { kind: 'table', element, min, max }
}

export function decodeMemoryType(
  reader: Reader,
  context: DecodeContext,
): CoreExternType & { kind: 'memory' } {
  context.offset = reader.offset
  const flags = reader.u8()
  if (flags > 0x0f) throw reader.malformed(`${hex(flags)} is not a kind of memory limits`, reader.offset - 1)
  if (flags & 0x08) throw context.unsupported('memories with custom page sizes')
  const memory64 = (flags & 0x04) !== 0
  const shared = (flags & 0x02) !== 0
  const min = memory64 ? reader.u64() : reader.u32()
  const max = (flags & 0x01) === 0 ? null : memory64 ? reader.u64() : reader.u32()
  if (max !== null && max < min) throw context.invalid('the maximum of a memory is below its minimum')
  if (shared && max === null) throw context.invalid('a shared memory has no maximum')
  if (!memory64 && Math.max(min, max ?? 0) > 65536) throw context.invalid('a memory is larger than 4 GiB')
  return { kind: 'memory', min, max, shared, memory64 }
}

export function decodeGlobalType(reader: Reader, space: CoreTypeSpace): CoreExternType & { kind: 'global' } {
  const type = decodeCoreValueType(reader, space)
  const flags = reader.u8()
  if (flags === 0x02 || flags === 0x03) throw space.context.unsupported('shared globals')
  if (flags > 0x01) throw reader.malformed(`${hex(flags)} is not a mutability`, reader.offset - 1)
  return { kind: 'global', type, mutable: flags === 0x01 }
}

export function decodeTagType(reader: Reader, space: CoreTypeSpace): CoreExternType & { kind: 'tag' } {
  reader.expect(0x00, 'an exception tag')
  return { kind: 'tag', type: funcTypeAt(reader, space) }
}

export function decodeCoreValueType(reader: Reader, space: CoreTypeSpace): CoreValueType {
  const code = reader.peek()
  const number = NUMBER_TYPES.get(code)
  if (number === undefined) return decodeReferenceType(reader, space)
  reader.u8()
  return number
}

/** Reads past the immediate of `ref.null` and of reference types: an abstract heap type or a type index. */
export function decodeHeapType(reader: Reader, { context, types }: CoreTypeSpace): string {
  context.offset = reader.offset
  const code = reader.peek()
  if (code === 0x65) throw context.unsupported('shared reference types')
  const type = reader.s33()
  if (type >= 0) {
    const target = types[type]
    if (target === undefined) throw context.invalid(`core type ${type} is out of bounds`)
    if (target.kind === 'module') throw context.invalid(`core type ${type} is a module type`)
    return `${type}`
  }
  const name = HEAP_TYPES.get(code)
  if (name === undefined) throw reader.malformed(`${hex(code)} is not a heap type`, context.offset)
  return name
}

function decodeReferenceType(reader: Reader, space: CoreTypeSpace): CoreValueType {
  const code = reader.peek()
  if (code === 0x63 || code === 0x64) {
    reader.u8()
    const heap = decodeHeapType(reader, space)
    return referenceName(heap, code === 0x63)
  }
  if (!HEAP_TYPES.has(code) && code !== 0x65) {
    throw reader.malformed(`${hex(code)} is not a core value type`)
  }
  return referenceName(decodeHeapType(reader, space), true)
}

function referenceName(heap: string, nullable: boolean): string {
  if (nullable && (heap === 'func' || heap === 'extern')) return `${heap}ref`
  return nullable ? `(ref null ${heap})` : `(ref ${heap})`
}

function decodeSubType(reader: Reader, space: CoreTypeSpace, index: number): void {
  const code = reader.peek()
  if (code === 0x50 || code === 0x4f) {
    reader.u8()
    for (let supertypes = space.context.count(reader); supertypes > 0; supertypes--)
      checkSupertype(reader, space, index)
  }
  const type = decodeCompositeType(reader, space)
  space.types[index] = type
  if (code === 0x50) space.extensible.add(type)
}

function checkSupertype(reader: Reader, { context, types, extensible }: CoreTypeSpace, index: number): void {
  const supertype = reader.u32()
  const type = types[supertype]
  if (type === undefined || supertype >= index)
    throw context.invalid(`core type ${supertype} is out of bounds`)
  if (!extensible.has(type)) throw context.invalid(`core type ${supertype} is final and cannot be extended`)
}

function decodeCompositeType(reader: Reader, space: CoreTypeSpace): CoreType {
  const { context } = space
  context.offset = reader.offset
  const code = reader.u8()
  switch (code) {
    case 0x60:
      return {
        kind: 'func',
        params: decodeCoreValueTypes(reader, space),
        results: decodeCoreValueTypes(reader, space),
      }
    case 0x5f:
      for (let fields = context.count(reader); fields > 0; fields--) skipFieldType(reader, space)
      return { kind: 'other' }
    case 0x5e:
      skipFieldType(reader, space)
      return { kind: 'other' }
    case 0x5d:
      decodeHeapType(reader, space)
      return { kind: 'other' }
    case 0x65:
      throw context.unsupported('shared types')
    default:
      throw reader.malformed(`${hex(code)} is not a core type`, context.offset)
  }
}

function decodeCoreValueTypes(reader: Reader, space: CoreTypeSpace): CoreValueType[] {
  return Array.from({ length: space.context.count(reader) }, () => decodeCoreValueType(reader, space))
}

function skipFieldType(reader: Reader, space: CoreTypeSpace): void {
  const code = reader.peek()
  // Packed storage types: i8 and i16.
  if (code === 0x78 || code === 0x77) reader.u8()
  else decodeCoreValueType(reader, space)
  const mutability = reader.u8()
  if (mutability > 1) throw reader.malformed(`${hex(mutability)} is not a mutability`, reader.offset - 1)
}

const other: CoreType = { kind: 'other' }

const NUMBER_TYPES: ReadonlyMap<number, CoreValueType> = new Map([
  [0x7f, 'i32'],
  [0x7e, 'i64'],
  [0x7d, 'f32'],
  [0x7c, 'f64'],
  [0x7b, 'v128'],
])

const HEAP_TYPES: ReadonlyMap<number, string> = new Map([
  [0x70, 'func'],
  [0x6f, 'extern'],
  [0x6e, 'any'],
  [0x6d, 'eq'],
  [0x6c, 'i31'],
  [0x6b, 'struct'],
  [0x6a, 'array'],
  [0x69, 'exn'],
  [0x68, 'cont'],
  [0x71, 'none'],
  [0x72, 'noextern'],
  [0x73, 'nofunc'],
  [0x74, 'noexn'],
  [0x75, 'nocont'],
])
