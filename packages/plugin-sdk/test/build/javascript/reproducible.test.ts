import { readFileSync } from 'node:fs'
import { createHost, type Host } from '@wasm-plugin/host'
import { build, type JavaScriptEngine } from '@wasm-plugin/sdk'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeScriptProject } from '../../support/script.js'

const WIT = `package t:same;
interface api { top: func() -> list<f64>; draw: func() -> f64; uuid: func() -> string; now: func() -> f64; }
world same { export api; }
`
// Draws and looks at the clock while it starts, as libraries do.
const SOURCE = `
const drawn = [Math.random(), Math.random()]
const table = new Map(Array.from({ length: 100 }, (_, i) => ['key' + i, { i }]))
export const api = {
  top: () => new Float64Array([...drawn, table.size]),
  draw: () => Math.random(),
  uuid: () => crypto.randomUUID(),
  now: () => Date.now(),
}
`
const packages = { qjs: 'componentize-qjs', starling: '@wasm-plugin/starling' }

interface Api {
  top(): Promise<Float64Array>
  draw(): Promise<number>
  uuid(): Promise<string>
  now(): Promise<number>
}

describe.each(['starling'] as JavaScriptEngine[])('a build on %s', (engine) => {
  let host: Host
  let paths: string[]

  beforeAll(async () => {
    vi.stubEnv('WASM_PLUGIN_CACHE', 'off')
    paths = []
    for (const folder of ['a', 'another/folder']) {
      const dir = makeScriptProject(
        { [`${folder}/src/index.js`]: SOURCE, [`${folder}/w.wit`]: WIT, [`${folder}/package.json`]: '{}' },
        ['esbuild', packages[engine]],
      )
      const options = { dir: `${dir}/${folder}`, name: 'same', wit: 'w.wit', language: 'js', engine } as const
      paths.push((await build(options)).path)
    }
    host = await createHost()
  }, 600_000)
  afterAll(async () => {
    vi.unstubAllEnvs()
    await host?.close()
  })

  it('gives equal bytes in two folders', () => {
    const [a, b] = paths.map((path) => readFileSync(path))
    expect(a!.equals(b!)).toBe(true)
  })

  it('keeps no seed: instances draw numbers of their own, and see the time of the day', async () => {
    const load = async (name: string) => {
      const plugin = await host.load<{ 't:same/api': Api }>(paths[0]!, { name })
      return plugin.exports['t:same/api']
    }
    const [one, two] = [await load('one'), await load('two')]
    expect(await one.draw()).not.toBe(await two.draw())
    expect(await one.draw()).not.toBe(await one.draw())
    expect(await one.uuid()).not.toBe(await two.uuid())
    expect(Math.abs((await one.now()) - Date.now())).toBeLessThan(600_000)
  })

  it('keeps what the module drew as it started', async () => {
    const plugin = await host.load<{ 't:same/api': Api }>(paths[1]!, { name: 'three' })
    const [first, second, size] = await plugin.exports['t:same/api'].top()
    expect(size).toBe(100)
    expect(first).not.toBe(second)
    for (const drawn of [first!, second!]) expect(drawn >= 0 && drawn < 1).toBe(true)
  })
})
