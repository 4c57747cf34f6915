import { DefaultDeserializer, DefaultSerializer } from 'node:v8'

/** A message as bytes: what `postMessage` takes, but for memory that is shared. */
export function encode(message: unknown): Uint8Array {
  const serializer = new DefaultSerializer()
  serializer.writeHeader()
  serializer.writeValue(message)
  return serializer.releaseBuffer()
}

export function decode(bytes: Uint8Array): unknown {
  const deserializer = new Deserializer(bytes)
  deserializer.readHeader()
  return deserializer.readValue()
}

type Views = Uint8Array | Uint16Array | Uint32Array | BigInt64Array | DataView

/** Node's gives views of the message: whoever holds one would hold, and see, all of it. */
class Deserializer extends DefaultDeserializer {
  /** Called by Node. */
  _readHostObject(): Views {
    const { _readHostObject: read } = DefaultDeserializer.prototype as unknown as Pick<
      Deserializer,
      '_readHostObject'
    >
    const view = read.call(this)
    const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength)
    // A `Buffer` is an array of bytes to who gets it.
    if (view instanceof Uint8Array) return new Uint8Array(bytes)
    const Class = view.constructor as new (bytes: unknown) => Views
    return new Class(bytes)
  }
}
