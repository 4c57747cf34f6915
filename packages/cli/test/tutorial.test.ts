import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createHost } from '@wasm-plugin/host'
import { createRegistry } from '@wasm-plugin/registry'
import { expect, it } from 'vitest'
import { isWhole } from '../../../test/seed.js'
import { blocksOf, Reader } from './helpers/reader.js'
import { tempDir } from './helpers/temp-dir.js'

/** Where the reader puts what a block has, below the folder of the tutorial. */
const FILES: Readonly<Record<string, string>> = {
  'wit contract': 'contract/lines.wit',
  'ts assemblyscript centre': 'centre/assembly/index.ts',
  'js centre test': 'centre/test/plugin.test.js',
  'js app': 'app/app.mjs',
}

it.skipIf(!isWhole)(
  'is followed to the letter, as docs/tutorial.md has it',
  { timeout: 300_000 },
  async () => {
    const reader = new Reader(tempDir())
    const folder = path.join(reader.home, 'tutorial')
    let loaded = false
    for (const { kind, text } of await blocksOf('tutorial.md')) {
      const file = FILES[kind]
      if (kind === 'sh') await reader.type(text)
      else if (file !== undefined) await writeFile(path.join(folder, file), text)
      else if (kind === 'text') expect(reader.said.at(-1)).toBe(text)
      else if (kind === 'ts') {
        expect(text).toContain("host.load('example:centre@^0.1'")
        const registry = await createRegistry({ folder: path.join(folder, 'app'), frozen: true })
        await using host = await createHost({ registry })
        const imports = { 'acme:lines/screen': { width: () => 5 } }
        const plugin = await host.load('example:centre@^0.1', { imports })
        expect(await plugin.call('acme:lines/filter#apply', ['a'])).toBe('  a')
        loaded = true
      } else throw new Error(`nothing follows "${kind}" here`)
    }
    expect(loaded).toBe(true)
    const said = reader.said.join('\n')
    for (const words of [
      'acme:lines/screen@0.1.0',
      'Published example:centre@0.1.0',
      'Installed example:centre 0.1.0',
    ])
      expect(said).toContain(words)
  },
)
