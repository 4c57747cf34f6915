// Loads a thousand plugins into one host, calls each of them, and prints what that took. In a process of its own, whose memory is
// that of the application.
import { readFileSync } from 'node:fs'
import { createHost } from '@wasm-plugin/host'

const COUNT = 1_000
const component = readFileSync(process.argv[2])
const host = await createHost({ budget: { threads: 16 } })
const seen = { answers: 0, threads: 0, rss: 0 }
const look = () => {
  seen.threads = Math.max(seen.threads, host.stats.threads)
  seen.rss = Math.max(seen.rss, process.memoryUsage.rss())
}
const plugins = []
for (let i = 0; i < COUNT; i++) {
  plugins.push(await host.load(component, { name: `plugin ${i}`, pool: { idleMs: 600_000 } }))
  look()
}
for (let i = 0; i < COUNT; i++) {
  seen.answers += await plugins[(i * 7) % COUNT].exports.one()
  look()
}
console.log(JSON.stringify(seen))
await host.close()
