import { ComponentError, type FuncType } from '@wasm-plugin/runtime'
import { atOnce } from '../turn.js'
import { type OnHandle, stepsOf, walkOf } from './walk.js'

/** How the handles in a function's arguments and answers are found. */
export interface FunctionHandles {
  args(values: readonly unknown[], onHandle: OnHandle): unknown[]
  result(value: unknown, onHandle: OnHandle): unknown
  /** A `result` of the contract is its value, or a `ComponentError` with the error as payload. */
  error(thrown: unknown, onHandle: OnHandle): unknown
  /** The same in steps, for what a plugin sends: it may be large. */
  readonly inSteps: InSteps
}

interface InSteps {
  args(values: readonly unknown[], onHandle: OnHandle): Generator<void, unknown[]>
  result(value: unknown, onHandle: OnHandle): Generator<void, unknown>
  error(thrown: unknown, onHandle: OnHandle): Generator<void, unknown>
}

/** Null when no call of the function passes a handle. */
export function functionHandles({ params, result }: FuncType): FunctionHandles | null {
  const walks = params.map((param) => walkOf(param.type))
  const [ok, err] =
    result?.kind === 'result' ? [walkOf(result.ok), walkOf(result.err)] : [walkOf(result), null]
  if (![...walks, ok, err].some(Boolean)) return null
  const inSteps: InSteps = {
    *args(values, on) {
      const all: unknown[] = []
      for (const [i, value] of values.entries()) all.push(yield* stepsOf(walks[i], value, on))
      return all
    },
    result: (value, on) => stepsOf(ok, value, on),
    *error(thrown, on) {
      if (err === null || !ComponentError.is(thrown)) return thrown
      return new ComponentError(yield* stepsOf(err, thrown.payload, on), thrown.message)
    },
  }
  return {
    inSteps,
    args: (values, on) => atOnce(inSteps.args(values, on)),
    result: (value, on) => atOnce(inSteps.result(value, on)),
    error: (thrown, on) => atOnce(inSteps.error(thrown, on)),
  }
}
