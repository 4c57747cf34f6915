import type { ValueType } from '../types/index.js'

/**
 * JavaScript values that lifting one `type` makes, at most; what lists and strings hold counts when they are lifted.
 * A list of wide records is many more values than elements.
 */
export function weightOf(type: ValueType): number {
  let weight = weights.get(type)
  if (weight === undefined) {
    weight = compute(type)
    weights.set(type, weight)
  }
  return weight
}

const weights = new WeakMap<ValueType, number>()

function compute(type: ValueType): number {
  switch (type.kind) {
    case 'record':
      return 1 + sum(type.fields.map((field) => field.type))
    case 'tuple':
      return 1 + sum(type.items)
    case 'flags':
      return 1 + type.labels.length
    case 'variant':
      return 1 + Math.max(...type.cases.map((c) => (c.type === null ? 0 : weightOf(c.type))))
    case 'option':
      return 1 + weightOf(type.element)
    case 'result':
      return 1 + Math.max(...[type.ok, type.err].map((t) => (t === null ? 0 : weightOf(t))))
    default:
      return 1
  }
}

function sum(types: readonly ValueType[]): number {
  return types.reduce((total, type) => total + weightOf(type), 0)
}
