import { monitorEventLoopDelay } from 'node:perf_hooks'

/**
 * How late the timers of this thread are while `run` runs, in milliseconds: what the work of the application that goes
 * on meanwhile would have to wait.
 *
 * @param {() => Promise<unknown>} run
 * @returns {Promise<{ p99: number, longest: number }>}
 */
export async function lagOf(run) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  try {
    await run()
    // A stretch of work that ends with the run is seen by the next timer.
    await new Promise((resolve) => setTimeout(resolve, 5))
  } finally {
    delay.disable()
  }
  return { p99: delay.percentile(99) / 1e6, longest: delay.max / 1e6 }
}
