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
import type { Generator } from './generator.js'
import { plus } from './load.js'
import { scalarText, uint } from './scalar.js'
import { caseIndex, flagsBits, payloadOf, type Tagged } from './shapes.js'
import { propertyOf } from './source.js'

/**
 * Statements that lower the value named `v` to memory at `p`. They use `view`, and read it again wherever the guest
 * may have grown its memory in between.
 */
export function storeText(g: Generator, type: ValueType, p: string, ...[v]: [string]): string {
  switch (type.kind) {
    case 'string':
      return `${storePair(g, p, `lowerString(cx, ${v})`, 'store.stringLength')}`
    case 'list': {
      const length = g.source.fresh()
      const pair = storePair(g, p, `${listLowerer(g, type)}(${v}, ${length})`, length)
      return `const ${length} = ${v}.length; ${pair}`
    }
    case 'enum':
      return `${uint(sizeOf(type)).store(p, `${g.labelIndices(type)}.get(${v})`)};`
    case 'flags':
      return `${uint(sizeOf(type)).store(p, `${flagsBits(g, type)}(${v})`)};`
    case 'own':
      return `view.setUint32(${p}, lowerOwn(cx, ${g.resource(type.resource)}, ${v}), true);`
    case 'borrow':
      return `view.setUint32(${p}, lowerBorrow(cx, ${g.resource(type.resource)}, ${v}), true);`
    case 'record':
    case 'tuple':
    case 'variant':
    case 'option':
    case 'result': {
      const helper = g.helperFor('store', type, () => g.source.helper('p, v', storeBody(g, type)))
      return `${helper}(${p}, ${v}); view = memory.view;`
    }
    case 'stream':
    case 'future':
    case 'error-context':
    case 'map':
      return g.unsupported(type)
    default:
      return `${scalarText[type.kind].store(p, v)};`
  }
}

function storePair(g: Generator, p: string, ...[pointer, length]: [string, string]): string {
  const q = g.source.fresh()
  return `const ${q} = ${pointer}; view = memory.view;
    view.setUint32(${p}, ${q}, true); view.setUint32(${p} + 4, ${length}, true);`
}

type Composite = Extract<ValueType, { kind: 'record' | 'tuple' }> | Tagged

function storeBody(g: Generator, type: Composite): string {
  g.source.count()
  const view = 'let { view } = memory;'
  if (type.kind === 'record') {
    const offsets = fieldOffsets(type.fields.map((field) => field.type))
    const fields = type.fields.map((field, i) => {
      const value = propertyOf(g.source, 'v', camelCase(field.name))
      return `const a${i} = ${value}; ${storeText(g, field.type, plus('p', offsets[i]!), `a${i}`)}`
    })
    return `${view} ${fields.join('\n')}`
  }
  if (type.kind === 'tuple') {
    const offsets = fieldOffsets(type.items)
    const items = type.items.map(
      (item, i) => `const a${i} = v[${i}]; ${storeText(g, item, plus('p', offsets[i]!), `a${i}`)}`,
    )
    return `${view} ${items.join('\n')}`
  }
  const cases = casesOf(type)
  const payload = plus('p', payloadOffset(cases))
  const tag = uint(discriminantSize(cases.length))
  const branches = cases.map((c, i) => {
    const store =
      c.type === null ? '' : `const a = ${payloadOf(type, 'v')}; ${storeText(g, c.type, payload, 'a')}`
    return `case ${i}: { ${tag.store('p', `${i}`)}; ${store} return; }`
  })
  return `${view} switch (${caseIndex(g, type, 'v')}) { ${branches.join(' ')} default: return badDiscriminant(); }`
}

/** A function of value and length that lowers a list and returns the pointer to it. */
export function listLowerer(g: Generator, type: ValueType & { kind: 'list' }): string {
  return g.helperFor('lower-list', type, () => {
    g.source.count()
    const { element } = type
    const size = sizeOf(element)
    const typed = typedArrayOf(element.kind)
    const fast =
      typed === undefined
        ? ''
        : `if (ArrayBuffer.isView(v)) {
            memory.bytes.set(new Uint8Array(v.buffer, v.byteOffset, n * ${size}), q); return q;
          }`
    return g.source.helper(
      'v, n',
      `const q = cx.alloc(n * ${size}, ${alignOf(element)}); ${fast}
       let { view } = memory;
       for (let i = 0, p = q; i < n; i++, p += ${size}) { const a = v[i]; ${storeText(g, element, 'p', 'a')} }
       return q`,
    )
  })
}
