import {
  alignOf,
  casesOf,
  childTypes,
  discriminantSize,
  fieldOffsets,
  payloadOffset,
  sizeOf,
  type ValueType,
} from '../../types/index.js'
import type { Generator } from '../generate/generator.js'
import { plus } from '../generate/load.js'
import { uint } from '../generate/scalar.js'
import { typedArrayOf } from '../typed-arrays.js'
import { weightOf } from '../weight.js'

/**
 * Where values are copied to, whose layout is the same in both: into the memory of a guest, where nothing has to be checked
 * that a codec has written, or out of it, where everything is.
 */
export type Target = 'guest' | 'area'

/**
 * Statements that make the value at `q` one of the target, after its bytes were copied there: what it points to is copied too,
 * and what is checked when it is lifted is checked. They use `view`, that of the target.
 */
export function relocateText(g: Generator, type: ValueType, q: string, ...[target]: [Target]): string {
  if (isSame(type, target)) return ''
  switch (type.kind) {
    case 'string':
      return pair(g, q, target, (p, n) =>
        target === 'guest' ? `stringToGuest(cx, from, ${p}, ${n})` : `stringToArea(cx, area, ${p}, ${n})`,
      )
    case 'list':
      return pair(g, q, target, (p, n) => `${listCopier(g, type, target)}(${p}, ${n})`)
    case 'char':
      return `liftChar(view.getUint32(${q}, true));`
    case 'enum':
      return `if (${uint(sizeOf(type)).load(q)} >= ${type.labels.length}) badDiscriminant();`
    case 'record':
    case 'tuple':
    case 'variant':
    case 'option':
    case 'result': {
      const helper = g.helperFor(`relocate-${target}`, type, () =>
        g.source.helper('q', body(g, type, target)),
      )
      return `${helper}(${q}); ${again(target)}`
    }
    default:
      return ''
  }
}

/** A function of pointer and length that copies a list, and returns where it is. */
export function listCopier(g: Generator, type: ValueType & { kind: 'list' }, target: Target): string {
  return g.helperFor(`copy-${target}`, type, () => {
    g.source.count()
    const { element } = type
    const size = sizeOf(element)
    const align = alignOf(element)
    const each = relocateText(g, element, 'q', target)
    const all =
      each === ''
        ? ''
        : `let { view } = ${target === 'guest' ? 'memory' : 'area.cx.memory'};
           for (let i = 0, q = to; i < n; i++, q += ${size}) { ${each} }`
    if (target === 'guest')
      return g.source.helper(
        'p, n',
        `const to = cx.alloc(n * ${size}, ${align}); copyBytes(from, p, memory.bytes, to, n * ${size});
         ${all} return to`,
      )
    const charge =
      typedArrayOf(element.kind) === undefined
        ? `store.charge(1 + n * ${weightOf(element)})`
        : `cx.chargeArray(n * ${size})`
    return g.source.helper(
      'p, n',
      `cx.checkList(p, n, ${size}, ${align}); ${charge}; const to = reserve(area, n * ${size}, ${align}, p);
       copyBytes(memory.bytes, p, area.cx.memory.bytes, to, n * ${size}); ${all} return to`,
    )
  })
}

/** A function of a pointer into the guest that copies the value there to the area, and returns where it is. */
export function copierToArea(g: Generator, type: ValueType): string {
  const size = sizeOf(type)
  return g.source.helper(
    'p',
    `const q = reserve(area, ${size}, ${alignOf(type)}, p);
     copyBytes(memory.bytes, p, area.cx.memory.bytes, q, ${size});
     const { view } = area.cx.memory; ${relocateText(g, type, 'q', 'area')} return q`,
  )
}

/** Whether the bytes of a value mean the same in the target, whatever they are. */
function isSame(type: ValueType, target: Target): boolean {
  const memo = same[target]
  let known = memo.get(type)
  if (known === undefined) {
    known = !isDifferent(type, target) && childTypes(type).every((part) => isSame(part, target))
    memo.set(type, known)
  }
  return known
}

function isDifferent({ kind }: ValueType, target: Target): boolean {
  return kind === 'string' || kind === 'list' || (target === 'area' && CHECKED.has(kind))
}

/** A type may have another one many times in many ways, and each part is looked at once. */
const same: Readonly<Record<Target, WeakMap<ValueType, boolean>>> = {
  guest: new WeakMap(),
  area: new WeakMap(),
}

/** Kinds that have bytes which are no value of theirs. */
const CHECKED: ReadonlySet<ValueType['kind']> = new Set(['char', 'enum', 'variant', 'option', 'result'])

function pair(
  g: Generator,
  q: string,
  ...[target, copy]: [Target, (p: string, n: string) => string]
): string {
  const to = g.source.fresh()
  return `const ${to} = ${copy(`view.getUint32(${q}, true)`, `view.getUint32(${q} + 4, true)`)};
    ${again(target)} view.setUint32(${q}, ${to}, true);`
}

/** A guest that allocates may have grown its memory. */
function again(target: Target): string {
  return target === 'guest' ? 'view = memory.view;' : ''
}

type Composite = Extract<ValueType, { kind: 'record' | 'tuple' | 'variant' | 'option' | 'result' }>

function body(g: Generator, type: Composite, target: Target): string {
  g.source.count()
  const view = target === 'guest' ? 'let { view } = memory;' : 'const { view } = area.cx.memory;'
  if (type.kind === 'record' || type.kind === 'tuple') {
    const items = type.kind === 'record' ? type.fields.map((field) => field.type) : type.items
    const offsets = fieldOffsets(items)
    return `${view} ${items.map((item, i) => relocateText(g, item, plus('q', offsets[i]!), target)).join('\n')}`
  }
  const cases = casesOf(type)
  const payload = plus('q', payloadOffset(cases))
  const branches = cases.map((c, i) => {
    const text = c.type === null ? '' : relocateText(g, c.type, payload, target)
    return `case ${i}: { ${text} break; }`
  })
  return `${view} switch (${uint(discriminantSize(cases.length)).load('q')}) {
    ${branches.join('\n')} default: badDiscriminant(); }`
}
