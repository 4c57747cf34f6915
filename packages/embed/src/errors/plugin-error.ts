import type { manifestErrorTable } from '@wasm-plugin/manifest'
import type { ErrorRow, runtimeErrorTable } from '@wasm-plugin/runtime/errors'
import { PluginError as AnyPluginError } from '@wasm-plugin/runtime/errors'
import type { wasiErrorTable } from '@wasm-plugin/wasi'
import type { hostErrorTable } from './codes.js'

type Tables = typeof runtimeErrorTable &
  typeof manifestErrorTable &
  typeof hostErrorTable &
  typeof wasiErrorTable

/** Every code that an application can meet, as `docs/errors.md` lists them. */
export type ErrorCode = keyof Tables

/** The facts that come with a code. */
export type ErrorData<C extends ErrorCode> = Tables[C] extends ErrorRow<infer D> ? Readonly<D> : never

type Narrowed<C extends ErrorCode> = Omit<AnyPluginError, 'code' | 'data'> & {
  readonly code: C
  readonly data: ErrorData<C>
}

/** Of one code, its facts are known by name; of several, a look at `code` tells which. */
export type PluginError<C extends ErrorCode = ErrorCode> = { [K in C]: Narrowed<K> }[C]

/** The class as an application uses it: it looks at errors, and the framework makes them. */
interface PluginErrorClass {
  /**
   * True for an error of the framework, and of that `code` when one is given, which says what is in `data`.
   *
   * @example
   * ```ts
   * if (PluginError.is(error, 'DEADLINE_EXCEEDED')) retryWithin(error.data.timeoutMs * 2)
   * ```
   */
  is(value: unknown): value is PluginError
  is<C extends ErrorCode>(value: unknown, code: C): value is PluginError<C>
  readonly prototype: AnyPluginError
  [Symbol.hasInstance](value: unknown): boolean
}

export const PluginError: PluginErrorClass = AnyPluginError as never
