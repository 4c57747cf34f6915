import {
  alignOf,
  casesOf,
  discriminantSize,
  fieldOffsets,
  payloadOffset,
  sizeOf,
  type ValueType,
} from '../../types/index.js'
import { camelCase } from '../names.js'
import { typedArrayOf } from '../typed-arrays.js'
import { weightOf } from '../weight.js'
import type { Generator } from './generator.js'
import { scalarText, uint } from './scalar.js'
import { caseValue, flagsObject } from './shapes.js'
import { propertyKey } from './source.js'

/** An expression that lifts a value of `type` from memory at `p`, which is a name or a sum. Needs `view`. */
export function loadText(g: Generator, type: ValueType, p: string): string {
  switch (type.kind) {
    case 'string':
      return `liftString(cx, view.getUint32(${p}, true), view.getUint32(${p} + 4, true))`
    case 'list':
      return `${listLifter(g, type)}(view.getUint32(${p}, true), view.getUint32(${p} + 4, true))`
    case 'enum':
      return `labelOf(${g.source.constant(type.labels)}, ${uint(sizeOf(type)).load(p)})`
    case 'flags':
      return `${flagsObject(g, type)}(${uint(sizeOf(type)).load(p)})`
    case 'own':
      return `liftOwn(cx, ${g.resource(type.resource)}, view.getUint32(${p}, true))`
    case 'borrow':
      return `liftBorrow(cx, ${g.resource(type.resource)}, view.getUint32(${p}, true))`
    case 'record':
    case 'tuple':
    case 'variant':
    case 'option':
    case 'result':
      return `${g.helperFor('load', type, () => g.source.helper('p', loadBody(g, type)))}(${p})`
    case 'stream':
    case 'future':
    case 'error-context':
    case 'map':
      return g.unsupported(type)
    default:
      return scalarText[type.kind].load(p)
  }
}

type Composite = Extract<ValueType, { kind: 'record' | 'tuple' | 'variant' | 'option' | 'result' }>

function loadBody(g: Generator, type: Composite): string {
  g.source.count()
  const view = 'const { view } = memory;'
  if (type.kind === 'record') {
    const offsets = fieldOffsets(type.fields.map((field) => field.type))
    const fields = type.fields.map(
      (field, i) =>
        `${propertyKey(g.source, camelCase(field.name))}: ${loadText(g, field.type, plus('p', offsets[i]!))}`,
    )
    return `${view} return { ${fields.join(', ')} }`
  }
  if (type.kind === 'tuple') {
    const offsets = fieldOffsets(type.items)
    const items = type.items.map((item, i) => loadText(g, item, plus('p', offsets[i]!)))
    return `${view} return [${items.join(', ')}]`
  }
  const cases = casesOf(type)
  const tag = uint(discriminantSize(cases.length)).load('p')
  const payload = plus('p', payloadOffset(cases))
  const branches = cases.map((c, i) => {
    const value = c.type === null ? null : loadText(g, c.type, payload)
    return `case ${i}: return ${caseValue(g, type, i, value)};`
  })
  return `${view} switch (${tag}) { ${branches.join(' ')} default: badDiscriminant() }`
}

/** A function of pointer and length that lifts a list. */
export function listLifter(g: Generator, type: ValueType & { kind: 'list' }): string {
  return g.helperFor('list', type, () => {
    g.source.count()
    const { element } = type
    const size = sizeOf(element)
    const check = `cx.checkList(p, n, ${size}, ${alignOf(element)});`
    const typed = typedArrayOf(element.kind)
    if (typed !== undefined) {
      const copy = `${g.source.constant(typed.copy)}(memory.bytes, p, n)`
      return g.source.helper('p, n', `${check} cx.chargeArray(n * ${size}); return ${copy}`)
    }
    const load = loadText(g, element, 'p')
    return g.source.helper(
      'p, n',
      `${check} store.charge(1 + n * ${weightOf(element)}); const { view } = memory; const list = new Array(n);
       for (let i = 0; i < n; i++, p += ${size}) list[i] = ${load}; return list`,
    )
  })
}

export function plus(pointer: string, offset: number): string {
  return offset === 0 ? pointer : `${pointer} + ${offset}`
}
