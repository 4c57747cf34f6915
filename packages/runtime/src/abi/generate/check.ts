import { casesOf, sizeOf, type ValueType } from '../../types/index.js'
import { camelCase } from '../names.js'
import { isTaggedOption } from '../tagged-option.js'
import { typedArrayOf } from '../typed-arrays.js'
import type { Generator } from './generator.js'
import { scalarText } from './scalar.js'
import { caseIndex, payloadOf, type Tagged, tagsOf } from './shapes.js'
import { propertyOf } from './source.js'

/**
 * An expression that is true if the value named `v` is of `type`. False may also mean "unusual": the caller then asks
 * `findMismatch`, which decides and finds the path.
 */
export function checkText(g: Generator, type: ValueType, v: string): string {
  switch (type.kind) {
    case 'string':
      return `(typeof ${v} === 'string' && ${v}.length <= maxBytes)`
    case 'enum':
      return `${g.labelIndices(type)}.has(${v})`
    case 'option':
      if (isTaggedOption(type)) break
      return `(${v} == null || ${checkText(g, type.element, v)})`
    case 'own':
    case 'borrow':
      return `isValid(cx, ${g.source.constant(type)}, ${v})`
    case 'list':
    case 'record':
    case 'tuple':
    case 'flags':
    case 'variant':
    case 'result':
      break
    case 'stream':
    case 'future':
    case 'error-context':
    case 'map':
      return g.unsupported(type)
    default:
      return scalarText[type.kind].check(v)
  }
  return `${g.helperFor('check', type, () => g.source.helper('v', checkBody(g, type)))}(${v})`
}

type Checked = Extract<ValueType, { kind: 'list' | 'record' | 'tuple' | 'flags' }> | Tagged

function checkBody(g: Generator, type: Checked): string {
  g.source.count()
  switch (type.kind) {
    case 'list':
      return listBody(g, type)
    case 'record': {
      const fields = type.fields.map((field, i) => {
        const value = propertyOf(g.source, 'v', camelCase(field.name))
        return `const a${i} = ${value}; if (!${checkText(g, field.type, `a${i}`)}) return false;`
      })
      return `if (typeof v !== 'object' || v === null) return false; ${fields.join(' ')} return true`
    }
    case 'flags': {
      const fields = type.labels.map((label, i) => {
        const value = propertyOf(g.source, 'v', camelCase(label))
        return `const a${i} = ${value}; if (a${i} !== undefined && typeof a${i} !== 'boolean') return false;`
      })
      const names = g.source.constant(new Set(type.labels.map(camelCase)))
      const isFlags = `if (typeof v !== 'object' || v === null || Symbol.iterator in v) return false;`
      const known = `for (const key of Object.keys(v)) if (!${names}.has(key)) return false;`
      return `${isFlags} ${known} ${fields.join(' ')} return true`
    }
    case 'tuple': {
      const items = type.items.map(
        (item, i) => `const a${i} = v[${i}]; if (!${checkText(g, item, `a${i}`)}) return false;`,
      )
      return `if (!Array.isArray(v) || v.length !== ${type.items.length}) return false; ${items.join(' ')} return true`
    }
    default:
      return taggedBody(g, type)
  }
}

function listBody(g: Generator, { element }: ValueType & { kind: 'list' }): string {
  const typed = typedArrayOf(element.kind)
  const size = sizeOf(element)
  const asTyped =
    typed === undefined
      ? ''
      : `if (v instanceof ${typed.tag}) return v.byteLength <= maxBytes && !isDetached(v);`
  return `${asTyped} if (!Array.isArray(v) || v.length * ${size} > maxBytes) return false;
    for (let i = 0; i < v.length; i++) { const a = v[i]; if (!${checkText(g, element, 'a')}) return false; }
    return true`
}

function taggedBody(g: Generator, type: Tagged): string {
  const branches = casesOf(type).map((c, i) => {
    if (c.type === null) return `case ${i}: return true;`
    return `case ${i}: { const a = ${payloadOf(type, 'v')}; return ${checkText(g, c.type, 'a')}; }`
  })
  const tags = g.source.constant(tagsOf(type))
  const known = type.kind === 'variant' ? '' : `if (!${tags}.includes(v.tag)) return false;`
  return `if (typeof v !== 'object' || v === null) return false; ${known}
    switch (${caseIndex(g, type, 'v')}) { ${branches.join(' ')} default: return false; }`
}
