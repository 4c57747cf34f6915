import { ComponentError } from '@wasm-plugin/runtime'
import { type FieldList, isForbiddenField } from '../../capability/net/http-protocol.js'

/** Bytes of all fields of one object; what may be sent is less (`net.limits.headerBytes`). */
const MAX_BYTES = 128 << 10
const MAX_FIELDS = 1_024
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

type HeaderError = { tag: 'invalid-syntax' } | { tag: 'forbidden' } | { tag: 'immutable' }
const refuse = (tag: HeaderError['tag']) => new ComponentError<HeaderError>({ tag }, tag)

/** Fields of a message that arrived: not checked again, and not to be changed. */
export let receivedFields: (entries: FieldList) => Fields
/** The fields as they are now, not to be changed, for the message that they belong to from now on. */
export let sealedFields: (fields: Fields) => Fields

/** `wasi:http/types#fields`: names in lower case, values of bytes, both checked when they are put in. */
export class Fields {
  #entries: (readonly [name: string, value: Uint8Array])[] = []
  #bytes = 0
  #immutable = false

  static fromList(entries: [string, Uint8Array][]): Fields {
    const fields = new Fields()
    for (const [name, value] of entries) fields.append(name, value)
    return fields
  }

  static {
    receivedFields = (entries) => {
      const fields = new Fields()
      fields.#entries = [...entries]
      fields.#immutable = true
      return fields
    }
    sealedFields = (fields) => receivedFields(fields.#entries)
  }

  get(name: string): Uint8Array[] {
    const key = name.toLowerCase()
    return this.#entries.filter(([known]) => known === key).map(([, value]) => value)
  }

  has(name: string): boolean {
    const key = name.toLowerCase()
    return this.#entries.some(([known]) => known === key)
  }

  set(name: string, values: Uint8Array[]): void {
    const key = this.#check(name, values)
    this.#remove(key)
    for (const value of values) this.#add(key, value)
  }

  delete(name: string): void {
    this.#remove(this.#check(name, []))
  }

  append(name: string, value: Uint8Array): void {
    this.#add(this.#check(name, [value]), value)
  }

  entries(): [string, Uint8Array][] {
    return this.#entries.map(([name, value]) => [name, value])
  }

  clone(): Fields {
    const copy = new Fields()
    copy.#entries = [...this.#entries]
    copy.#bytes = this.#bytes
    return copy
  }

  /** The name in lower case. */
  #check(name: string, values: readonly Uint8Array[]): string {
    if (this.#immutable) throw refuse('immutable')
    if (name.length > MAX_BYTES || !NAME.test(name) || !values.every(isFieldValue))
      throw refuse('invalid-syntax')
    const key = name.toLowerCase()
    if (isForbiddenField(key)) throw refuse('forbidden')
    return key
  }

  #add(key: string, value: Uint8Array): void {
    const bytes = this.#bytes + key.length + value.length + 4
    if (bytes > MAX_BYTES || this.#entries.length >= MAX_FIELDS) throw refuse('forbidden')
    // Where a message ends must have one answer.
    if (key === 'content-length' && (this.has(key) || !isDigits(value))) throw refuse('invalid-syntax')
    this.#bytes = bytes
    this.#entries.push([key, value])
  }

  #remove(key: string): void {
    for (const value of this.get(key)) this.#bytes -= key.length + value.length + 4
    this.#entries = this.#entries.filter(([known]) => known !== key)
  }
}

/** Visible characters, tab, space and bytes above ASCII: nothing that could end the line. */
function isFieldValue(value: Uint8Array): boolean {
  return value.every((byte) => byte === 9 || (byte >= 32 && byte !== 127))
}

function isDigits(value: Uint8Array): boolean {
  return value.length > 0 && value.length < 16 && value.every((byte) => byte >= 48 && byte <= 57)
}
