import { ComponentError, type FuncType, PluginError, type ValueType } from '@wasm-plugin/runtime'
import { findMismatch, type Mismatch, typeMismatch, wrongResult } from '@wasm-plugin/runtime/internal'
import { type Crossing, projectionOf } from './projection.js'
import { projectInSteps } from './projection-steps.js'
import { OBJECT } from './weight.js'

/**
 * The arguments of an export as plain values, as they are at this moment. They are read as they would be inline: by the
 * types of the contract, each part once.
 *
 * @param name as messages have it: `render`
 * @throws {TYPE_MISMATCH} {VALUE_TOO_LARGE} and what `onHandle` throws
 */
export function plainArguments(
  { name, params }: { readonly name: string; readonly params: FuncType['params'] },
  args: readonly unknown[],
  to: Crossing,
): unknown[] {
  to.room.take(OBJECT)
  return params.map(({ type }, i) =>
    plain(type, { value: args[i], to }, (mismatch) => typeMismatch(`${name}(arg${i})`, mismatch)),
  )
}

/**
 * The same for what a function of the application returned, in steps.
 *
 * @param name as messages have it: `acme:site/log#log`
 * @throws {HOST_FUNCTION_FAILED} {VALUE_TOO_LARGE}
 */
export function* plainResult(
  { name, type: { result } }: { readonly name: string; readonly type: FuncType },
  value: unknown,
  to: Crossing,
): Generator<void, unknown> {
  const type = result?.kind === 'result' ? result.ok : result
  return type && (yield* plainSteps(type, { value, to }, (mismatch) => wrongResult(name, mismatch)))
}

/** The same for what it threw: the `err` of its `result`, or anything else as it is. */
export function* plainError(
  { name, type: { result } }: { readonly name: string; readonly type: FuncType },
  thrown: unknown,
  to: Crossing,
): Generator<void, unknown> {
  if (!ComponentError.is(thrown)) return thrown
  // Without such a result it is a failure like any other, and nobody knows what it carries.
  if (result?.kind !== 'result') return new Error(thrown.message)
  const payload =
    result.err &&
    (yield* plainSteps(result.err, { value: thrown.payload, to }, ({ path, ...mismatch }) =>
      wrongResult(name, { ...mismatch, path: `.payload${path}` }),
    ))
  return new ComponentError(payload ?? undefined, thrown.message)
}

interface Given {
  readonly value: unknown
  readonly to: Crossing
}
type Refusal = (mismatch: Mismatch) => PluginError

function plain(type: ValueType, given: Given, refusal: Refusal): unknown {
  try {
    return projectionOf(type)(given.value, given.to)
  } catch (error) {
    throw refused(error, { type, given, refusal })
  }
}

function* plainSteps(type: ValueType, given: Given, refusal: Refusal): Generator<void, unknown> {
  try {
    return yield* projectInSteps(type, given.value, given.to)
  } catch (error) {
    throw refused(error, { type, given, refusal })
  }
}

interface Refused {
  readonly type: ValueType
  readonly given: Given
  readonly refusal: Refusal
}

function refused(error: unknown, { type, given, refusal }: Refused): unknown {
  // A coded error is about something else than the type: there is no room for it, or a resource is gone.
  if (PluginError.is(error)) return error
  return refusal(findMismatch(null, type, given.value) ?? unsteady(error))
}

function unsteady(cause: unknown): Mismatch {
  return { path: '', expected: 'a value that can be read', found: 'one that throws at times', cause }
}
