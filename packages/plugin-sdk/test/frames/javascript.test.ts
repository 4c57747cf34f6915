import { createHost, type LoadOptions, type ThreadLoadOptions } from '@wasm-plugin/host'
import { build, type JavaScriptEngine } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { isWhole } from '../../../../test/seed.js'
import { faultOf } from '../support/fault.js'
import { makeScriptProject } from '../support/script.js'

const WIT = { 'w.wit': 'package a:b; world w { export go: func(n: u32) -> u32; }' }
const JAVASCRIPT = {
  'src/index.js': `import { second } from './deep.js'

const first = (n) => second(n) + 1

export function go(n) {
  return first(n) + 1
}
`,
  'src/deep.js': `export function second(n) {
  return third(n) + 1
}

function third(n) {
  const nothing = n === 1 ? undefined : { n }
  return nothing.n
}
`,
}
const TYPESCRIPT = {
  'src/index.ts': JAVASCRIPT['src/index.js']
    .replaceAll('(n)', '(n: number)')
    .replaceAll('second(n: number) + 1', 'second(n) + 1')
    .replace('first(n: number) + 1', 'first(n) + 1'),
  'src/deep.ts': `export function second(n: number): number {
  return third(n) + 1
}

interface Something {
  readonly n: number
}

function third(n: number): number {
  const nothing = n === 1 ? undefined : { n }
  return (nothing as Something).n
}
`,
}
const modes: LoadOptions[] = [
  { isolation: 'worker' },
  { isolation: 'inline', limits: { fuel: 1_000_000_000 } },
  { isolation: 'process' },
]
const engines: JavaScriptEngine[] = isWhole ? ['qjs', 'starling'] : ['qjs']
const packages = { qjs: 'componentize-qjs', starling: '@wasm-plugin/starling' }
const project = (files: Record<string, string>, engine: JavaScriptEngine) =>
  makeScriptProject({ ...WIT, ...files }, ['esbuild', 'typescript', packages[engine]])

describe.each(engines)('faults on the engine %s', (engine) => {
  it("of JavaScript have the author's functions and lines", async () => {
    const { path } = await build({
      dir: project(JAVASCRIPT, engine),
      name: 'deep',
      wit: 'w.wit',
      language: 'js',
      engine,
    })
    for (const options of modes) {
      await using host = await createHost()
      const plugin = await host.load(path, options as ThreadLoadOptions)
      const { frames, error } = await faultOf((async () => plugin.call('go', [1]))())
      expect(frames).toEqual([
        'third src/deep.js:7:null javascript',
        'second src/deep.js:2:null javascript',
        'first src/index.js:3:null javascript',
        'go src/index.js:6:null javascript',
      ])
      // As the plugin said it, and no second time.
      expect(error.message.split('at third (src/deep.js:7)').length).toBe(2)
    }
  })

  it("of TypeScript have the author's functions and lines", async () => {
    const { path } = await build({
      dir: project(TYPESCRIPT, engine),
      name: 'deep',
      wit: 'w.wit',
      language: 'ts',
      engine,
    })
    await using host = await createHost()
    const plugin = await host.load(path)
    expect((await faultOf(plugin.call('go', [1]))).frames).toEqual([
      'third src/deep.ts:11:null typescript',
      'second src/deep.ts:2:null typescript',
      'first src/index.ts:3:null typescript',
      'go src/index.ts:6:null typescript',
    ])
  })
})
