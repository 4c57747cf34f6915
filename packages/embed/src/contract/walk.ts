import type { HandleType, ValueType } from '@wasm-plugin/runtime'
import { camelCase, isTaggedOption } from '@wasm-plugin/runtime/internal'
import { atOnce } from '../turn.js'

/** What takes the place of a handle on the other side. */
export type OnHandle = (value: unknown, type: HandleType) => unknown

/** Gives `value` with every handle in it replaced; what holds none is passed on as it is, wrong shapes too. */
export interface Walk {
  (value: unknown, onHandle: OnHandle): unknown
  /** The same in steps, for values that may be large. */
  readonly steps?: WalkSteps
}

type WalkSteps = (value: unknown, onHandle: OnHandle) => Generator<void, unknown>

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
      return element && inSteps((value, on) => walkList(element, value, on))
    }
    case 'tuple':
      return walkItems(type.items.map(walkOf))
    case 'record':
      return walkFields(type.fields.map((field) => [camelCase(field.name), walkOf(field.type)]))
    case 'option': {
      const element = walkOf(type.element)
      if (element === null) return null
      if (isTaggedOption(type)) return walkCases(new Map([['some', element]]))
      const isNone = (value: unknown) => value === undefined || value === null
      if (element.steps === undefined) return (value, on) => (isNone(value) ? value : element(value, on))
      return inSteps(function* (value, on) {
        return isNone(value) ? value : yield* stepsOf(element, value, on)
      })
    }
    case 'variant':
      return walkCases(new Map(type.cases.map((c) => [c.name, walkOf(c.type)])))
    case 'result':
      return walkCases(new Map([['ok', walkOf(type.ok)], ['err', walkOf(type.err)]])) // biome-ignore format: a table
    default:
      return null
  }
}

function inSteps(steps: WalkSteps): Walk {
  return Object.assign((value: unknown, on: OnHandle) => atOnce(steps(value, on)), { steps })
}

export function* stepsOf(
  walk: Walk | null | undefined,
  value: unknown,
  on: OnHandle,
): Generator<void, unknown> {
  if (walk?.steps !== undefined) return yield* walk.steps(value, on)
  return walk ? walk(value, on) : value
}

/** Elements that are one step. */
const STEP = 256

function* walkList(element: Walk, value: unknown, on: OnHandle): Generator<void, unknown> {
  if (!Array.isArray(value)) return value
  const copy: unknown[] = []
  for (const item of value) {
    copy.push(element.steps === undefined ? element(item, on) : yield* element.steps(item, on))
    if (copy.length % STEP === 0) yield
  }
  return copy
}

function walkItems(items: readonly (Walk | null)[]): Walk | null {
  if (!items.some(Boolean)) return null
  return inSteps(function* (value, on) {
    if (!Array.isArray(value)) return value
    const copy: unknown[] = []
    for (const [i, item] of value.entries()) copy.push(yield* stepsOf(items[i], item, on))
    return copy
  })
}

/** WIT has no name that means something to an object literal, such as `__proto__`. */
function walkFields(fields: readonly (readonly [string, Walk | null])[]): Walk | null {
  if (!fields.some(([, walk]) => walk)) return null
  return inSteps(function* (value, on) {
    if (!isTable(value)) return value
    const copy: Table = {}
    for (const [name, walk] of fields) copy[name] = yield* stepsOf(walk, value[name], on)
    return copy
  })
}

function walkCases(cases: ReadonlyMap<string, Walk | null>): Walk | null {
  if (![...cases.values()].some(Boolean)) return null
  return inSteps(function* (value, on) {
    if (!isTable(value) || typeof value.tag !== 'string') return value
    const walk = cases.get(value.tag)
    return walk ? { tag: value.tag, val: yield* stepsOf(walk, value.val, on) } : value
  })
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null
}
