/** Waits, for no longer than until it is over. */
export function pause(ms: number, over?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (over?.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      over?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    over?.addEventListener('abort', done)
  })
}
