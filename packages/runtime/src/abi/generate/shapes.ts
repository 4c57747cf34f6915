import type { FlagsType, OptionType, ResultType, VariantType } from '../../types/index.js'
import { camelCase } from '../names.js'
import { isTaggedOption } from '../tagged-option.js'
import type { Generator } from './generator.js'
import { propertyKey, propertyOf } from './source.js'

export type Tagged = VariantType | OptionType | ResultType

/** How a tagged value spells its cases in JS; `null` for a plain option, which has no tag. */
export function tagsOf(type: Tagged): readonly string[] | null {
  switch (type.kind) {
    case 'variant':
      return type.cases.map((c) => c.name)
    case 'result':
      return ['ok', 'err']
    case 'option':
      return isTaggedOption(type) ? ['none', 'some'] : null
  }
}

/** The JS value of case `index`; `payload` is the text of its payload, or `null` if it has none. */
export function caseValue(g: Generator, type: Tagged, index: number, ...[payload]: [string | null]): string {
  const tags = tagsOf(type)
  if (tags === null) return payload ?? 'undefined'
  const tag = g.source.constant(tags[index])
  if (payload === null && type.kind !== 'result') return `{ tag: ${tag} }`
  return `{ tag: ${tag}, val: ${payload ?? 'undefined'} }`
}

/** The text of the index of the case that `value` is. */
export function caseIndex(g: Generator, type: Tagged, value: string): string {
  if (type.kind === 'variant') return `${g.tagIndices(type)}.get(${value}.tag)`
  if (type.kind === 'result') return `(${value}.tag === 'ok' ? 0 : 1)`
  return tagsOf(type) === null ? `(${value} == null ? 0 : 1)` : `(${value}.tag === 'none' ? 0 : 1)`
}

/** The text of the payload of `value`. */
export function payloadOf(type: Tagged, value: string): string {
  return tagsOf(type) === null ? value : `${value}.val`
}

/** A function that makes the object of a flags value. */
export function flagsObject(g: Generator, type: FlagsType): string {
  return g.helperFor('load', type, () => {
    const fields = type.labels.map(
      (label, i) => `${propertyKey(g.source, camelCase(label))}: (bits >>> ${i} & 1) !== 0`,
    )
    return g.source.helper('bits', `return { ${fields.join(', ')} }`)
  })
}

/** A function that packs the object of a flags value. */
export function flagsBits(g: Generator, type: FlagsType): string {
  return g.helperFor('store', type, () => {
    const bits = type.labels.map(
      (label, i) => `(${propertyOf(g.source, 'v', camelCase(label))} === true ? ${1 << i} : 0)`,
    )
    return g.source.helper('v', `return ${bits.join(' | ') || '0'}`)
  })
}
