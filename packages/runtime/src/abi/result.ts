import { ComponentError, errors, PluginError } from '../errors/index.js'
import type { FuncContext } from './func-context.js'
import type { HostFunc } from './functions.js'
import type { JsValue } from './js-value.js'
import { findMismatch, type Mismatch, typeMismatch } from './mismatch.js'
import { isStackOverflow } from './store.js'

/** The lifted `result` of an export: the `ok` value, or the `err` value thrown. @throws {ComponentError} */
export function unwrapResult(result: { tag: 'ok' | 'err'; val: JsValue }): JsValue {
  if (result.tag === 'ok') return result.val
  throw new ComponentError(result.val)
}

/**
 * What to do with an error that a host function threw: its `err` value, if its type is a `result` and the error is a
 * `ComponentError`, and a fault otherwise. A `PluginError` is a fault that passes to the embedder as it is.
 */
export function hostThrew(func: HostFunc, error: unknown): Err {
  if (!isReadable(error)) throw failed(func.name, error)
  if (ComponentError.is(error) && func.type.result?.kind === 'result')
    return { tag: 'err', val: error.payload }
  if (PluginError.is(error)) throw error
  if (isStackOverflow(error) && !hasStack(PROBE)) throw errors.STACK_EXHAUSTED({}, error)
  throw failed(func.name, error)
}

/**
 * Frames that a function of the host can do with. Where so many are free once it has thrown, it was its own recursion that
 * used up the stack, and the plugin's otherwise.
 */
const PROBE = 1_000

function hasStack(frames: number): boolean {
  try {
    return frames === 0 || hasStack(frames - 1)
  } catch {
    return false
  }
}

/** HOST_FUNCTION_FAILED, with what it threw. */
function failed(name: string, error: unknown): PluginError {
  const reason = reasonOf(error)
  return errors.HOST_FUNCTION_FAILED({ name, ...(reason && { reason }) }, error)
}

const MAX_REASON = 200

/** Undefined where there is nothing to say. What is thrown may be anything, and may throw again when it is asked. */
function reasonOf(error: unknown): string | undefined {
  try {
    const text = error instanceof Error ? error.message : typeof error === 'object' ? '' : String(error)
    return text.length > MAX_REASON ? `${text.slice(0, MAX_REASON)}…` : text || undefined
  } catch {
    return undefined
  }
}

/** The same for a function of another guest, which throws its faults as they are. */
export function guestThrew(error: unknown): Err {
  if (ComponentError.is(error)) return { tag: 'err', val: error.payload }
  throw error
}

/** A Proxy may throw whatever it is asked. */
function isReadable(error: unknown): boolean {
  try {
    ComponentError.is(error)
    isStackOverflow(error)
    return true
  } catch {
    return false
  }
}

interface Err {
  readonly tag: 'err'
  readonly val: JsValue
}

/** A value of the host function that throws when it is read. Any coded error as it is. */
export function unreadableResult({ name }: HostFunc, error: unknown): unknown {
  if (PluginError.is(error) || isStackOverflow(error)) return error
  return failed(name, error)
}

/** Checks what a host function returned. @throws {HOST_FUNCTION_FAILED | ASYNC_UNSUPPORTED} */
export function requireHostResult(cx: FuncContext, func: HostFunc, value: JsValue): void {
  try {
    checkHostResult(cx, func, value)
  } catch (error) {
    throw unreadableResult(func, error)
  }
}

function checkHostResult(cx: FuncContext, func: HostFunc, value: JsValue): void {
  const { result } = func.type
  const isResult = result?.kind === 'result'
  const bare = isResult && value.tag === 'ok' ? value.val : value
  if (isPromise(bare)) {
    Promise.resolve(bare).catch(() => {})
    throw errors.ASYNC_UNSUPPORTED({ name: func.name })
  }
  const mismatch = result === null ? null : findMismatch(cx, result, value)
  if (mismatch === null) return
  if (isResult) mismatch.path = mismatch.path.replace(/^\.val/, value.tag === 'err' ? '.payload' : '')
  throw wrongResult(func.name, mismatch)
}

/** HOST_FUNCTION_FAILED, because of what the function returned. */
export function wrongResult(name: string, mismatch: Mismatch): PluginError {
  const member = name.slice(name.indexOf('#') + 1)
  return failed(name, typeMismatch(`${member}()`, mismatch))
}

/** A promise of any realm. An object with a method `then` is a value like any other. */
export function isPromise(value: JsValue): value is Promise<JsValue> {
  if (typeof value !== 'object' || value === null) return false
  try {
    return value instanceof Promise || value[Symbol.toStringTag] === 'Promise'
  } catch {
    // A Proxy: whether it can be read at all is found out by its type.
    return false
  }
}
