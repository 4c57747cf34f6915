import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { assemble } from './helpers/guests.js'

// Only Linux limits the address space of a process.
it.runIf(process.platform === 'linux')(
  'a machine without memory for an instance is no fault of the plugin',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wasm-plugin-oom-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'plugin.wasm')
    // Of several memories, of which each takes address space, so that the engine itself starts.
    const memories = Array.from(
      { length: 12 },
      (_, i) => `(core module $m${i} (memory (export "m") 1)) (core instance (instantiate $m${i}))`,
    )
    writeFileSync(file, await assemble(`(component ${memories.join('\n')})`))
    const script = `
    const { createHost } = await import('@wasm-plugin/host')
    const host = await createHost()
    for (const isolation of ['worker', 'inline'])
      await host.load(${JSON.stringify(file)}, { isolation, name: isolation }).then(
        () => console.log('loaded'),
        ({ code, origin }) => console.log(code, origin))
    await host.close()`
    const { stdout, stderr } = spawnSync(
      'sh',
      ['-c', 'ulimit -v 40000000; exec "$0" --input-type=module -e "$1"', process.execPath, script],
      { cwd: import.meta.dirname, encoding: 'utf8' },
    )
    const [inThread, inline] = stdout.trim().split('\n')
    expect(inline, stderr).toBe('MACHINE_OUT_OF_MEMORY app')
    // Some engines end a thread whose heap cannot grow before it can say what it needed.
    expect(['MACHINE_OUT_OF_MEMORY app', 'MEMORY_EXHAUSTED plugin']).toContain(inThread)
  },
)
