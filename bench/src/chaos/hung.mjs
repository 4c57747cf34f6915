import { setTimeout as sleep } from 'node:timers/promises'
import { createHost } from '@wasm-plugin/host'

/** Plugins in threads, and in processes. */
const THREADS = 80
const PROCESSES = 20
/** Milliseconds in which each has its call. */
const BEGUN_MS = 3_000

/** Milliseconds that a host takes to close whose hundred plugins all compute without end. @param guest with a `spin` */
export async function closeHung(guest) {
  const imports = { stuck() {}, fail() {}, quick() {} }
  const host = await createHost({ imports, budget: { threads: 2 * THREADS, processes: 2 * PROCESSES } })
  const plugins = []
  for (let i = 0; i < THREADS + PROCESSES; i++) {
    const isolation = i < THREADS ? 'worker' : 'process'
    const limits = { timeoutMs: 600_000, startMs: 600_000 }
    plugins.push(await host.load(guest, { name: `hung ${i}`, isolation, limits }))
  }
  const calls = plugins.map((plugin) => plugin.exports.spin().catch(({ code }) => code))
  await sleep(BEGUN_MS)
  const began = performance.now()
  await host.close({ drainMs: 0 })
  const took = performance.now() - began
  for (const code of await Promise.all(calls))
    if (code !== 'PLUGIN_CLOSED') throw new Error(`a call ended with ${code}`)
  return took
}
