import { errors, PluginError } from '../errors/index.js'
import {
  casesOf,
  type FlagsType,
  type HandleType,
  type ListType,
  sizeOf,
  type ValueType,
  type VariantType,
} from '../types/index.js'
import { describe, describeType, oneOf } from './describe.js'
import type { FuncContext } from './func-context.js'
import type { GuestFunc } from './functions.js'
import { heldOf, requireUsable } from './guest-handle.js'
import type { JsValue } from './js-value.js'
import { camelCase, pascalCase } from './names.js'
import { ownField } from './own-field.js'
import { isStackOverflow } from './store.js'
import { isTaggedOption } from './tagged-option.js'
import { isDetached, typedArrayOf, typedArrayTag } from './typed-arrays.js'

/** Where in a value the type is broken. The path grows from the leaf to the root as the search returns. */
export interface Mismatch {
  path: string
  readonly expected: string
  readonly found: string
  /** What the value threw when it was read. */
  readonly cause?: unknown
}

/**
 * Checks the arguments of a call. Nothing has been written to the guest yet, so the instance stays usable.
 * @throws {TYPE_MISMATCH | VALUE_TOO_LARGE | RESOURCE_DROPPED} with a path like `render(arg0.title)`
 */
export function requireArguments({ cx, type, name }: GuestFunc, args: readonly JsValue[]): void {
  type.params.forEach((param, i) => {
    const mismatch = findMismatch(cx, param.type, args[i])
    if (mismatch !== null) throw typeMismatch(`${name}(arg${i})`, mismatch)
  })
}

/** `of` is the argument, as in `render(arg0)`, or the answer, as in `render()`. */
export function typeMismatch(of: string, { path, expected, found, cause }: Mismatch): PluginError {
  const place = of.endsWith('()') ? `${of}${path}` : `${of.slice(0, -1)}${path})`
  return errors.TYPE_MISMATCH({ path: place, expected, found }, cause)
}

/** A value of the host that throws when it is read: an accessor or a Proxy. Any coded error as it is. */
export function unreadable(path: string, error: unknown): unknown {
  if (PluginError.is(error) || isStackOverflow(error)) return error
  return typeMismatch(path, threw(error))
}

/** What throws when it is read is no value; a coded error is about something else. */
function threw(error: unknown): Mismatch {
  if (PluginError.is(error) || isStackOverflow(error)) throw error
  return { path: '', expected: 'a value that can be read', found: 'one that throws', cause: error }
}

/**
 * The first part of `value` that is not of its type, or `null`.
 *
 * @param cx null outside of an instance, which alone knows its limits and handles
 */
export function findMismatch(cx: FuncContext | null, type: ValueType, value: JsValue): Mismatch | null {
  return at('', () => search(cx, type, value))
}

function search(cx: FuncContext | null, type: ValueType, value: JsValue): Mismatch | null {
  switch (type.kind) {
    case 'bool':
      return typeof value === 'boolean' ? null : wrong(type, value)
    case 'u8':
      return integer(type, value, 0, 0xff)
    case 's8':
      return integer(type, value, -0x80, 0x7f)
    case 'u16':
      return integer(type, value, 0, 0xffff)
    case 's16':
      return integer(type, value, -0x8000, 0x7fff)
    case 'u32':
      return integer(type, value, 0, 0xffffffff)
    case 's32':
      return integer(type, value, -0x80000000, 0x7fffffff)
    case 'u64':
      return typeof value === 'bigint' && BigInt.asUintN(64, value) === value ? null : wrong(type, value)
    case 's64':
      return typeof value === 'bigint' && BigInt.asIntN(64, value) === value ? null : wrong(type, value)
    case 'f32':
    case 'f64':
      return typeof value === 'number' ? null : wrong(type, value)
    case 'char':
      return isChar(value) ? null : wrong(type, value)
    case 'string':
      if (typeof value !== 'string') return wrong(type, value)
      cx?.limitGiven(value.length)
      return null
    case 'list':
      return list(cx, type, value)
    case 'record':
      if (typeof value !== 'object' || value === null) return wrong(type, value)
      return first(type.fields, (field) => {
        const name = camelCase(field.name)
        return at(`.${name}`, () => search(cx, field.type, ownField(value, name)))
      })
    case 'tuple':
      if (!Array.isArray(value) || value.length !== type.items.length) return wrong(type, value)
      return first(type.items, (item, i) => at(`[${i}]`, () => search(cx, item, value[i])))
    case 'enum':
      return type.labels.includes(value) ? null : wrong(type, value)
    case 'flags':
      return flags(type, value)
    case 'option':
      if (isTaggedOption(type)) return tagged(cx, type, value, ['none', 'some'])
      return value === undefined || value === null ? null : search(cx, type.element, value)
    case 'result':
      return tagged(cx, type, value, ['ok', 'err'])
    case 'variant':
      return tagged(cx, type, value, null)
    case 'own':
    case 'borrow':
      return handleMismatch(cx, type, value)
    default:
      return wrong(type, value)
  }
}

