import { errors } from '@wasm-plugin/embed/thread'
import { PluginError } from '@wasm-plugin/runtime'

/** What ended a thread, from its `error` event. */
export function crashOf(error: unknown, heapBytes: number): PluginError {
  if (PluginError.is(error)) return error
  if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY')
    return errors.MEMORY_EXHAUSTED({ heapBytes }, error)
  return errors.WORKER_CRASHED({ reason: error instanceof Error ? error.message : String(error) }, error)
}
