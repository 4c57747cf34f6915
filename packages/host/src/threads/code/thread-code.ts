import { threadEntry } from '../../worker-url.js'
import type { WorkerScript } from '../messages.js'
import { openCodeCache } from './code-cache.js'
import { scriptOf, shared } from './shared.js'

/** The script of every thread of this process, and what V8 compiled of it. */
export interface ThreadCode {
  script(): WorkerScript
  /** Keeps what a thread compiled. Never throws. */
  keep(code: Uint8Array): void
}

export function threadCode(): Promise<ThreadCode> {
  opened ??= open()
  return opened
}

let opened: Promise<ThreadCode> | undefined

async function open(): Promise<ThreadCode> {
  const entry = await threadEntry()
  const script = scriptOf(entry)
  const cache = openCodeCache(entry.source)
  let code = cache.code && shared(cache.code)
  return {
    script: () => ({ ...script, code, isKept: true }),
    keep(made) {
      code = shared(made)
      cache.keep(made)
    },
  }
}
