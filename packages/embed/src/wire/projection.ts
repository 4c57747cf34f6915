import type { ValueType } from '@wasm-plugin/runtime'
import {
  camelCase,
  casesOf,
  isDetached,
  isTaggedOption,
  ownField,
  sizeOf,
  type TypedArrayCodec,
  typedArrayOf,
  typedArrayTag,
} from '@wasm-plugin/runtime/internal'
import type { OnHandle } from '../contract/walk.js'
import type { Room } from './room.js'
import {
  OBJECT,
  TRANSFERRED_BYTES,
  TYPED_ARRAY,
  weightOfBytes,
  weightOfLeaf,
  weightOfName,
} from './weight.js'

/** Thrown for what is not of its type: the runtime finds out what and where. */
export const MISFIT = Symbol('a value that is not of its type')

export interface Crossing {
  readonly room: Room
  readonly onHandle: OnHandle
  /** Takes memory that is the copy's own, and may be handed over with it. */
  readonly onMemory?: (memory: ArrayBuffer) => void
}

// biome-ignore lint/suspicious/noExplicitAny: the component type, not TypeScript's, says what it is
type JsValue = any
/** A plain copy of a value. Throws MISFIT, VALUE_TOO_LARGE, and what the value throws when it is read. */
type Project = (value: JsValue, to: Crossing) => unknown

/** Types are shared: a small component may spell a type whose tree has billions of nodes. */
const known = new WeakMap<ValueType, Project>()

/**
 * Copies what a type names of a value, as the runtime would read it: fields may be inherited or accessors, and others do
 * not matter. The copy holds nothing that a thread could not be sent.
 */
export function projectionOf(type: ValueType): Project {
  let project = known.get(type)
  if (project === undefined) {
    project = makeProjection(type)
    known.set(type, project)
  }
  return project
}

function makeProjection(type: ValueType): Project {
  switch (type.kind) {
    case 'list':
      return projectList(type.element)
    case 'record':
      return projectFields(type.fields.map(({ name, type }) => [camelCase(name), projectionOf(type)]))
    case 'flags':
      return projectFlags(type.labels.map(camelCase))
    case 'tuple':
      return projectItems(type.items.map(projectionOf))
    case 'option':
      return isTaggedOption(type)
        ? projectCases([['none', null], ['some', projectionOf(type.element)]]) // biome-ignore format: a table
        : projectOption(projectionOf(type.element))
    case 'result':
      return projectCases(
        casesOf(type).map((c, i) => [i === 0 ? 'ok' : 'err', c.type && projectionOf(c.type)]),
      )
    case 'variant':
      return projectCases(type.cases.map((c) => [c.name, c.type && projectionOf(c.type)]))
    case 'own':
    case 'borrow':
      return (value, { room, onHandle }) => {
        if (!isObject(value)) throw MISFIT
        room.take(1)
        return onHandle(value, type)
      }
    default:
      return projectLeaf
  }
}

/** One that is of another type can be sent, and is refused there. */
const projectLeaf: Project = (value, { room }) => {
  if (!isLeaf(value)) throw MISFIT
  room.take(weightOfLeaf(value))
  return value
}

function projectList(element: ValueType): Project {
  const typed = typedArrayOf(element.kind)
  const projectItems =
    typed === undefined ? projectEach(projectionOf(element)) : projectNumbers(element, typed)
  return (value, to) => {
    if (typed !== undefined && typedArrayTag(value) === typed.tag) return ownArray(value, to, typed)
    if (!Array.isArray(value)) throw MISFIT
    to.room.require(value.length)
    return projectItems(value, to)
  }
}

function projectEach(project: Project): Project {
  return (value, to) => {
    const { length } = value
    to.room.take(OBJECT)
    const copy: unknown[] = []
    for (let i = 0; i < length; i++) copy.push(project(value[i], to))
    return copy
  }
}

/** As the typed array that stands for the same list: it is sent in a fraction of the time. */
function projectNumbers(element: ValueType, { copy }: TypedArrayCodec): Project {
  const size = sizeOf(element)
  const isFloat = element.kind === 'f32' || element.kind === 'f64'
  return (value, { room }) => {
    const { length } = value
    room.take(TYPED_ARRAY + weightOfBytes(length * size))
    const array = copy(new Uint8Array(length * size), 0, length)
    const type = typeof array[0]
    for (let i = 0; i < length; i++) {
      const item = value[i]
      if (typeof item !== type) throw MISFIT
      array[i] = item
      if (array[i] !== item && !isFloat) throw MISFIT
    }
    return array
  }
}

/** The application may write to its array, resize it or give its memory away before the copy is sent. */
function ownArray(array: Uint8Array, { room, onMemory }: Crossing, { copy }: TypedArrayCodec): unknown {
  if (isDetached(array)) throw MISFIT
  const { buffer, byteOffset, byteLength, length } = array
  room.take(TYPED_ARRAY + weightOfBytes(byteLength))
  const own = copy(new Uint8Array(buffer, byteOffset, byteLength), 0, length)
  if (byteLength >= TRANSFERRED_BYTES) onMemory?.(own.buffer as ArrayBuffer)
  return own
}

/** WIT has no name that means something to an object literal, such as `__proto__`. */
function projectFields(fields: readonly (readonly [string, Project])[]): Project {
  const weight = fields.reduce((sum, [name]) => sum + weightOfName(name), OBJECT)
  return (value, to) => {
    if (!isObject(value)) throw MISFIT
    to.room.take(weight)
    const copy: Record<string, unknown> = {}
    for (const [name, project] of fields) copy[name] = project(ownField(value, name), to)
    return copy
  }
}

/** A name that is none of the flags' would be lost on the way. */
function projectFlags(names: readonly string[]): Project {
  const known = new Set(names)
  const project = projectFields(names.map((name) => [name, projectLeaf]))
  return (value, to) => {
    if (!isObject(value) || Symbol.iterator in value) throw MISFIT
    for (const key of Object.keys(value)) if (!known.has(key)) throw MISFIT
    return project(value, to)
  }
}

function projectItems(items: readonly Project[]): Project {
  return (value, to) => {
    if (!Array.isArray(value) || value.length !== items.length) throw MISFIT
    to.room.take(OBJECT)
    return items.map((project, i) => project(value[i], to))
  }
}

function projectOption(project: Project): Project {
  return (value, to) => {
    if (value !== undefined && value !== null) return project(value, to)
    to.room.take(1)
    return undefined
  }
}

function projectCases(cases: readonly (readonly [string, Project | null])[]): Project {
  const byTag = new Map(cases)
  return (value, to) => {
    if (!isObject(value)) throw MISFIT
    const { tag } = value as JsValue
    const project = byTag.get(tag)
    if (project === undefined) throw MISFIT
    to.room.take(OBJECT + weightOfLeaf(tag))
    return project === null ? { tag } : { tag, val: project((value as JsValue).val, to) }
  }
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isLeaf(value: unknown): boolean {
  switch (typeof value) {
    case 'object':
      return value === null
    case 'function':
    case 'symbol':
      return false
    default:
      return true
  }
}
