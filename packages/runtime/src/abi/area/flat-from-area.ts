import {
  casesOf,
  discriminantSize,
  fieldOffsets,
  flattenType,
  payloadOffset,
  sizeOf,
  type ValueType,
} from '../../types/index.js'
import type { FlatText } from '../generate/flat.js'
import type { Generator } from '../generate/generator.js'
import { plus } from '../generate/load.js'
import { scalarText, uint, widenText } from '../generate/scalar.js'
import { listCopier } from './relocate.js'

/** Lowers the value at `p` of the area to core values; what it points to goes to the memory of the guest. Needs the area's `view`. */
export function flatFromArea(g: Generator, type: ValueType, p: string, ...[out]: [FlatText]): void {
  const keep = (expression: string) => {
    const name = g.source.fresh()
    out.statements += `const ${name} = ${expression};\n`
    out.values.push(name)
    return name
  }
  const word = (at: string) => `view.getUint32(${at}, true)`
  switch (type.kind) {
    case 'string':
    case 'list': {
      const length = g.source.fresh()
      out.statements += `const ${length} = ${word(`${p} + 4`)};\n`
      keep(
        type.kind === 'list'
          ? `${listCopier(g, type, 'guest')}(${word(p)}, ${length})`
          : `stringToGuest(cx, from, ${word(p)}, ${length})`,
      )
      out.values.push(length)
      return
    }
    case 'bool':
      out.values.push(`(view.getUint8(${p}) !== 0 ? 1 : 0)`)
      return
    case 'char':
      out.values.push(word(p))
      return
    case 'enum':
    case 'flags':
      out.values.push(uint(sizeOf(type)).load(p))
      return
    case 'record':
    case 'tuple': {
      const items = type.kind === 'record' ? type.fields.map((field) => field.type) : type.items
      const offsets = fieldOffsets(items)
      items.forEach((item, i) => {
        flatFromArea(g, item, plus(p, offsets[i]!), out)
      })
      return
    }
    case 'variant':
    case 'option':
    case 'result':
      tagged(g, type, p, out)
      return
    case 'own':
    case 'borrow':
    case 'stream':
    case 'future':
    case 'error-context':
    case 'map':
      throw new TypeError(`no area has a value of ${type.kind}`)
    default:
      out.values.push(scalarText[type.kind].load(p))
  }
}

function tagged(
  g: Generator,
  type: Extract<ValueType, { kind: 'variant' | 'option' | 'result' }>,
  p: string,
  ...[out]: [FlatText]
): void {
  g.source.count()
  const slots = flattenType(type)!.slice(1)
  const cases = casesOf(type)
  const tag = g.source.fresh()
  const names = slots.map(() => g.source.fresh())
  const zeros = names.map((name, i) => `${name} = ${slots[i] === 'i64' ? '0n' : '0'}`)
  const payload = plus(p, payloadOffset(cases))
  const branches = cases.map((c, index) => {
    if (c.type === null) return ''
    const inner: FlatText = { statements: '', values: [] }
    flatFromArea(g, c.type, payload, inner)
    const have = flattenType(c.type)!
    const assigned = inner.values.map((value, i) => `${names[i]} = ${widenText(value, have[i]!, slots[i]!)};`)
    return `case ${index}: { ${inner.statements} ${assigned.join(' ')} break; }`
  })
  out.statements += `const ${tag} = ${uint(discriminantSize(cases.length)).load(p)};
    ${names.length === 0 ? '' : `let ${zeros.join(', ')};`}
    switch (${tag}) { ${branches.join('\n')} }\n`
  out.values.push(tag, ...names)
}
