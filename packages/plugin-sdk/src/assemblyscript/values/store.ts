import type { ListType, ValueType } from '@wasm-plugin/runtime'
import {
  casesOf,
  discriminantSize,
  fieldOffsets,
  layoutOf,
  payloadOffset,
  sizeOf,
} from '@wasm-plugin/runtime/internal'
import type { Code } from '../code.js'
import type { Context } from '../context.js'
import type { Module } from '../module.js'
import { memberName, pascalCase } from '../names.js'
import { isNullable, NUMBERS, runtime, typedArray, typeText } from '../types.js'
import { lowerHandle } from './handles.js'
import { valueHelper } from './helper.js'

/** Statement that writes `value` at `pointer + offset`. What it points to is temporary or stays the guest's. */
export function storeStatement(
  context: Context,
  module: Module,
  type: ValueType,
  at: { pointer: string; offset: number; value: string },
): string {
  const offset = at.offset === 0 ? '' : `, ${at.offset}`
  const scalar = (core: string, value = at.value) => `store<${core}>(${at.pointer}, ${value}${offset});`
  switch (type.kind) {
    case 'bool':
      return scalar('u8', `<u8>${at.value}`)
    case 'char':
      return scalar('u32')
    case 'enum':
    case 'flags': {
      const core = `u${8 * layoutOf(type).size}`
      return scalar(core, `<${core}>${at.value}`)
    }
    case 'own':
    case 'borrow':
      return scalar('i32', lowerHandle(context, module, type, at.value))
    case 'string':
      return `${runtime(module)}.storeString(${at.pointer}${at.offset === 0 ? '' : ` + ${at.offset}`}, ${at.value});`
    case 'list':
    case 'record':
    case 'tuple':
    case 'variant':
    case 'option':
    case 'result': {
      const name = valueHelper(context, 'store', type, (code, self) => {
        const param = typeText(context, context.values, type)
        code.block(`export function ${self}(p: usize, v: ${param}): void {`, () =>
          storeBody(context, type, code),
        )
      })
      return `${module.use('values', name)}(${at.pointer}${at.offset === 0 ? '' : ` + ${at.offset}`}, ${at.value});`
    }
    default:
      return scalar(NUMBERS[type.kind as keyof typeof NUMBERS])
  }
}

/** Expression for the pointer to the elements of a list: the typed array's own memory, or a temporary block. */
export function listPointer(context: Context, module: Module, type: ListType, value: string): string {
  if (typedArray(type) !== null) return `${value}.dataStart`
  const name = valueHelper(context, 'place', type, (code, self) => {
    const { values } = context
    const size = sizeOf(type.element)
    code.block(`export function ${self}(list: ${typeText(context, values, type)}): usize {`, () => {
      code.line('const n = list.length;', `const p = ${runtime(values)}.block(<usize>n * ${size});`)
      code.block('for (let i = 0; i < n; i++) {', () => {
        const at = { pointer: 'at', offset: 0, value: 'unchecked(list[i])' }
        code.line(`const at = p + <usize>i * ${size};`, storeStatement(context, values, type.element, at))
      })
      code.line('return p;')
    })
  })
  return `${module.use('values', name)}(${value})`
}

/** Condition and payload expression of every case of `value`. A nullable option is its own payload. */
export function caseAccess(
  type: Extract<ValueType, { kind: 'variant' | 'option' | 'result' }>,
  value: string,
): { readonly payload: string; readonly type: ValueType | null }[] {
  switch (type.kind) {
    case 'variant':
      return type.cases.map((c) => ({ payload: `${value}.as${pascalCase(c.name)}`, type: c.type }))
    case 'option':
      return [
        { payload: '', type: null },
        { payload: isNullable(type) ? `${value}!` : `${value}.value`, type: type.element },
      ]
    case 'result':
      return [
        { payload: `${value}.value`, type: type.ok },
        { payload: `${value}.error`, type: type.err },
      ]
  }
}

/** Expression for the number of the case that `value` is. */
export function caseIndex(
  type: Extract<ValueType, { kind: 'variant' | 'option' | 'result' }>,
  value: string,
): string {
  if (type.kind === 'variant') return `<i32>${value}.tag`
  if (type.kind === 'result') return `<i32>${value}.isErr`
  return isNullable(type) ? `<i32>(${value} !== null)` : `<i32>${value}.isSome`
}

type Stored = Extract<ValueType, { kind: 'list' | 'record' | 'tuple' | 'variant' | 'option' | 'result' }>

function storeBody(context: Context, type: Stored, code: Code): void {
  const { values } = context
  const store = (part: ValueType, offset: number, value: string) =>
    storeStatement(context, values, part, { pointer: 'p', offset, value })
  switch (type.kind) {
    case 'list':
      code.line(`store<usize>(p, ${listPointer(context, values, type, 'v')});`, 'store<i32>(p, v.length, 4);')
      return
    case 'record':
    case 'tuple': {
      const parts = type.kind === 'record' ? type.fields.map((field) => field.type) : type.items
      const offsets = fieldOffsets(parts)
      parts.forEach((part, i) => {
        const field = type.kind === 'record' ? memberName(type.fields[i]!.name) : `_${i}`
        code.line(store(part, offsets[i]!, `v.${field}`))
      })
      return
    }
    default: {
      const cases = casesOf(type)
      const core = `u${8 * discriminantSize(cases.length)}`
      const offset = payloadOffset(cases)
      code.line(`const tag = ${caseIndex(type, 'v')};`, `store<${core}>(p, <${core}>tag);`)
      caseAccess(type, 'v').forEach(({ payload, type: payloadType }, i) => {
        if (payloadType !== null)
          code.line(`if (tag == ${i}) { ${store(payloadType, offset, payload)} return; }`)
      })
    }
  }
}
