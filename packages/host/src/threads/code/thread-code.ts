import { threadEntry } from '../../worker-url.js'
import type { WorkerScript } from '../messages.js'
import { openCodeCache } from './code-cache.js'

/** The script of every thread, and what V8 compiled of it. */
export interface ThreadCode {
  script(): WorkerScript
  /** Keeps what a thread compiled. Never throws. */
  keep(code: Uint8Array): void
}

/** Where the thread is: what V8 compiled depends on the flags of Node, which those for plugins have others of. */
type Place = 'here' | 'process'

export function threadCode(place: Place = 'here'): Promise<ThreadCode> {
  opened[place] ??= open(place)
  return opened[place]
}

const opened: { [P in Place]?: Promise<ThreadCode> } = {}

async function open(place: Place): Promise<ThreadCode> {
  const entry = await threadEntry()
  const cache = openCodeCache(place === 'here' ? entry.source : `${entry.source}\n//${place}`)
  let { code } = cache
  return {
    script: () => ({ ...entry, code }),
    keep(made) {
      code = made
      cache.keep(made)
    },
  }
}
