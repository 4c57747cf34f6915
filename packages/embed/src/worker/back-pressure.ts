import type { ThreadEvent } from '../wire/messages.js'

/** Events that may be under way to the host's thread. One of them holds at most a line of the log. */
export const MAX_UNSEEN = 256

/** A plugin that makes events faster than the application looks at them waits, and does not fill its memory. */
export function withBackPressure(
  post: (message: ThreadEvent) => void,
  wait: () => void,
): (message: ThreadEvent) => void {
  let unseen = 0
  return (message) => {
    post(message)
    if (++unseen < MAX_UNSEEN) return
    unseen = 0
    wait()
  }
}
