import type { RemoteWait } from '@wasm-plugin/wasi'

type Wait = (wait: RemoteWait, signal: AbortSignal) => Promise<void>

/** Resolves when one of `waits` is ready, or after `ms`. */
export async function waitForAny(waits: readonly RemoteWait[], ms: number | null, wait: Wait): Promise<void> {
  const done = new AbortController()
  const timer = ms === null ? undefined : setTimeout(() => done.abort(), Math.min(ms, 2 ** 31 - 1))
  try {
    await Promise.race(waits.map((one) => wait(one, done.signal)))
  } finally {
    clearTimeout(timer)
    done.abort()
  }
}
