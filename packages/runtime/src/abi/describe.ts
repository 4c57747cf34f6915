import type { ValueType } from '../types/index.js'
import { pascalCase } from './names.js'
import { isTaggedOption } from './tagged-option.js'
import { typedArrayOf, typedArrayTag } from './typed-arrays.js'

const MAX_TEXT = 40

/** A value as an error message names it; bounded, whatever the value is. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `the string ${JSON.stringify(value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value)}`
    case 'number':
    case 'boolean':
      return `${typeof value} ${value}`
    case 'bigint':
      return `bigint ${BigInt.asIntN(128, value) === value ? value : 'of over 128 bits'}`
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return `an array of ${value.length}`
      return typedArrayTag(value) ?? 'an object'
    default:
      return value === undefined ? 'undefined' : `a ${typeof value}`
  }
}

/** What a value of `type` looks like in JS, in a few words. */
export function describeType(type: ValueType): string {
  switch (type.kind) {
    case 'bool':
      return 'boolean'
    case 'string':
      return 'string'
    case 'char':
      return 'char (a string of one character)'
    case 'u64':
    case 's64':
      return `${type.kind} (a bigint in range)`
    case 'f32':
    case 'f64':
      return `${type.kind} (a number)`
    case 'list': {
      const typed = typedArrayOf(type.element.kind)
      return typed === undefined ? 'an array' : `${typed.tag} or an array of ${type.element.kind}`
    }
    case 'tuple':
      return `an array of ${type.items.length}`
    case 'enum':
      return oneOf(type.labels)
    case 'option':
      return isTaggedOption(type) ? "an object with tag 'none' or 'some'" : describeType(type.element)
    case 'result':
      return "an object with tag 'ok' or 'err'"
    case 'variant':
      return 'an object with a tag'
    case 'record':
    case 'flags':
      return `an object (${type.kind})`
    case 'own':
    case 'borrow':
      return pascalCase(type.resource.name)
    default:
      return `${type.kind} (an integer in range)`
  }
}

const MAX_NAMES = 8

/** `'a' | 'b' | …` */
export function oneOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map((name) => `'${name}'`)
  return names.length > MAX_NAMES ? `${shown.join(' | ')} | …` : shown.join(' | ')
}
