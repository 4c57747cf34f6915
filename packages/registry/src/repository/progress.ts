import type { TransferOptions } from './repository.js'

/** A function to be told of bytes as they move, which tells the caller of a transfer, and fails when it is aborted. */
export function progressOf({ signal, onProgress }: TransferOptions, total: number, moved = 0) {
  let told = Number.NEGATIVE_INFINITY
  return (bytes: number): void => {
    signal?.throwIfAborted()
    moved += bytes
    if (onProgress === undefined) return
    const now = performance.now()
    if (moved < total && now - told < INTERVAL_MS) return
    told = now
    onProgress(moved, total)
  }
}

const INTERVAL_MS = 100
