import { ComponentError } from '@wasm-plugin/runtime'
import { type Awaitable, chain, rescue } from '../../awaitable.js'
import type { BodyAnswer } from '../../protocol/http.js'
import { operationFailed } from './error.js'
import type { ByteSource } from './input-stream.js'
import { type Readiness, readyWhen } from './readiness.js'

/** Bytes fetched from the host's thread at a time; what the plugin did not ask for yet is kept here. */
const FETCH = 64 << 10

export interface RemoteBytes {
  readonly kind: 'http' | 'network'
  readonly read: (max: number) => Awaitable<BodyAnswer>
  /** Whether there is something to read there. */
  readonly readiness: Readiness
}

/** A source on the host's thread. Fetches ahead: small reads do not each cross the threads. */
export function remoteSource({ kind, read, readiness }: RemoteBytes): ByteSource {
  let kept: Uint8Array | null = new Uint8Array()
  let isLast = false
  const here = () => kept === null || kept.length > 0 || isLast
  const take = (max: number): Uint8Array | null => {
    if (kept === null) return null
    const bytes = kept.subarray(0, max)
    kept = kept.subarray(max)
    return bytes
  }
  return {
    read(max) {
      if (kept === null || kept.length > 0) return take(max)
      if (isLast) {
        kept = null
        return null
      }
      return chain(
        asStream(kind, () => read(FETCH)),
        (answer) => {
          ;({ bytes: kept, isLast } = answer)
          return take(max)
        },
      )
    },
    readable: readyWhen(here, readiness),
    close() {},
  }
}

/** An error of an interface as an error of its stream. */
export function asStream<T>(kind: 'http' | 'network', step: () => Awaitable<T>): Awaitable<T> {
  return rescue(step, (error) => {
    if (!ComponentError.is(error)) throw error
    throw operationFailed(
      kind === 'http' ? { kind, code: error.payload } : { kind, code: String(error.payload) },
    )
  })
}
