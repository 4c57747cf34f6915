import { ComponentError } from '@wasm-plugin/runtime'

/** What kind of WASI error hides in an `error` resource; `filesystem-error-code` and friends look inside. */
export type ErrorDetail =
  | { readonly kind: 'filesystem'; readonly code: string }
  | { readonly kind: 'http'; readonly code: unknown }
  | { readonly kind: 'network'; readonly code: string }

/** Code of one kind, `undefined` for an error of another kind. */
export let codeOf: (error: IoError, kind: ErrorDetail['kind']) => unknown

/** `wasi:io/error`. The text is for debugging and never holds anything of the host. */
export class IoError {
  readonly #detail: ErrorDetail

  constructor(detail: ErrorDetail) {
    this.#detail = detail
  }

  toDebugString(): string {
    const { kind, code } = this.#detail
    return `${kind} error: ${typeof code === 'string' ? code : (code as { tag: string }).tag}`
  }

  // Not a method: a component may declare any name in its imports, so a class has the methods of its WIT only.
  static {
    codeOf = (error, kind) => (error.#detail.kind === kind ? error.#detail.code : undefined)
  }
}

/** `stream-error.closed`: the normal end of a stream. */
export function streamClosed(): ComponentError {
  return new ComponentError({ tag: 'closed' }, 'the stream is closed')
}

/** `stream-error.last-operation-failed`. */
export function operationFailed(detail: ErrorDetail): ComponentError {
  return new ComponentError(
    { tag: 'last-operation-failed', val: new IoError(detail) },
    'the operation failed',
  )
}
