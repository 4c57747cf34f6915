import {
  OBJECT,
  TYPED_ARRAY,
  tooLarge,
  weightOfBytes,
  weightOfLeaf,
  weightOfName,
} from '@wasm-plugin/embed/wire'

/**
 * Plain values as bytes, for a thread that sleeps: no message reaches it, only memory does. It is what a message would
 * carry: texts, numbers, bytes, lists and objects, in which nothing occurs twice.
 */

enum Tag {
  undefined,
  null,
  false,
  true,
  number,
  bigint,
  string,
  bytes,
  array,
  object,
}

/** By their place in the list. */
const VIEWS = [
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const

/** Items that are written in one step. */
const STEP = 4_096

/**
 * Writes a value, in steps.
 *
 * @param max what it may weigh
 * @throws {VALUE_TOO_LARGE}
 */
export function* encodePlain(value: unknown, max: number): Generator<void, Uint8Array> {
  const writer = new Writer(max)
  yield* writer.value(value)
  return writer.written
}

export function decodePlain(bytes: Uint8Array<ArrayBuffer>): unknown {
  return new Reader(bytes).value()
}

class Writer {
  #bytes = new Uint8Array(256)
  #view = new DataView(this.#bytes.buffer)
  #at = 0
  #weight = 0
  #items = 0
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  *value(value: unknown): Generator<void, void> {
    if (++this.#items % STEP === 0) yield
    if (typeof value !== 'object' || value === null) return this.#leaf(value)
    if (ArrayBuffer.isView(value)) return this.#typedArray(value as Uint8Array)
    this.#count(OBJECT)
    if (Array.isArray(value)) {
      this.#head(Tag.array, value.length)
      for (const item of value) yield* this.value(item)
      return
    }
    const entries = Object.entries(value)
    this.#head(Tag.object, entries.length)
    for (const [key, item] of entries) {
      this.#count(weightOfName(key))
      this.#text(key)
      yield* this.value(item)
    }
  }

  #leaf(value: unknown): void {
    this.#count(weightOfLeaf(value))
    switch (typeof value) {
      case 'boolean':
        this.#head(value ? Tag.true : Tag.false)
        return
      case 'number':
        this.#head(Tag.number)
        this.#room(8)
        this.#view.setFloat64(this.#at, value)
        this.#at += 8
        return
      case 'bigint':
        this.#head(Tag.bigint)
        this.#text(String(value))
        return
      case 'string':
        this.#head(Tag.string)
        this.#text(value)
        return
      case 'undefined':
        this.#head(Tag.undefined)
        return
      default:
        if (value !== null) throw new TypeError(`a ${typeof value} cannot be sent`)
        this.#head(Tag.null)
    }
  }

  #typedArray(view: Uint8Array): void {
    const kind = VIEWS.findIndex((View) => view instanceof View)
    if (kind < 0) throw new TypeError('such a view cannot be sent')
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    this.#count(TYPED_ARRAY + weightOfBytes(bytes.length))
    this.#head(Tag.bytes, kind)
    this.#number(bytes.length)
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#at)
    this.#at += bytes.length
  }

  #head(tag: Tag, number?: number): void {
    this.#room(1)
    this.#bytes[this.#at++] = tag
    if (number !== undefined) this.#number(number)
  }

  #number(number: number): void {
    this.#room(4)
    this.#view.setUint32(this.#at, number)
    this.#at += 4
  }

  #text(text: string): void {
    // The most that a unit of UTF-16 takes.
    this.#room(4 + 3 * text.length)
    const { written } = new TextEncoder().encodeInto(text, this.#bytes.subarray(this.#at + 4))
    this.#number(written)
    this.#at += written
  }

  #count(weight: number): void {
    this.#weight += weight
    if (this.#weight > this.#max) throw tooLarge(this.#max)
  }

  #room(bytes: number): void {
    const needed = this.#at + bytes
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    larger.set(this.written)
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

class Reader {
  readonly #bytes: Uint8Array<ArrayBuffer>
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  value(): unknown {
    switch (this.#bytes[this.#at++] as Tag) {
      case Tag.undefined:
        return undefined
      case Tag.null:
        return null
      case Tag.false:
        return false
      case Tag.true:
        return true
      case Tag.number:
        this.#at += 8
        return this.#view.getFloat64(this.#at - 8)
      case Tag.bigint:
        return BigInt(this.#text())
      case Tag.string:
        return this.#text()
      case Tag.bytes:
        return this.#typedArray()
      case Tag.array:
        return Array.from({ length: this.#number() }, () => this.value())
      case Tag.object:
        return this.#object()
    }
  }

  #object(): object {
    const object = {}
    for (let left = this.#number(); left > 0; left--) {
      const key = this.#text()
      // An own property, whatever it is called.
      Object.defineProperty(object, key, { value: this.value(), ...PLAIN })
    }
    return object
  }

  #typedArray(): unknown {
    const View = VIEWS[this.#number()] as (typeof VIEWS)[number]
    const bytes = this.#taken(this.#number()).slice()
    return new View(bytes.buffer)
  }

  #text(): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.#taken(this.#number()))
  }

  #number(): number {
    this.#at += 4
    return this.#view.getUint32(this.#at - 4)
  }

  #taken(bytes: number): Uint8Array<ArrayBuffer> {
    this.#at += bytes
    return this.#bytes.subarray(this.#at - bytes, this.#at)
  }
}

const PLAIN = { writable: true, enumerable: true, configurable: true }
