/** Where the script of a plugin's thread is, or what starts a worker of it. */
export type ThreadScript = string | URL | (() => PageWorker)

/** `Worker`, as far as the types of the reader's project know it. */
type PageWorker = typeof globalThis extends { Worker: new (...args: never[]) => infer W } ? W : object

/** Starts a worker that waits to be told which plugin it is of. */
export function startWorker(script: ThreadScript | undefined, name: string): Worker {
  if (typeof script === 'function') return script()
  // As bundlers know it.
  if (script === undefined)
    return new Worker(new URL('./thread.js', import.meta.url), { type: 'module', name })
  return new Worker(script, { type: 'module', name })
}
