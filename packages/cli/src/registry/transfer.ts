import type { TransferOptions } from '@wasm-plugin/registry'
import type { Context } from '../command.js'
import { formatBytes, formatDuration } from '../output/units.js'

/** Shows a transfer while it lasts: bytes, rate, and the time that is left. */
export function transferOf({ progress, signal }: Context, verb: string, what: string): TransferOptions {
  const started = performance.now()
  let first: number | undefined
  return {
    signal,
    onProgress(moved, total) {
      // What was there before was not moved now, and says nothing of the rate.
      first ??= moved === total ? 0 : moved
      const ms = performance.now() - started
      progress.moved(verb, `${what} ${describeTransfer({ moved, total, now: moved - first, ms })}`)
    },
  }
}

export interface Moved {
  readonly moved: number
  readonly total: number
  /** Bytes of `moved` that were moved in `ms`. */
  readonly now: number
  readonly ms: number
}

/** `12.0 MB of 60.0 MB, 4.0 MB/s, 12.0 s left` */
export function describeTransfer({ moved, total, now, ms }: Moved): string {
  const text = `${formatBytes(moved)} of ${formatBytes(total)}`
  if (now <= 0 || ms <= 0) return text
  const perMs = now / ms
  return `${text}, ${formatBytes(Math.round(perMs * 1000))}/s, ${formatDuration((total - moved) / perMs)} left`
}
