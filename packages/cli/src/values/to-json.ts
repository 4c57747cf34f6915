import type { OptionType, ValueType, VariantType } from '@wasm-plugin/runtime'
import { isTaggedOption } from '@wasm-plugin/runtime/internal'
import { camelCase } from './names.js'

/**
 * A value that a plugin returned, as plain JSON with the names of the WIT. 64-bit integers stay bigints (the
 * printer decides), floats that JSON lacks become strings, and a resource becomes its name.
 */
export function toJsonValue(type: ValueType, value: unknown): unknown {
  switch (type.kind) {
    case 'record':
      return Object.fromEntries(
        type.fields.map(({ name, type: fieldType }) => [
          name,
          toJsonValue(fieldType, property(value, camelCase(name))),
        ]),
      )
    case 'tuple':
      return Array.from(asList(value), (item, index) => toJsonValue(type.items[index]!, item))
    case 'list':
      return Array.from(asList(value), (item) => toJsonValue(type.element, item))
    case 'option':
      return optionToJson(type, value)
    case 'result':
      return variantToJson(
        [
          { name: 'ok', type: type.ok },
          { name: 'err', type: type.err },
        ],
        value,
      )
    case 'variant':
      return variantToJson(type.cases, value)
    case 'flags':
      return type.labels.filter((label) => property(value, camelCase(label)) === true)
    case 'f32':
    case 'f64':
      return Number.isFinite(value) ? value : String(value).replace('Infinity', 'inf').toLowerCase()
    case 'own':
    case 'borrow':
      return `<${type.resource.name}>`
    default:
      return value
  }
}

function optionToJson(type: OptionType, value: unknown): unknown {
  const { element } = type
  if (!isTaggedOption(type)) return value === undefined ? null : toJsonValue(element, value)
  if (property(value, 'tag') === 'none') return { tag: 'none' }
  return { tag: 'some', val: toJsonValue(element, property(value, 'val')) }
}

function variantToJson(cases: VariantType['cases'], value: unknown): unknown {
  const tag = property(value, 'tag')
  const type = cases.find((c) => c.name === tag)?.type ?? null
  return type === null ? { tag } : { tag, val: toJsonValue(type, property(value, 'val')) }
}

/** Names come from the type, and host values have null or plain prototypes: own properties only. */
function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}

function asList(value: unknown): Iterable<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value) ? (value as unknown as Iterable<unknown>) : []
}
