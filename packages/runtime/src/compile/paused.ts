import type { Pause } from './options.js'

/** Takes steps, and pauses between them. */
export async function paused<T>(steps: Generator<void, T, void>, pause: Pause | undefined): Promise<T> {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    const waiting = pause?.()
    if (waiting !== undefined) await waiting
  }
}
