// Calls and loads without end, as far as an hour has one: whether memory stays flat.
// Usage: npm run soak -- [--calls N] [--loads N]
import { parseArgs } from 'node:util'
import { createHost } from '@wasm-plugin/host'
import { census } from './census.mjs'
import { components } from './plugins.mjs'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '10000000' },
    loads: { type: 'string', default: '100000' },
  },
})
/** Lines that each of the two prints. */
const LINES = 10

const { guest } = await components()
const imports = { stuck() {}, fail() {}, quick() {} }
const host = await createHost({ imports })

const plugin = await host.load(guest, { name: 'called' })
await soak('calls', Number(values.calls), () => plugin.exports.add(40, 2))
await plugin.close()

// An inline plugin takes a hundredth of the time that a thread does, and all but the thread of what a host keeps of it.
const isolations = [...Array(99).fill('inline'), 'worker']
let loads = 0
await soak('loads', Number(values.loads), async () => {
  const loaded = await host.load(guest, {
    name: 'loaded',
    isolation: isolations[loads++ % isolations.length],
  })
  await loaded.exports.add(40, 2)
  await loaded.close()
})
await host.close()

async function soak(what, times, once) {
  const began = performance.now()
  for (let line = 1; line <= LINES; line++) {
    for (let i = 0; i < times / LINES; i++) await once()
    globalThis.gc()
    const { rssMb, ...rest } = census()
    const { heapUsed, external } = process.memoryUsage()
    const figures = { rssMb, heapMb: heapUsed / 2 ** 20, externalMb: external / 2 ** 20, ...rest }
    const shown = Object.entries(figures).map(([name, figure]) => `${name} ${Math.round(figure * 10) / 10}`)
    const seconds = (performance.now() - began) / 1_000
    console.log(
      `${((times / LINES) * line).toLocaleString('en')} ${what}, ${seconds.toFixed(1)} s: ${shown.join(', ')}`,
    )
  }
}
