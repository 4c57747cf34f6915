import type { FieldList, IncomingHead } from '@wasm-plugin/wasi'
import { fieldList, type HttpField } from './field-bytes.js'
import type { GivenHead } from './given-request.js'

/** As a plugin gets it: most read a few of its fields, or none, which are made when they are asked for. */
export function headWith(
  { method, scheme, authority, path, fieldBytes, body }: Omit<GivenHead, 'fields'>,
  fields: () => readonly HttpField[],
): IncomingHead {
  let headers: FieldList | undefined
  return {
    ...{ method, scheme, authority, fieldBytes, body },
    pathWithQuery: path,
    get headers() {
      headers ??= fieldList(fields())
      return headers
    },
  }
}
