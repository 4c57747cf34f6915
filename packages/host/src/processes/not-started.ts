import type { ChildProcess } from 'node:child_process'
import { errors, type ThreadEvents, type ThreadPort } from '@wasm-plugin/embed'

/** In the place of a process that the system did not start, and that has no streams: nothing will be heard of it but why. */
export function notStarted(child: ChildProcess, events: ThreadEvents): ThreadPort {
  child.once('error', (error) => {
    events.onCrash(errors.PROCESS_UNAVAILABLE({ reason: error.message }, error))
    events.onExit(0, error.message)
  })
  return { post() {}, hold() {}, terminate() {} }
}
