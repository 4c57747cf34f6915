import type { ListType, ValueType } from '@wasm-plugin/runtime'
import {
  casesOf,
  discriminantSize,
  fieldOffsets,
  layoutOf,
  payloadOffset,
  sizeOf,
} from '@wasm-plugin/runtime/internal'
import type { Context } from '../context.js'
import type { Module } from '../module.js'
import { memberName } from '../names.js'
import { isNullable, NUMBERS, runtime, typedArray, typeText } from '../types.js'
import { liftHandle } from './handles.js'
import { valueHelper } from './helper.js'

/** Expression that reads a value of `type` at `pointer + offset`, and frees what it owned. */
export function loadExpression(
  context: Context,
  module: Module,
  type: ValueType,
  at: { pointer: string; offset: number },
): string {
  const place = at.offset === 0 ? at.pointer : `${at.pointer}, ${at.offset}`
  switch (type.kind) {
    case 'bool':
      return `(load<u8>(${place}) != 0)`
    case 'char':
      return `load<u32>(${place})`
    case 'enum':
    case 'flags':
      return `<${typeText(context, module, type)}>load<u${8 * layoutOf(type).size}>(${place})`
    case 'string':
      return `${runtime(module)}.takeString(load<usize>(${place}), load<usize>(${at.pointer}, ${at.offset + 4}))`
    case 'list':
      return takeList(context, module, type, [
        `load<usize>(${place})`,
        `load<i32>(${at.pointer}, ${at.offset + 4})`,
      ])
    case 'own':
    case 'borrow':
      return liftHandle(context, module, type, `load<i32>(${place})`)
    case 'record':
    case 'tuple':
    case 'variant':
    case 'option':
    case 'result': {
      const name = valueHelper(context, 'load', type, (code, self) => {
        code.block(`export function ${self}(p: usize): ${typeText(context, context.values, type)} {`, () => {
          code.line(loadBody(context, type))
        })
      })
      return `${module.use('values', name)}(${at.pointer}${at.offset === 0 ? '' : ` + ${at.offset}`})`
    }
    default:
      return `load<${NUMBERS[type.kind as keyof typeof NUMBERS]}>(${place})`
  }
}

/** Expression that makes a list of `length` elements at a pointer, and frees the block. */
export function takeList(
  context: Context,
  module: Module,
  type: ListType,
  [pointer, length]: readonly [string, string],
): string {
  const typed = typedArray(type)
  const size = sizeOf(type.element)
  if (typed !== null) {
    const name = valueHelper(context, 'take', type, (code, self) => {
      const body = `return ${runtime(context.values)}.takeTyped<${typed}>(p, n, <usize>n * ${size});`
      code.block(`export function ${self}(p: usize, n: i32): ${typed} {`, () => code.line(body))
    })
    return `${module.use('values', name)}(${pointer}, ${length})`
  }
  const name = valueHelper(context, 'take', type, (code, self) => {
    const array = typeText(context, context.values, type)
    const element = loadExpression(context, context.values, type.element, { pointer: 'at', offset: 0 })
    code.block(`export function ${self}(p: usize, n: i32): ${array} {`, () => {
      code.line(`const list = new ${array}(n);`)
      code.block('for (let i = 0; i < n; i++) {', () => {
        code.line(`const at = p + <usize>i * ${size};`, `unchecked(list[i] = ${element});`)
      })
      code.line(`${runtime(context.values)}.free(p, <usize>n * ${size});`, 'return list;')
    })
  })
  return `${module.use('values', name)}(${pointer}, ${length})`
}

type Aggregate = Extract<ValueType, { kind: 'record' | 'tuple' | 'variant' | 'option' | 'result' }>

function loadBody(context: Context, type: Aggregate): string {
  const { values } = context
  const self = typeText(context, values, type)
  if (type.kind === 'record' || type.kind === 'tuple') {
    const parts = type.kind === 'record' ? type.fields.map((field) => field.type) : type.items
    const offsets = fieldOffsets(parts)
    const args = parts.map((part, i) =>
      loadExpression(context, values, part, { pointer: 'p', offset: offsets[i]! }),
    )
    return `return new ${self}(${args.join(', ')});`
  }
  const cases = casesOf(type)
  const offset = payloadOffset(cases)
  const payloads = cases.map((c) =>
    c.type === null ? null : loadExpression(context, values, c.type, { pointer: 'p', offset }),
  )
  const made = payloads.map((payload, i) => constructCase(context, values, type, { index: i, payload }))
  const tag = `load<u${8 * discriminantSize(cases.length)}>(p)`
  if (type.kind !== 'variant') return `if (${tag}) return ${made[1]};\nreturn ${made[0]};`
  const arms = made.map(
    (value, i) => `  ${i === made.length - 1 ? 'default' : `case ${i}`}: return ${value};`,
  )
  return [`switch (${tag}) {`, ...arms, '}'].join('\n')
}

/** Expression that makes the case with number `index` from the expression of its payload. */
export function constructCase(
  context: Context,
  module: Module,
  type: Extract<ValueType, { kind: 'variant' | 'option' | 'result' }>,
  { index, payload }: { index: number; payload: string | null },
): string {
  const self = typeText(context, module, type)
  const cm = runtime(module)
  switch (type.kind) {
    case 'variant':
      return `${self}.${memberName(type.cases[index]!.name)}(${payload ?? ''})`
    case 'option': {
      if (isNullable(type)) return payload ?? 'null'
      const element = typeText(context, module, type.element)
      return payload === null
        ? `${cm}.Option.none<${element}>()`
        : `${cm}.Option.some<${element}>(${payload})`
    }
    case 'result': {
      const args = `${typeText(context, module, type.ok)}, ${typeText(context, module, type.err)}`
      return `${cm}.Result.${index === 0 ? 'ok' : 'err'}<${args}>(${payload ?? `${cm}.unit`})`
    }
  }
}
