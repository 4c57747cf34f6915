import { ComponentError } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import type { HeldBytes } from '../../grants/held-bytes.js'
import {
  fieldBytes,
  fieldCost,
  isDigits,
  isFieldName,
  isFieldValue,
  MAX_FIELD_BYTES,
  MAX_FIELDS,
} from '../../protocol/field-rules.js'
import { type FieldList, isForbiddenField } from '../../protocol/http.js'

type HeaderError = { tag: 'invalid-syntax' } | { tag: 'forbidden' } | { tag: 'immutable' }
const refuse = (tag: HeaderError['tag']) => new ComponentError<HeaderError>({ tag }, tag)

/** Fields of a message that arrived: not checked again, and not to be changed. */
export let receivedFields: (entries: FieldList, FieldsClass: FieldsClass) => Fields
/** Makes the fields unchangeable, for the message that they belong to from now on. */
export let sealFields: (fields: Fields) => Fields

/** The class of one instance, which knows what the instance holds. */
export type FieldsClass = new () => Fields

/** `wasi:http/types#fields`: names in lower case, values of bytes, both checked when they are put in. */
export class Fields {
  #entries: (readonly [name: string, value: Uint8Array])[] = []
  #bytes = 0
  #immutable = false
  readonly #held: HeldBytes
  #taken = 0

  constructor(held: HeldBytes) {
    this.#held = held
  }

  static fromList(this: FieldsClass, entries: [string, Uint8Array][]): Fields {
    const fields = new this()
    for (const [name, value] of entries) fields.append(name, value)
    return fields
  }

  static {
    receivedFields = (entries, FieldsClass) => {
      const fields = new FieldsClass()
      fields.#copy(entries)
      fields.#immutable = true
      return fields
    }
    sealFields = (fields) => {
      fields.#immutable = true
      return fields
    }
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
    const copy = new (this.constructor as FieldsClass)()
    copy.#copy(this.#entries)
    copy.#bytes = this.#bytes
    return copy
  }

  [DISPOSE](): void {
    this.#held.give(this.#taken)
    this.#taken = 0
  }

  #copy(entries: FieldList): void {
    const cost = entries.reduce((sum, entry) => sum + fieldCost(...entry), 0)
    this.#held.takeOrFault(cost, 'wasi:http fields')
    this.#taken += cost
    this.#entries = [...entries]
  }

  /** The name in lower case. */
  #check(name: string, values: readonly Uint8Array[]): string {
    if (this.#immutable) throw refuse('immutable')
    if (!isFieldName(name) || !values.every(isFieldValue)) throw refuse('invalid-syntax')
    const key = name.toLowerCase()
    if (isForbiddenField(key)) throw refuse('forbidden')
    return key
  }

  #add(key: string, value: Uint8Array): void {
    const bytes = this.#bytes + fieldBytes(key, value)
    if (bytes > MAX_FIELD_BYTES || this.#entries.length >= MAX_FIELDS) throw refuse('forbidden')
    // Where a message ends must have one answer.
    if (key === 'content-length' && (this.has(key) || !isDigits(value))) throw refuse('invalid-syntax')
    if (!this.#held.take(fieldCost(key, value))) throw refuse('forbidden')
    this.#taken += fieldCost(key, value)
    this.#bytes = bytes
    this.#entries.push([key, value])
  }

  #remove(key: string): void {
    for (const value of this.get(key)) {
      this.#bytes -= fieldBytes(key, value)
      this.#taken -= fieldCost(key, value)
      this.#held.give(fieldCost(key, value))
    }
    this.#entries = this.#entries.filter(([known]) => known !== key)
  }
}
