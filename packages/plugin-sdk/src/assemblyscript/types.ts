import type { ListType, OptionType, PrimitiveKind, ResourceType, ValueType } from '@wasm-plugin/runtime'
import { errors } from '../errors/index.js'
import type { Context } from './context.js'
import type { Module } from './module.js'

/** AssemblyScript type of the value, as written in `module`. `null` is the missing half of a result. */
export function typeText(context: Context, module: Module, type: ValueType | ResourceType | null): string {
  if (type === null) return `${runtime(module)}.Unit`
  const text = (inner: ValueType | ResourceType | null) => typeText(context, module, inner)
  switch (type.kind) {
    case 'record':
    case 'variant':
    case 'enum':
    case 'flags':
    case 'resource': {
      const { path, name } = context.declarations.get(type)!
      return module.use(path, name)
    }
    case 'own':
    case 'borrow':
      return text(type.resource)
    case 'string':
      return 'string'
    case 'char':
      return `${runtime(module)}.char`
    case 'list':
      return typedArray(type) ?? `Array<${text(type.element)}>`
    case 'option':
      return isNullable(type)
        ? `${text(type.element)} | null`
        : `${runtime(module)}.Option<${text(type.element)}>`
    case 'result':
      return `${runtime(module)}.Result<${text(type.ok)}, ${text(type.err)}>`
    case 'tuple':
      return `${runtime(module)}.Tuple${type.items.length}<${type.items.map(text).join(', ')}>`
    case 'stream':
    case 'future':
    case 'error-context':
    case 'map':
      throw errors.TYPE_UNSUPPORTED({
        language: 'AssemblyScript',
        item: 'the world',
        feature: `the type ${type.kind}`,
        elsewhere: false,
      })
    default:
      return NUMBERS[type.kind]
  }
}

/** The runtime file, under the name that all generated code uses for it. */
export function runtime(module: Module): string {
  return module.namespace('cm', 'cm')
}

/** `T | null` for an option of a reference; numbers and nested options need `Option<T>`. */
export function isNullable(type: OptionType): boolean {
  return type.element.kind !== 'option' && isReference(type.element)
}

export function isReference(type: ValueType): boolean {
  return !(type.kind in NUMBERS || type.kind === 'char' || type.kind === 'enum' || type.kind === 'flags')
}

/** A list of numbers is a typed array; null for other lists. */
export function typedArray(type: ListType): string | null {
  return TYPED_ARRAYS[type.element.kind] ?? null
}

/** True if a value of the type owns memory that the host reads or that the guest must free. */
export function usesMemory(type: ValueType | null): boolean {
  switch (type?.kind) {
    case 'string':
    case 'list':
      return true
    case 'record':
      return type.fields.some((field) => usesMemory(field.type))
    case 'tuple':
      return type.items.some(usesMemory)
    case 'variant':
      return type.cases.some((c) => usesMemory(c.type))
    case 'option':
      return usesMemory(type.element)
    case 'result':
      return usesMemory(type.ok) || usesMemory(type.err)
    default:
      return false
  }
}

export const NUMBERS: Readonly<Record<Exclude<PrimitiveKind, 'char' | 'string'>, string>> = {
  bool: 'bool',
  s8: 'i8',
  u8: 'u8',
  s16: 'i16',
  u16: 'u16',
  s32: 'i32',
  u32: 'u32',
  s64: 'i64',
  u64: 'u64',
  f32: 'f32',
  f64: 'f64',
}

const TYPED_ARRAYS: Readonly<Partial<Record<ValueType['kind'], string>>> = {
  u8: 'Uint8Array',
  s8: 'Int8Array',
  u16: 'Uint16Array',
  s16: 'Int16Array',
  u32: 'Uint32Array',
  s32: 'Int32Array',
  u64: 'Uint64Array',
  s64: 'Int64Array',
  f32: 'Float32Array',
  f64: 'Float64Array',
}
