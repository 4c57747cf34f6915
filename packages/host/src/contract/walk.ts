import { camelCase, type HandleType, isTaggedOption, type ValueType } from '@wasm-plugin/runtime'

/** What takes the place of a handle on the other side. */
export type OnHandle = (value: unknown, type: HandleType) => unknown

/** Gives `value` with every handle in it replaced; what holds none is passed on as it is, wrong shapes too. */
export type Walk = (value: unknown, onHandle: OnHandle) => unknown

type Table = Record<string, unknown>

/** Types are shared: a small component may spell a type whose tree has billions of nodes. */
const known = new WeakMap<ValueType, Walk | null>()

/** The walk over values of a type, or null when there is no handle in them. */
export function walkOf(type: ValueType | null): Walk | null {
  if (type === null) return null
  let walk = known.get(type)
  if (walk === undefined) {
    walk = makeWalk(type)
    known.set(type, walk)
  }
  return walk
}

function makeWalk(type: ValueType): Walk | null {
  switch (type.kind) {
    case 'own':
    case 'borrow':
      return (value, onHandle) => onHandle(value, type)
    case 'list': {
      const element = walkOf(type.element)
      return (
        element && ((value, on) => (Array.isArray(value) ? value.map((item) => element(item, on)) : value))
      )
    }
    case 'tuple':
      return walkItems(type.items.map(walkOf))
    case 'record':
      return walkFields(type.fields.map((field) => [camelCase(field.name), walkOf(field.type)]))
    case 'option': {
      const element = walkOf(type.element)
      if (element === null) return null
      if (isTaggedOption(type)) return walkCases(new Map([['some', element]]))
      return (value, on) => (value === undefined || value === null ? value : element(value, on))
    }
    case 'variant':
      return walkCases(new Map(type.cases.map((c) => [c.name, walkOf(c.type)])))
    case 'result':
      return walkCases(new Map([['ok', walkOf(type.ok)], ['err', walkOf(type.err)]])) // biome-ignore format: a table
    default:
      return null
  }
}

function walkItems(items: readonly (Walk | null)[]): Walk | null {
  if (!items.some(Boolean)) return null
  return (value, on) => {
    if (!Array.isArray(value)) return value
    return value.map((item, i) => {
      const walk = items[i]
      return walk ? walk(item, on) : item
    })
  }
}

/** WIT has no name that means something to an object literal, such as `__proto__`. */
function walkFields(fields: readonly (readonly [string, Walk | null])[]): Walk | null {
  if (!fields.some(([, walk]) => walk)) return null
  return (value, on) => {
    if (!isTable(value)) return value
    const copy: Table = {}
    for (const [name, walk] of fields) copy[name] = walk === null ? value[name] : walk(value[name], on)
    return copy
  }
}

function walkCases(cases: ReadonlyMap<string, Walk | null>): Walk | null {
  if (![...cases.values()].some(Boolean)) return null
  return (value, on) => {
    if (!isTable(value) || typeof value.tag !== 'string') return value
    const walk = cases.get(value.tag)
    return walk ? { tag: value.tag, val: walk(value.val, on) } : value
  }
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null
}
