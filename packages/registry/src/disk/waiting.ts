import { channel } from 'node:diagnostics_channel'

/** The `diagnostics_channel` on which is published who holds up this process: a lock that it has waited for since a second. */
export const WAITING_CHANNEL = 'wasm-plugin:registry:waiting'

/** What somebody waits for. */
export interface Waiting {
  /** The file of the lock. */
  readonly file: string
  /** `process 7 of builder-3`; of this machine without its name. */
  readonly holder: string
}

/** Tells whoever listens of one wait, once it is worth telling. */
export function tellWaiting(describe: () => Promise<Waiting>): () => Promise<void> {
  const from = performance.now() + PATIENCE_MS
  let isTold = false
  return async () => {
    if (isTold || performance.now() < from) return
    isTold = true
    const listeners = channel(WAITING_CHANNEL)
    if (listeners.hasSubscribers) listeners.publish(await describe())
  }
}

const PATIENCE_MS = 1_000
