import type { ListType, ResultType, ValueType } from '@wasm-plugin/runtime'
import { isTaggedOption } from '@wasm-plugin/runtime/internal'
import { camelCase } from '../wit/names.js'
import type { TypesContext } from './context.js'

/** A WIT type as TypeScript, in the value mapping of the runtime. */
export function typeText(context: TypesContext, type: ValueType): string {
  const name = context.nameOf(type)
  if (name !== undefined) return name
  const text = (inner: ValueType) => typeText(context, inner)
  switch (type.kind) {
    case 'bool':
      return 'boolean'
    case 's64':
    case 'u64':
      return 'bigint'
    case 'char':
    case 'string':
      return 'string'
    case 'list':
      return listText(context, type)
    case 'option':
      return isTaggedOption(type)
        ? `{ tag: 'none' } | { tag: 'some'; val: ${text(type.element)} }`
        : `${text(type.element)} | undefined`
    case 'result':
      return resultText(context, type)
    case 'tuple':
      return `[${type.items.map(text).join(', ')}]`
    case 'own':
    case 'borrow':
      return context.nameOf(type.resource) ?? 'object'
    case 'record':
      return `{ ${type.fields.map((field) => fieldText(context, field)).join('; ')} }`
    case 'variant':
      return variantText(context, type.cases)
    case 'enum':
      return type.labels.map((label) => `'${label}'`).join(' | ')
    case 'flags':
      return `{ ${type.labels.map((label) => `${camelCase(label)}?: boolean`).join('; ')} }`
    case 'stream':
    case 'future':
    case 'error-context':
    case 'map':
      return 'never'
    default:
      return 'number'
  }
}

/** An absent field is a `none`, so an option field may be left out. */
export function fieldText(context: TypesContext, field: { name: string; type: ValueType }): string {
  const optional = field.type.kind === 'option' && !isTaggedOption(field.type)
  return `${camelCase(field.name)}${optional ? '?' : ''}: ${typeText(context, field.type)}`
}

function listText(context: TypesContext, type: ListType): string {
  const typed = TYPED_ARRAYS.get(type.element.kind)
  if (typed !== undefined) return typed
  const element = typeText(context, type.element)
  return /[|{]/.test(element) ? `(${element})[]` : `${element}[]`
}

function resultText(context: TypesContext, type: ResultType): string {
  const half = (tag: string, payload: ValueType | null) =>
    payload === null ? `{ tag: '${tag}' }` : `{ tag: '${tag}'; val: ${typeText(context, payload)} }`
  return `${half('ok', type.ok)} | ${half('err', type.err)}`
}

function variantText(
  context: TypesContext,
  cases: readonly { name: string; type: ValueType | null }[],
): string {
  return cases.map((c) => caseText(context, c)).join(' | ')
}

export function caseText(context: TypesContext, c: { name: string; type: ValueType | null }): string {
  return c.type === null ? `{ tag: '${c.name}' }` : `{ tag: '${c.name}'; val: ${typeText(context, c.type)} }`
}

const TYPED_ARRAYS: ReadonlyMap<string, string> = new Map([
  ['u8', 'Uint8Array'],
  ['s8', 'Int8Array'],
  ['u16', 'Uint16Array'],
  ['s16', 'Int16Array'],
  ['u32', 'Uint32Array'],
  ['s32', 'Int32Array'],
  ['u64', 'BigUint64Array'],
  ['s64', 'BigInt64Array'],
  ['f32', 'Float32Array'],
  ['f64', 'Float64Array'],
])