function wrong(type: ValueType, value: unknown): Mismatch {
  return { path: '', expected: describeType(type), found: describe(value) }
}

/** What `find` finds at `step` of a value; that it cannot be read is found there too. */
function at(step: string, find: () => Mismatch | null): Mismatch | null {
  let mismatch: Mismatch | null
  try {
    mismatch = find()
  } catch (error) {
    mismatch = threw(error)
  }
  if (mismatch !== null) mismatch.path = step + mismatch.path
  return mismatch
}

function first<T>(items: readonly T[], check: (item: T, index: number) => Mismatch | null): Mismatch | null {
  for (let i = 0; i < items.length; i++) {
    const mismatch = check(items[i]!, i)
    if (mismatch !== null) return mismatch
  }
  return null
}

function integer(type: ValueType, value: unknown, min: number, max: number): Mismatch | null {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max
    ? null
    : wrong(type, value)
}

/** What is left out is false, so a misspelt name, or a list or a Set of names, would be flags that are not set. */
function flags(type: FlagsType, value: JsValue): Mismatch | null {
  if (typeof value !== 'object' || value === null || Symbol.iterator in value) return wrong(type, value)
  const names = type.labels.map(camelCase)
  const unknown = Object.keys(value).find((key) => !names.includes(key))
  if (unknown !== undefined)
    return { path: `.${unknown}`, expected: `no flag but ${oneOf(names)}`, found: describe(value[unknown]) }
  return first(names, (name) =>
    at(`.${name}`, () => {
      const flag = ownField(value, name)
      return flag === undefined || typeof flag === 'boolean'
        ? null
        : { path: '', expected: 'boolean', found: describe(flag) }
    }),
  )
}

export function isChar(value: unknown): boolean {
  if (typeof value !== 'string' || value.length === 0 || value.length > 2) return false
  const code = value.codePointAt(0)!
  return value.length === (code > 0xffff ? 2 : 1) && (code < 0xd800 || code > 0xdfff)
}

function list(cx: FuncContext | null, type: ListType, value: JsValue): Mismatch | null {
  const typed = typedArrayOf(type.element.kind)
  const isTyped = typed !== undefined && typedArrayTag(value) === typed.tag
  if (!isTyped && !Array.isArray(value)) return wrong(type, value)
  cx?.limitGiven(value.length * sizeOf(type.element))
  if (isTyped)
    return isDetached(value) ? { path: '', expected: describeType(type), found: 'a detached array' } : null
  for (let i = 0; i < value.length; i++) {
    const mismatch = at(`[${i}]`, () => search(cx, type.element, value[i]))
    if (mismatch !== null) return mismatch
  }
  return null
}

/** `tags` are the spellings in JS where they differ from the names of the cases. */
function tagged(
  cx: FuncContext | null,
  type: Extract<ValueType, { kind: 'variant' | 'option' | 'result' }>,
  ...[value, tags]: [JsValue, readonly string[] | null]
): Mismatch | null {
  if (typeof value !== 'object' || value === null) return wrong(type, value)
  const cases = casesOf(type)
  const { tag } = value
  const index = tags === null ? cases.findIndex((c) => c.name === tag) : tags.indexOf(tag)
  const chosen = cases[index]
  if (chosen === undefined) {
    const names = tags ?? (type as VariantType).cases.map((c) => c.name)
    return { path: '.tag', expected: oneOf(names), found: describe(tag) }
  }
  return chosen.type === null ? null : at('.val', () => search(cx, chosen.type as ValueType, value.val))
}

export function handleMismatch(cx: FuncContext | null, type: HandleType, value: unknown): Mismatch | null {
  // Not a function: as a field `then` of a record, it would make a promise of it.
  const isObject = typeof value === 'object' && value !== null
  const resource = cx?.resource(type.resource)
  const { name } = resource ?? type.resource
  const mismatch: Mismatch = { path: '', expected: pascalCase(name), found: describe(value) }
  if (resource === undefined) return isObject ? null : mismatch
  if (resource.owner === null)
    return isObject && (resource.hostClass === null || value instanceof resource.hostClass) ? null : mismatch
  const held = heldOf(value, resource)
  if (held === null || (type.kind === 'own' && !held.own)) return mismatch
  requireUsable(held)
  return null
}
