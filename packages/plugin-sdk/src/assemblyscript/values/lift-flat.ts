import type { ValueType } from '@wasm-plugin/runtime'
import { casesOf, type FlatType, flattenType } from '@wasm-plugin/runtime/internal'
import type { Code, Temporaries } from '../code.js'
import type { Context } from '../context.js'
import type { Module } from '../module.js'
import { NUMBERS, runtime, typeText } from '../types.js'
import { liftHandle } from './handles.js'
import { constructCase, takeList } from './load.js'

/** Where a generated function is being written. */
export interface Site {
  readonly context: Context
  readonly module: Module
  readonly code: Code
  readonly temporaries: Temporaries
}

/** Writes what is needed to make a value of `type` from its core values, and returns the expression for it. */
export function liftFlat(site: Site, type: ValueType, flat: readonly string[]): string {
  const { context, module } = site
  const [first = '', second = ''] = flat
  switch (type.kind) {
    case 'bool':
      return `(${first} != 0)`
    case 'char':
      return `<u32>${first}`
    case 'enum':
    case 'flags':
      return `<${typeText(context, module, type)}>${first}`
    case 'string':
      return `${runtime(module)}.takeString(${first}, ${second})`
    case 'list':
      return takeList(context, module, type, [first, second])
    case 'own':
    case 'borrow':
      return liftHandle(context, module, type, first)
    case 'record':
      return liftParts(
        site,
        type,
        type.fields.map((field) => field.type),
        flat,
      )
    case 'tuple':
      return liftParts(site, type, type.items, flat)
    case 'variant':
    case 'option':
    case 'result':
      return liftCases(site, type, flat)
    default:
      return `<${NUMBERS[type.kind as keyof typeof NUMBERS]}>${first}`
  }
}

/** The parts are lifted into temporaries: their order is the order of the core values. */
function liftParts(
  site: Site,
  type: ValueType,
  parts: readonly ValueType[],
  flat: readonly string[],
): string {
  let at = 0
  const args = parts.map((part) => {
    const count = flattenType(part)!.length
    const value = liftFlat(site, part, flat.slice(at, at + count))
    at += count
    return value
  })
  return `new ${typeText(site.context, site.module, type)}(${args.join(', ')})`
}

function liftCases(
  site: Site,
  type: Extract<ValueType, { kind: 'variant' | 'option' | 'result' }>,
  flat: readonly string[],
): string {
  const { code, context, module } = site
  const joined = flattenType(type)!
  const variable = site.temporaries.fresh()
  const cases = casesOf(type)
  code.line(`let ${variable}: ${typeText(context, module, type)};`)
  code.block(`switch (${flat[0]}) {`, () => {
    cases.forEach((c, index) => {
      code.block(`${index === cases.length - 1 ? 'default' : `case ${index}`}: {`, () => {
        const own = c.type === null ? [] : flattenType(c.type)!
        const values = own.map((core, i) => convertFlat(joined[i + 1]!, core, flat[i + 1]!))
        const payload = c.type === null ? null : liftFlat(site, c.type, values)
        code.line(`${variable} = ${constructCase(context, module, type, { index, payload })};`, 'break;')
      })
    })
  })
  return variable
}

/**
 * A core value in the slot type that cases share, as another core type, and back. i32 is sign-extended to i64: the
 * canonical ABI ignores the upper half, and engines that do not are known.
 */
export function convertFlat(from: FlatType, to: FlatType, value: string): string {
  if (from === to) return value
  switch (`${from}>${to}`) {
    case 'i32>f32':
      return `reinterpret<f32>(${value})`
    case 'f32>i32':
      return `reinterpret<i32>(${value})`
    case 'i64>i32':
      return `<i32>(${value})`
    case 'i32>i64':
      return `<i64>(${value})`
    case 'i64>f32':
      return `reinterpret<f32>(<i32>(${value}))`
    case 'f32>i64':
      return `<i64>reinterpret<i32>(${value})`
    case 'i64>f64':
      return `reinterpret<f64>(${value})`
    default:
      return `reinterpret<i64>(${value})`
  }
}
