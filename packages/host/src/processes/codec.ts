import { DefaultDeserializer, DefaultSerializer } from 'node:v8'

/** Bytes in front of a message, which say how long all of it is but its bytes apart. */
const HEAD = 4
/** Bytes of an array from which it goes apart: to take it out again is one copy, however long it is. */
const APART = 1 << 10

/** A message as bytes: what `postMessage` takes, but for memory that is shared. Large arrays of bytes come last. */
export function encode(message: unknown): Uint8Array[] {
  const serializer = new Serializer()
  serializer.writeHeader()
  serializer.writeValue(message)
  const body = serializer.releaseBuffer()
  const head = Buffer.allocUnsafe(HEAD)
  head.writeUInt32LE(body.length)
  return [head, body, ...serializer.apart]
}

/**
 * @param maxBytes of what is not apart, each of which may be a value: nothing else runs while they are read
 * @throws what is no message
 */
export function decode(bytes: Uint8Array, maxBytes: number): unknown {
  const { buffer, byteOffset, length } = bytes
  if (length < HEAD) throw new Error('it has no head')
  const end = HEAD + new DataView(buffer, byteOffset).getUint32(0, true)
  if (end > length || end - HEAD > maxBytes) throw new TooLarge()
  const deserializer = new Deserializer(bytes.subarray(HEAD, end), bytes.subarray(end))
  deserializer.readHeader()
  return deserializer.readValue()
}

/** What cannot be read at once. */
export class TooLarge extends Error {}

type Views = Uint8Array | Uint16Array | Uint32Array | BigInt64Array | DataView
type ViewClass = new (bytes: ArrayBufferLike) => Views

/** What goes apart where it is large. */
const KINDS = [
  ...[Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array],
  ...[Float64Array, BigUint64Array, BigInt64Array],
] as unknown as readonly ViewClass[]

/** Node's, by Node's names; not in its types. */
interface HostObjects {
  _writeHostObject(view: Views): void
  _readHostObject(): Views
}
const nodeWrites = DefaultSerializer.prototype as unknown as Pick<HostObjects, '_writeHostObject'>
const nodeReads = DefaultDeserializer.prototype as unknown as Pick<HostObjects, '_readHostObject'>

class Serializer extends DefaultSerializer {
  readonly apart: Uint8Array[] = []

  /** Called by Node. */
  _writeHostObject(view: Views): void {
    const kind = KINDS.findIndex((Class) => view instanceof Class)
    const isApart = kind >= 0 && view.byteLength >= APART
    this.writeUint32(isApart ? kind + 1 : 0)
    if (!isApart) nodeWrites._writeHostObject.call(this, view)
    else {
      this.writeUint32(view.byteLength)
      // Whose it is may write to it before it is sent.
      this.apart.push(new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice())
    }
  }
}

/** Node's gives views of the message: whoever holds one would hold, and see, all of it. */
class Deserializer extends DefaultDeserializer {
  readonly #apart: Uint8Array
  #taken = 0

  constructor(bytes: Uint8Array, apart: Uint8Array) {
    super(bytes)
    this.#apart = apart
  }

  /** Called by Node. */
  _readHostObject(): Views {
    const kind = this.readUint32()
    if (kind > 0) return this.#next(KINDS[kind - 1] as ViewClass, this.readUint32())
    const view = nodeReads._readHostObject.call(this)
    const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)
    // A `Buffer` is an array of bytes to who gets it.
    if (view instanceof Uint8Array) return new Uint8Array(bytes)
    const Class = view.constructor as ViewClass
    return new Class(bytes)
  }

  #next(Class: ViewClass, length: number): Views {
    const bytes = this.#apart.subarray(this.#taken, this.#taken + length)
    if (bytes.length < length) throw new Error('bytes are missing')
    this.#taken += length
    return new Class(new Uint8Array(bytes).buffer)
  }
}
