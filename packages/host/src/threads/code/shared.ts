import type { Entry } from '../../worker-url.js'
import type { WorkerScript } from '../messages.js'

/** A script for threads. */
export function scriptOf({ source, filename }: Entry): WorkerScript {
  return { source: shared(Buffer.from(source, 'latin1')), filename, code: undefined, isKept: false }
}

/** What every thread reads, and nobody writes. */
export function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}
