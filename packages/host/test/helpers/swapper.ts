import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { onTestFinished } from 'vitest'

/** Swaps `sw` between a directory of the grant and a link out of it, as fast as the file system can. */
const SWAPPER = `
  const { renameSync } = require('node:fs')
  const { workerData } = require('node:worker_threads')
  const { dir, stop } = workerData
  const flag = new Int32Array(stop)
  const [sw, real, link] = ['sw', 'real', 'link'].map((name) => dir + '/' + name)
  while (Atomics.load(flag, 0) === 0) {
    try {
      renameSync(sw, real)
      renameSync(link, sw)
      renameSync(sw, link)
      renameSync(real, sw)
    } catch {}
    Atomics.add(flag, 1, 1)
  }
`

/**
 * Starts a thread that swaps `granted/sw`, which holds `f` with the text `public`, for a link to `outside`, which holds
 * `f` with the text `secret`. It ends with the test. The answer gives the swaps so far.
 */
export async function startSwapper(granted: string): Promise<() => number> {
  const outside = join(granted, '../outside')
  mkdirSync(outside, { recursive: true })
  writeFileSync(join(outside, 'f'), 'secret')
  mkdirSync(join(granted, 'sw'))
  writeFileSync(join(granted, 'sw', 'f'), 'public')
  symlinkSync('../outside', join(granted, 'link'))
  const stop = new SharedArrayBuffer(8)
  const flag = new Int32Array(stop)
  const worker = new Worker(SWAPPER, { eval: true, workerData: { dir: granted, stop } })
  onTestFinished(async () => {
    Atomics.store(flag, 0, 1)
    await worker.terminate()
  })
  await new Promise((resolve) => worker.once('online', resolve))
  return () => Atomics.load(flag, 1)
}
