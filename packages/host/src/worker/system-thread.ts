import { readlinkSync } from 'node:fs'

/** The number by which the system knows the thread that this runs in; undefined where it is not Linux, or Node may not ask. */
export function systemThread(): number | undefined {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1))
  } catch {
    return undefined
  }
}
