import { ComponentError } from '@wasm-plugin/runtime'
import type { ServiceCaller } from '../context.js'
import { operationFailed } from './error.js'
import type { ByteSource } from './input-stream.js'

/** Bytes fetched from the host's thread at a time; what the plugin did not ask for yet is kept here. */
const FETCH = 64 << 10

export interface RemoteBytes {
  readonly services: ServiceCaller
  readonly id: number
  /** Services that read, and that tell whether there is something to read, and the event to wait for. */
  readonly read: string
  readonly ready: string
  readonly event: string
  readonly kind: 'http' | 'network'
}

/** A source on the host's thread. Fetches ahead: small reads do not each cross the threads. */
export function remoteSource({ services, id, read, ready, event, kind }: RemoteBytes): ByteSource {
  let kept: Uint8Array | null = new Uint8Array()
  const here = () => kept === null || kept.length > 0
  return {
    read(max) {
      if (kept !== null && kept.length === 0)
        kept = asStream(kind, () => services.call(read, [id, FETCH, false]) as Uint8Array | null)
      if (kept === null) return null
      const bytes = kept.subarray(0, max)
      kept = kept.subarray(max)
      return bytes
    },
    readable: {
      ready: () => here() || services.call(ready, [id, event]) === true,
      here,
      remote: [id, event],
    },
    close() {},
  }
}

/** An error of an interface as an error of its stream. */
export function asStream<T>(kind: 'http' | 'network', step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (!ComponentError.is(error)) throw error
    throw operationFailed(
      kind === 'http' ? { kind, code: error.payload } : { kind, code: String(error.payload) },
    )
  }
}
