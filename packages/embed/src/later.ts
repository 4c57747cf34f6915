const { setImmediate } = globalThis as { readonly setImmediate?: (work: () => void) => unknown }

/** Does something in a later turn of the event loop, when what waits there already had its turn. */
export const later: (work: () => void) => unknown = setImmediate ?? byMessage()

/** Where there is only the web: unlike a timer, a message does not wait longer the more of them there were. */
function byMessage(): (work: () => void) => void {
  const waiting: (() => void)[] = []
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => waiting.shift()?.()
  return (work) => {
    waiting.push(work)
    port2.postMessage(null)
  }
}
