// node lets-go.mjs <kitchen.wasm> <rounds>: hosts that nobody closes and nobody waits for.
// Each must leave nothing that keeps this process alive: a round is over when Node would end the process.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { letGo } from './let-go.mjs'

const [kitchen, rounds] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'shutdown-'))
const API = 'test:kitchen/api'
const imports = { 'test:kitchen/host': { say() {}, lookUp: () => 'x' } }
const codeOf = (promise) =>
  promise.then(
    () => 'no error',
    (error) => error.code,
  )

const modes = {
  async 'a plugin that was never called'(host) {
    await host.load(kitchen, { imports })
  },
  async 'a plugin that was called, with listeners'(host) {
    const seen = []
    for (const event of ['loaded', 'call', 'allowed', 'denied', 'log', 'fault', 'closed'])
      host.on(event, () => seen.push(event))
    const plugin = await host.load(kitchen, { imports })
    await plugin.call(`${API}#look-up`, ['x'])
    return seen.join()
  },
  async 'instances side by side'(host) {
    const plugin = await host.load(kitchen, { imports, pool: { instances: 2 } })
    await Promise.all([plugin.call(`${API}#look-up`, ['x']), plugin.call(`${API}#count`)])
  },
  async 'a thread that a deadline ended'(host) {
    const plugin = await host.load(kitchen, { imports })
    return await codeOf(plugin.call(`${API}#spin`, [], { timeoutMs: 1 }))
  },
  async 'a signal that is never aborted'(host) {
    const plugin = await host.load(kitchen, { imports })
    await plugin.call(`${API}#count`, [], { signal: new AbortController().signal, timeoutMs: 2 ** 31 - 1 })
  },
  async 'a plugin that was refused'(host) {
    return await codeOf(host.load(kitchen))
  },
  async 'an audit file, a memory volume, a scratch folder and a store'(host) {
    const plugin = await host.load(kitchen, {
      imports,
      audit: join(folder, 'audit.jsonl'),
      learn: true,
      grants: {
        fs: [
          { memory: {}, at: '/memory', access: 'read-write' },
          { scratch: true, at: '/scratch' },
        ],
        keyvalue: { store: { file: join(folder, 'store.json') } },
      },
    })
    await plugin.call(`${API}#count`)
  },
  async 'a plugin in this thread'(host) {
    const plugin = await host.load(kitchen, { imports, isolation: 'inline' })
    plugin.exports[API].count()
  },
  async 'a host that was closed'(host) {
    await host.load(kitchen, { imports })
    await host.close()
  },
}

await letGo(modes, Number(rounds))
rmSync(folder, { recursive: true })
