import { casesOf, type FlatType, flattenType, type ValueType } from '../../types/index.js'
import { camelCase } from '../names.js'
import type { Generator } from './generator.js'
import { listLifter } from './load.js'
import { narrowText, scalarText, widenText } from './scalar.js'
import { caseIndex, caseValue, flagsBits, flagsObject, payloadOf, type Tagged } from './shapes.js'
import { propertyKey, propertyOf } from './source.js'
import { listLowerer } from './store.js'

/** Text in two parts: statements to run first, and expressions of the values they leave. */
export interface FlatText {
  statements: string
  values: string[]
}

/** Lowers the value named `v` to core values. */
export function lowerFlat(g: Generator, type: ValueType, v: string, out: FlatText): void {
  const keep = (expression: string) => {
    const name = g.source.fresh()
    out.statements += `const ${name} = ${expression};\n`
    out.values.push(name)
  }
  switch (type.kind) {
    case 'string':
      keep(`lowerString(cx, ${v})`)
      keep('store.stringLength')
      return
    case 'list': {
      const length = g.source.fresh()
      out.statements += `const ${length} = ${v}.length;\n`
      keep(`${listLowerer(g, type)}(${v}, ${length})`)
      out.values.push(length)
      return
    }
    case 'enum':
      keep(`${g.labelIndices(type)}.get(${v})`)
      return
    case 'flags':
      keep(`${flagsBits(g, type)}(${v})`)
      return
    case 'own':
      keep(`lowerOwn(cx, ${g.resource(type.resource)}, ${v})`)
      return
    case 'borrow':
      keep(`lowerBorrow(cx, ${g.resource(type.resource)}, ${v})`)
      return
    case 'record':
      for (const field of type.fields) {
        const name = g.source.fresh()
        out.statements += `const ${name} = ${propertyOf(g.source, v, camelCase(field.name))};\n`
        lowerFlat(g, field.type, name, out)
      }
      return
    case 'tuple':
      type.items.forEach((item, i) => {
        const name = g.source.fresh()
        out.statements += `const ${name} = ${v}[${i}];\n`
        lowerFlat(g, item, name, out)
      })
      return
    case 'variant':
    case 'option':
    case 'result':
      lowerTagged(g, type, v, out)
      return
    case 'stream':
    case 'future':
    case 'error-context':
    case 'map':
      g.unsupported(type)
      return
    default:
      out.values.push(scalarText[type.kind].lower(v))
  }
}

function lowerTagged(g: Generator, type: Tagged, v: string, ...[out]: [FlatText]): void {
  g.source.count()
  const slots = flattenType(type)!.slice(1)
  const tag = g.source.fresh()
  const names = slots.map(() => g.source.fresh())
  const zeros = names.map((name, i) => `${name} = ${slots[i] === 'i64' ? '0n' : '0'}`)
  const branches = casesOf(type).map((c, index) => {
    if (c.type === null) return ''
    const payload = g.source.fresh()
    const inner: FlatText = { statements: `const ${payload} = ${payloadOf(type, v)};\n`, values: [] }
    lowerFlat(g, c.type, payload, inner)
    const have = flattenType(c.type)!
    const assigned = inner.values.map((value, i) => `${names[i]} = ${widenText(value, have[i]!, slots[i]!)};`)
    return `case ${index}: { ${inner.statements} ${assigned.join(' ')} break; }`
  })
  out.statements += `const ${tag} = ${caseIndex(g, type, v)};
    ${names.length === 0 ? '' : `let ${zeros.join(', ')};`}
    switch (${tag}) { ${branches.join('\n')} }\n`
  out.values.push(tag, ...names)
}

/** Core values by name, in the order in which a type takes them. */
export class FlatNames {
  private at = 0

  constructor(private readonly names: readonly string[]) {}

  next(): string {
    return this.names[this.at++]!
  }
}

/** An expression of the value lifted from core values; statements it needs go to `out`. */
export function liftFlat(g: Generator, type: ValueType, core: FlatNames, ...[out]: [FlatText]): string {
  switch (type.kind) {
    case 'string':
      return `liftString(cx, ${core.next()} >>> 0, ${core.next()} >>> 0)`
    case 'list':
      return `${listLifter(g, type)}(${core.next()} >>> 0, ${core.next()} >>> 0)`
    case 'enum':
      return `labelOf(${g.source.constant(type.labels)}, ${core.next()} >>> 0)`
    case 'flags':
      return `${flagsObject(g, type)}(${core.next()})`
    case 'own':
      return `liftOwn(cx, ${g.resource(type.resource)}, ${core.next()} >>> 0)`
    case 'borrow':
      return `liftBorrow(cx, ${g.resource(type.resource)}, ${core.next()} >>> 0)`
    case 'record': {
      const fields = type.fields.map(
        (field) => `${propertyKey(g.source, camelCase(field.name))}: ${liftFlat(g, field.type, core, out)}`,
      )
      return `{ ${fields.join(', ')} }`
    }
    case 'tuple':
      return `[${type.items.map((item) => liftFlat(g, item, core, out)).join(', ')}]`
    case 'variant':
    case 'option':
    case 'result':
      return liftTagged(g, type, core, out)
    case 'stream':
    case 'future':
    case 'error-context':
    case 'map':
      return g.unsupported(type)
    default:
      return scalarText[type.kind].lift(core.next())
  }
}

function liftTagged(g: Generator, type: Tagged, core: FlatNames, ...[out]: [FlatText]): string {
  g.source.count()
  const slots: readonly FlatType[] = flattenType(type)!.slice(1)
  const tag = core.next()
  const shared = slots.map(() => core.next())
  const name = g.source.fresh()
  const branches = casesOf(type).map((c, index) => {
    if (c.type === null) return `case ${index}: ${name} = ${caseValue(g, type, index, null)}; break;`
    const wants = flattenType(c.type)!
    const narrowed = wants.map((want, i) => narrowText(shared[i]!, slots[i]!, want))
    const inner: FlatText = { statements: '', values: [] }
    const payload = liftFlat(g, c.type, new FlatNames(narrowed), inner)
    return `case ${index}: { ${inner.statements} ${name} = ${caseValue(g, type, index, payload)}; break; }`
  })
  out.statements += `let ${name}; switch (${tag} >>> 0) { ${branches.join('\n')} default: badDiscriminant(); }\n`
  return name
}
