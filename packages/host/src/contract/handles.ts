import { ComponentError, type FuncType } from '@wasm-plugin/runtime'
import { type OnHandle, type Walk, walkOf } from './walk.js'

/** How the handles in a function's arguments and answers are found. */
export interface FunctionHandles {
  args(values: readonly unknown[], onHandle: OnHandle): unknown[]
  result(value: unknown, onHandle: OnHandle): unknown
  /** A `result` of the contract is its value, or a `ComponentError` with the error as payload. */
  error(thrown: unknown, onHandle: OnHandle): unknown
}

/** Null when no call of the function passes a handle. */
export function functionHandles({ params, result }: FuncType): FunctionHandles | null {
  const walks = params.map((param) => walkOf(param.type))
  const [ok, err] =
    result?.kind === 'result' ? [walkOf(result.ok), walkOf(result.err)] : [walkOf(result), null]
  if (![...walks, ok, err].some(Boolean)) return null
  return {
    args: (values, on) => values.map((value, i) => through(walks[i], value, on)),
    result: (value, on) => through(ok, value, on),
    error: (thrown, on) =>
      err !== null && ComponentError.is(thrown)
        ? new ComponentError(err(thrown.payload, on), thrown.message)
        : thrown,
  }
}

function through(walk: Walk | null | undefined, value: unknown, on: OnHandle): unknown {
  return walk ? walk(value, on) : value
}
