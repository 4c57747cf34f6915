import { ComponentError } from '@wasm-plugin/runtime'
import { operationFailed } from '../io/error.js'
import { type ByteSource, InputStream, MAX_READ } from '../io/input-stream.js'
import { type ByteSink, MAX_WRITE, OutputStream } from '../io/output-stream.js'
import { always } from '../io/readiness.js'
import type { Waiter } from '../io/waiter.js'
import type { OpenFile } from './open-file.js'

export function readStream(file: OpenFile, start: bigint, waiter: Waiter): InputStream {
  let offset = start
  const advance = (bytes: number): number | null => {
    offset += BigInt(bytes)
    return bytes === 0 ? null : bytes
  }
  const source: ByteSource = {
    read(max) {
      const bytes = asStream(() => file.read(BigInt(max), offset))
      return advance(bytes.length) === null ? null : bytes
    },
    skip(max) {
      const { size } = asStream(() => file.stat())
      const left = offset >= size ? 0n : size - offset
      return advance(left < BigInt(max) ? Number(left) : Math.min(max, MAX_READ))
    },
    readable: always,
    close: () => file.release(),
  }
  file.retain()
  return new InputStream(source, waiter)
}

/** `start` `null` appends. */
export function writeStream(file: OpenFile, start: bigint | null, waiter: Waiter): OutputStream {
  let offset = start
  const sink: ByteSink = {
    permit: () => MAX_WRITE,
    write(bytes) {
      asStream(() => file.write(bytes, offset))
      if (offset !== null) offset += BigInt(bytes.length)
    },
    writable: always,
    close: () => file.release(),
  }
  file.retain()
  return new OutputStream(sink, waiter)
}

/** An error of the file system as an error of the stream; `filesystem-error-code` gives the code back. */
function asStream<T>(step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (ComponentError.is(error) && typeof error.payload === 'string')
      throw operationFailed({ kind: 'filesystem', code: error.payload })
    throw error
  }
}
