import { readFileSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createHost, type LoadOptions, type ThreadLoadOptions, type UntypedExports } from '@wasm-plugin/host'
import { build } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { faultOf } from '../support/fault.js'
import { makeProject } from '../support/project.js'

const FILES = {
  'w.wit': 'package a:b; world w { export go: func(n: u32) -> u32; }',
  'assembly/index.ts': `import { second } from './deep'

function first(n: u32): u32 {
  return second(n) + 1
}

export function go(n: u32): u32 {
  return first(n) + 1
}
`,
  'assembly/deep.ts': `class Third {
  constructor(private n: u32) {}

  run(): u32 {
    if (this.n == 1) throw new Error('one')
    if (this.n == 2) unreachable()
    return [0, 1][this.n]
  }
}

export function second(n: u32): u32 {
  return new Third(n).run() + 1
}
`,
}
const fuel = 10_000_000
const modes: LoadOptions[] = [
  { isolation: 'worker' },
  { isolation: 'inline', limits: { fuel } },
  { isolation: 'process', limits: { fuel } },
]

describe('faults of AssemblyScript', () => {
  it("have the author's functions and lines, by the source map of a debug build", async () => {
    const { path, sourceMap } = await build({
      dir: makeProject(FILES),
      name: 'deep',
      wit: 'w.wit',
      mode: 'debug',
    })
    const below = (third: string) => [
      `assembly/deep/Third#run assembly/deep.ts:${third} assemblyscript`,
      'assembly/deep/second assembly/deep.ts:12:10 assemblyscript',
      'assembly/index/first assembly/index.ts:4:10 assemblyscript',
      'assembly/index/go assembly/index.ts:8:10 assemblyscript',
    ]
    for (const options of modes) {
      await using host = await createHost()
      const plugin = await host.load(path, options as ThreadLoadOptions)
      const go = async (n: number) => (plugin.exports as UntypedExports).go(n)
      const thrown = await faultOf(go(1))
      expect(thrown.frames.slice(0, 4)).toEqual(below('5:22'))
      expect(thrown.shown[1]).toBe('    at assembly/deep/second (assembly/deep.ts:12:10)')
      expect((await faultOf(go(2))).frames.slice(0, 4)).toEqual(below('6:22'))
      expect((await faultOf(go(3))).frames.slice(0, 4)).toEqual(below('7:12'))
    }
    // It may be anywhere else.
    const elsewhere = join(dirname(path), '../elsewhere.json')
    renameSync(sourceMap!, elsewhere)
    await using host = await createHost()
    const plain = await host.load(path, { name: 'plain' })
    const told = await host.load(readFileSync(path), { name: 'told', debug: elsewhere })
    expect((await faultOf(plain.call('go', [1]))).frames[0]).toBe(
      'assembly/deep/Third#run null:null:null null',
    )
    expect((await faultOf(told.call('go', [1]))).frames.slice(0, 4)).toEqual(below('5:22'))
  })

  it('have lines in a release build too, whose component is no larger for it', async () => {
    const { path } = await build({ dir: makeProject(FILES), name: 'deep', wit: 'w.wit' })
    await using host = await createHost()
    const plugin = await host.load(path)
    const { frames, shown } = await faultOf(plugin.call('go', [1]))
    expect(frames[0]).toBe('null assembly/deep.ts:5:22 assemblyscript')
    expect(shown[0]).toBe('    at assembly/deep.ts:5:22')
    expect(readFileSync(path).includes('assembly/deep')).toBe(false)
  })
})
