import type { ValueType } from '../types/index.js'

/**
 * What one value of `type` costs to make and to carry, in lifted values, at most; what lists and strings hold counts when
 * they are lifted. One counts for 64 bytes of heap, here and in every thread that the value is sent to. An object with
 * its fields counts its names too: they are sent with each of them.
 */
export function weightOf(type: ValueType): number {
  let weight = weights.get(type)
  if (weight === undefined) {
    weight = compute(type)
    weights.set(type, weight)
  }
  return weight
}

/** 32 bytes of a string or typed array count as one lifted value. */
export const BYTES_PER_VALUE_LOG2 = 5

const weights = new WeakMap<ValueType, number>()

function compute(type: ValueType): number {
  switch (type.kind) {
    case 'record':
      return OBJECT + sum(type.fields.map(({ name, type }) => weightOfName(name) + weightOf(type)))
    case 'tuple':
      return OBJECT + sum(type.items.map(weightOf))
    case 'flags':
      return OBJECT + sum(type.labels.map((label) => 1 + weightOfName(label)))
    case 'enum':
      return 1 + largest(type.labels.map(weightOfName))
    case 'variant':
      return OBJECT + largest(type.cases.map(({ name, type }) => weightOfName(name) + weightOfCase(type)))
    case 'option':
      return OBJECT + weightOf(type.element)
    case 'result':
      return OBJECT + largest([type.ok, type.err].map(weightOfCase))
    case 'own':
    case 'borrow':
      return HANDLE
    default:
      return 1
  }
}

/** An object or array, without what it holds. */
const OBJECT = 2

/** The object that stands for a resource, and its entry in a table. */
const HANDLE = 4

function weightOfCase(type: ValueType | null): number {
  return type === null ? 0 : weightOf(type)
}

function weightOfName(name: string): number {
  return name.length >>> BYTES_PER_VALUE_LOG2
}

function largest(weights: readonly number[]): number {
  return weights.reduce((most, weight) => Math.max(most, weight), 0)
}

function sum(weights: readonly number[]): number {
  return weights.reduce((total, weight) => total + weight, 0)
}
