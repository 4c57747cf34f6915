import type { ThreadEvent } from '../wire/messages.js'

/** Events that may be under way to the host's thread. One of them holds at most a line of the log. */
export const MAX_UNSEEN = 256

export interface BackPressure {
  report(message: ThreadEvent): void
  /** What a plugin that is suspended while it waits has to wait for before it does anything more. */
  pause(): Promise<void> | undefined
}

/** A plugin that makes events faster than the application looks at them waits, and does not fill its memory. */
export function withBackPressure(post: (message: ThreadEvent) => void, wait: () => unknown): BackPressure {
  let unseen = 0
  let waiting: Promise<void> | undefined
  return {
    report(message) {
      post(message)
      if (++unseen < MAX_UNSEEN) return
      unseen = 0
      const seen = wait()
      if (!(seen instanceof Promise)) return
      waiting = seen.finally(() => {
        waiting = undefined
      })
    },
    pause: () => waiting,
  }
}
