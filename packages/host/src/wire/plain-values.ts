import {
  ComponentError,
  type FuncType,
  findMismatch,
  type Mismatch,
  PluginError,
  typeMismatch,
  type ValueType,
  wrongResult,
} from '@wasm-plugin/runtime'
import { type Crossing, projectionOf } from './projection.js'
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
 * The same for what a function of the application returned.
 *
 * @param name as messages have it: `acme:site/log#log`
 * @throws {HOST_FUNCTION_FAILED} {VALUE_TOO_LARGE}
 */
export function plainResult(
  { name, type: { result } }: { readonly name: string; readonly type: FuncType },
  value: unknown,
  to: Crossing,
): unknown {
  const type = result?.kind === 'result' ? result.ok : result
  return type && plain(type, { value, to }, (mismatch) => wrongResult(name, mismatch))
}

/** The same for what it threw: the `err` of its `result`, or anything else as it is. */
export function plainError(
  { name, type: { result } }: { readonly name: string; readonly type: FuncType },
  thrown: unknown,
  to: Crossing,
): unknown {
  if (!ComponentError.is(thrown)) return thrown
  // Without such a result it is a failure like any other, and nobody knows what it carries.
  if (result?.kind !== 'result') return new Error(thrown.message)
  const payload =
    result.err &&
    plain(result.err, { value: thrown.payload, to }, ({ path, ...mismatch }) =>
      wrongResult(name, { ...mismatch, path: `.payload${path}` }),
    )
  return new ComponentError(payload ?? undefined, thrown.message)
}

function plain(
  type: ValueType,
  { value, to }: { readonly value: unknown; readonly to: Crossing },
  refusal: (mismatch: Mismatch) => PluginError,
): unknown {
  try {
    return projectionOf(type)(value, to)
  } catch (error) {
    // A coded error is about something else than the type: there is no room for it, or a resource is gone.
    if (PluginError.is(error)) throw error
    throw refusal(findMismatch(null, type, value) ?? unsteady(error))
  }
}

function unsteady(cause: unknown): Mismatch {
  return { path: '', expected: 'a value that can be read', found: 'one that throws at times', cause }
}
