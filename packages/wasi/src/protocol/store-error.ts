import { ComponentError } from '@wasm-plugin/runtime/errors'

/** `wasi:keyvalue/store#error`. */
export type StoreError = { tag: 'no-such-store' } | { tag: 'access-denied' } | { tag: 'other'; val: string }

export function storeError(error: StoreError, reason?: string): ComponentError<StoreError> {
  return new ComponentError(error, reason === undefined ? error.tag : `${error.tag}: ${reason}`)
}
