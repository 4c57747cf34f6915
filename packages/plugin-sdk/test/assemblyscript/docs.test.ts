import { readFileSync } from 'node:fs'
import { build } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { runGuest } from '../support/guest.js'
import { makeProject, WIT_DIR } from '../support/project.js'

const PAGE = new URL('../../../../docs/assemblyscript.md', import.meta.url)
const [contract, ...wrappers] = [
  ...readFileSync(PAGE, 'utf8').matchAll(/^```ts assemblyscript\n(.*?)^```$/gms),
].map((match) => match[1]!)

describe('the code of docs/assemblyscript.md', () => {
  it('for the example contract compiles', async () => {
    const dir = makeProject({ 'assembly/index.ts': contract! })
    const { warnings } = await build({
      dir,
      name: 'x',
      wit: `${WIT_DIR}acme-site/v0.1`,
      world: 'analyzer',
      mode: 'debug',
    })
    expect(warnings).toEqual([])
  })

  it.each(wrappers.map((text) => [/export function (\w+)/.exec(text)![1]!, text]))(
    'for wrappers and globals compiles: %s',
    async (name, text) => {
      const dir = makeProject({
        'w.wit': `package a:b; world w {
          import wasi:cli/stderr@0.2.12; import wasi:cli/environment@0.2.12; import wasi:clocks/wall-clock@0.2.12;
          import wasi:clocks/monotonic-clock@0.2.12; import wasi:random/random@0.2.12;
          import wasi:filesystem/preopens@0.2.12; import wasi:http/outgoing-handler@0.2.12; export run: func(); }`,
        'assembly/index.ts': `${text}\nexport function run(): void { ${name}() }`,
      })
      expect((await build({ dir, name: 'x', wit: 'w.wit', mode: 'debug' })).warnings).toEqual([])
    },
  )

  it('shows every wrapper', () => {
    const shown = [contract, ...wrappers].join('')
    for (const name of ['fs', 'http', 'env', 'clock', 'random', 'log'])
      expect(shown).toContain(`./gen/std/${name}'`)
    expect(wrappers).toHaveLength(5)
  })

  it('writes JSON that is JSON', async () => {
    const source = `${wrappers.find((text) => text.includes('toJson'))}`
    const exports = await runGuest({
      wit: 'package a:b; world w { export to-json: func() -> string; }',
      source,
    })
    expect(JSON.parse(exports.toJson())).toEqual([
      { name: 'tea "strong"', price: 4.5 },
      { name: 'cup', price: 2 },
    ])
  })
})
