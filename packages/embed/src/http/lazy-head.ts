import type { FieldList, IncomingHead } from '@wasm-plugin/wasi'
import { fieldList, type HttpField } from './field-bytes.js'
import type { GivenHead } from './given-request.js'

type Parts = Omit<GivenHead, 'fields'>

/**
 * As a plugin gets it: most read a few of its fields, or none, which are made when they are asked for. A class, since an accessor
 * of an object alone costs as much as all the rest.
 */
export class LazyHead implements IncomingHead {
  readonly method: string
  readonly scheme: string | undefined
  readonly authority: string | undefined
  readonly pathWithQuery: string
  readonly fieldBytes: number
  readonly body: Uint8Array | undefined
  readonly #fields: () => readonly HttpField[]
  #headers: FieldList | undefined

  constructor(
    { method, scheme, authority, path, fieldBytes, body }: Parts,
    fields: () => readonly HttpField[],
  ) {
    this.method = method
    this.scheme = scheme
    this.authority = authority
    this.pathWithQuery = path
    this.fieldBytes = fieldBytes
    this.body = body
    this.#fields = fields
  }

  get headers(): FieldList {
    this.#headers ??= fieldList(this.#fields())
    return this.#headers
  }
}
