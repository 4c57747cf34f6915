import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createHost } from '@wasm-plugin/host'
import { expect, it } from 'vitest'
import { size } from '../../../test/seed.js'
import { guest } from './helpers/guests.js'
import { tempDir } from './helpers/wasi.js'

const CYCLES = size(40, 200)

/** Threads and open files of this process, by what Linux says. */
const counts = () => ({
  threads: readdirSync('/proc/self/task').length,
  files: readdirSync('/proc/self/fd').length,
})

it.skipIf(process.platform !== 'linux')(
  `${CYCLES} plugins that were loaded and closed leave no thread and no open file behind (Linux shows both)`,
  { timeout: 600_000 },
  async () => {
    const kitchen = await guest('kitchen')
    const imports = { 'test:kitchen/host': { say() {}, lookUp: () => 'x' } }
    const [path, logs] = [tempDir(), tempDir()]
    const cycle = async (index: number) => {
      const host = await createHost()
      const options = {
        imports,
        audit: join(logs, 'audit.jsonl'),
        learn: true,
        grants: { fs: [{ path, at: '/data', access: 'read' as const }], net: [] },
      }
      const plugin = await host.load(kitchen, options)
      if (index % 4 === 0) {
        const call = plugin.call('test:kitchen/api#spin', [], { timeoutMs: 5 }).catch((error) => error.code)
        expect(await call).toBe('DEADLINE_EXCEEDED')
      } else await plugin.call('test:kitchen/api#count')
      const inline = await host.load(kitchen, { ...options, name: 'inline', isolation: 'inline' })
      inline.exports['test:kitchen/api'].count()
      await host.close()
    }
    // Pools of threads of the engine start with the first uses.
    for (let index = 0; index < 20; index++) await cycle(index)
    const before = counts()
    for (let index = 0; index < CYCLES; index++) await cycle(index)
    const after = counts()
    expect(after.threads).toBeLessThanOrEqual(before.threads)
    expect(after.files).toBeLessThanOrEqual(before.files + 1)
  },
)
