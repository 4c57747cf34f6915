import { threadEntry } from '../../worker-url.js'
import type { WorkerScript } from '../messages.js'
import { openCodeCache } from './code-cache.js'

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
  const cache = openCodeCache(entry.source)
  let { code } = cache
  return {
    script: () => ({ ...entry, code }),
    keep(made) {
      code = made
      cache.keep(made)
    },
  }
}

/**
 * The source of the thread itself: text, since a bundled application has no file of this package. What was compiled is
 * sent once the plugin has started, so that all is in it that a start needs, and before a call may keep the thread for long.
 */
export const BOOT = `
const { parentPort, workerData } = require('node:worker_threads')
const { Script } = require('node:vm')
const { source, filename, code } = workerData.script
const script = new Script(source, { filename, cachedData: code })
script.runInThisContext()
const send = () => parentPort.postMessage({ type: 'code', code: script.createCachedData() })
if (code === undefined || script.cachedDataRejected) parentPort.once('message', send)
`
