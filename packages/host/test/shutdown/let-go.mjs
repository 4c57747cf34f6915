import { once } from 'node:events'
import { createHost } from '@wasm-plugin/host'

/** Runs every mode with hosts that stay open. A round is over when nothing keeps the process alive any more. */
export async function letGo(modes, rounds) {
  for (const [mode, run] of Object.entries(modes)) {
    const outcomes = []
    const hosts = []
    for (let round = 0; round < rounds; round++) {
      const host = await createHost({ limits: { timeoutMs: 600_000, startMs: 600_000 } })
      hosts.push(host)
      outcomes.push((await run(host)) ?? null)
      // Node says this when nothing is left to do, and ends the process unless something comes of it.
      await once(process, 'beforeExit')
    }
    console.log(JSON.stringify([mode, outcomes.length, [...new Set(outcomes)]]))
    for (const host of hosts) await host.close()
  }
}
