import { PluginError } from '@wasm-plugin/runtime'
import { errors } from '../errors/index.js'
import type { ReadOptions } from './read-options.js'

/**
 * Waits for bytes from elsewhere until the load ends or `late` is aborted, whatever those bytes come from does then.
 *
 * @throws {SOURCE_UNREADABLE} {HOST_CLOSED} {LOAD_ABORTED}, and coded errors of `read`
 */
export async function inTime<T>(
  source: string,
  { ending, timeoutMs }: Pick<ReadOptions, 'ending' | 'timeoutMs'>,
  late: AbortSignal,
  read: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = AbortSignal.any([ending, late])
  // The timer of a signal does not keep the process alive for whoever waits for the load.
  const held = setTimeout(() => {}, timeoutMs)
  let giveUp = () => {}
  const stopped = new Promise<never>((_, reject) => {
    giveUp = () => reject(stop.reason)
    stop.addEventListener('abort', giveUp, { once: true })
  })
  try {
    stop.throwIfAborted()
    return await Promise.race([read(stop), stopped])
  } catch (error) {
    ending.throwIfAborted()
    if (PluginError.is(error)) throw error
    const reason = late.aborted ? `it took longer than ${timeoutMs} ms` : reasonOf(error)
    throw errors.SOURCE_UNREADABLE({ source, reason }, error)
  } finally {
    clearTimeout(held)
    stop.removeEventListener('abort', giveUp)
  }
}

/** `fetch` says "fetch failed", and why in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause, message } = error
  return cause instanceof Error && cause.message !== '' ? cause.message : message
}
