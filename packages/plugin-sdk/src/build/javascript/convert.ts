import type { FuncType, ValueType } from '@wasm-plugin/runtime'
import { isTaggedOption } from '@wasm-plugin/runtime/internal'
import { camelCase } from '../../wit/names.js'

/** `lift`: from what the engine gives to what plugins see. `lower`: the other way. */
export type Direction = 'lift' | 'lower'

/**
 * QuickJS gives and takes `u32` with a sign, 64-bit integers as numbers or texts, lists of numbers as arrays and `null`
 * for an absent option. Plugins see what the value mapping of the host has, whatever the engine: this writes the conversion of one value as
 * an expression over `text`, or null when nothing differs. It calls functions of the `guest` module.
 */
export function convert(type: ValueType, direction: Direction, text: string): string | null {
  switch (type.kind) {
    case 'u32':
      return direction === 'lift' ? `${text} >>> 0` : `${text} | 0`
    case 'u64':
    case 's64':
      return `${direction}${type.kind.toUpperCase()}(${text})`
    case 'option':
      return option(type.element, direction, { text, tagged: isTaggedOption(type) })
    case 'list':
      return list(type.element, direction, text)
    case 'record':
      return record(type.fields, direction, text)
    case 'tuple':
      return tuple(type.items, direction, text)
    case 'variant':
      return variant(type.cases, direction, text)
    case 'result':
      return variant(
        [
          { name: 'ok', type: type.ok },
          { name: 'err', type: type.err },
        ],
        direction,
        text,
      )
    default:
      return null
  }
}

/** The conversions of a function's parameters and of its result, a `result`'s `ok` and `err` apart. */
export function conversionsOf({ params, result }: FuncType, [param, out]: readonly [Direction, Direction]) {
  const whole = (type: ValueType | null) => (type === null ? null : arrow(type, out))
  return {
    params: params.map(({ type }) => arrow(type, param)),
    result: result?.kind === 'result' ? whole(result.ok) : whole(result),
    error: result?.kind === 'result' ? whole(result.err) : null,
  }
}

/** `(v) => …`, or null for the identity. */
function arrow(type: ValueType, direction: Direction): string | null {
  const body = convert(type, direction, 'v')
  return body === null ? null : `(v) => ${body.startsWith('{') ? `(${body})` : body}`
}

function option(
  element: ValueType,
  direction: Direction,
  { text, tagged }: { text: string; tagged: boolean },
): string | null {
  const inner = arrow(element, direction)
  if (tagged) return inner === null ? null : `mapCase(${text}, { some: ${inner} })`
  const absent = direction === 'lift' ? 'undefined' : 'null'
  return `mapOption(${text}, ${absent}, ${inner ?? 'undefined'})`
}

const TYPED_ARRAYS: Readonly<Record<string, string>> = {
  s8: 'Int8Array',
  u16: 'Uint16Array',
  s16: 'Int16Array',
  u32: 'Uint32Array',
  s32: 'Int32Array',
  f32: 'Float32Array',
  f64: 'Float64Array',
  u64: 'BigUint64Array',
  s64: 'BigInt64Array',
}

/** Bytes are a `Uint8Array` in both. */
function list(element: ValueType, direction: Direction, text: string): string | null {
  const inner = arrow(element, direction)
  const typed = TYPED_ARRAYS[element.kind]
  if (typed !== undefined) {
    if (direction === 'lift') return `${typed}.from(${text}${inner === null ? '' : `, ${inner}`})`
    return `Array.from(${text}${inner === null ? '' : `, ${inner}`})`
  }
  return inner === null ? null : `mapList(${text}, ${inner})`
}

function record(
  fields: readonly { name: string; type: ValueType }[],
  direction: Direction,
  text: string,
): string | null {
  return mapped('mapFields', fields, { direction, text, key: camelCase })
}

function variant(
  cases: readonly { name: string; type: ValueType | null }[],
  direction: Direction,
  text: string,
): string | null {
  return mapped('mapCase', cases, { direction, text, key: (name) => name })
}

function tuple(items: readonly ValueType[], direction: Direction, text: string): string | null {
  const arrows = items.map((item) => arrow(item, direction))
  return arrows.every((item) => item === null)
    ? null
    : `mapTuple(${text}, [${arrows.map((item) => item ?? 'undefined').join(', ')}])`
}

function mapped(
  helper: string,
  parts: readonly { name: string; type: ValueType | null }[],
  { direction, text, key }: { direction: Direction; text: string; key: (name: string) => string },
): string | null {
  const entries = parts.flatMap(({ name, type }) => {
    const inner = type === null ? null : arrow(type, direction)
    return inner === null ? [] : [`${JSON.stringify(key(name))}: ${inner}`]
  })
  return entries.length === 0 ? null : `${helper}(${text}, { ${entries.join(', ')} })`
}
