import { createHost, type Host, type Plugin } from '@wasm-plugin/host'
import { build, type JavaScriptEngine } from '@wasm-plugin/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeScriptProject } from '../../support/script.js'

const WIT = `package t:o;
interface api {
  speak: func();
  now: func() -> u64;
  draw: func() -> f64;
  slow: func(ms: u32) -> string;
  get: func(url: string) -> result<string, string>;
  bug: func() -> result<string, string>;
}
world outside { export api; }
`
const COMMON = `
export const api = {
  speak() { console.log('one', { two: 3n }); console.error('four') },
  now: () => BigInt(Date.now()),
  draw: () => Math.random(),
  ASYNC
  bug() {
    return inner()
  },
}
function inner() {
  return null.field
}
`
const ASYNC = `
  async slow(ms) { await new Promise((done) => setTimeout(done, ms)); return 'later' },
  async get(url) { try { return await (await fetch(url)).text() } catch (error) { throw String(error.name) } },`
// Nobody stops a program in JavaScript from being asynchronous.
const SYNC = "async slow() { return 'later' }, get: () => '',"
const packages = { qjs: 'componentize-qjs', starling: '@wasm-plugin/starling' }

interface Api {
  speak(): Promise<void>
  now(): Promise<bigint>
  draw(): Promise<number>
  slow(ms: number): Promise<string>
  get(url: string): Promise<string>
  bug(): Promise<string>
}

describe.each(['qjs', 'starling'] as JavaScriptEngine[])(
  'a plugin in JavaScript and the outside, on %s',
  (engine) => {
    let host: Host
    let plugin: Plugin<{ 't:o/api': Api }>
    let api: Api
    let lines: string[] = []
    let path: string

    beforeAll(async () => {
      const source = COMMON.replace('ASYNC', engine === 'starling' ? ASYNC : SYNC)
      const dir = makeScriptProject({ 'src/index.js': source, 'w.wit': WIT }, ['esbuild', packages[engine]])
      path = (await build({ dir, name: 'outside', language: 'js', engine, wit: 'w.wit' })).path
      host = await createHost()
      host.on('log', ({ message }) => void lines.push(message))
      plugin = await host.load(path)
      api = plugin.exports['t:o/api']
    }, 600_000)
    afterAll(() => host?.close())

    it('logs, tells the time, and draws numbers of its own in every instance', async () => {
      lines = []
      await api.speak()
      expect(lines[0]).toMatch(/^one .*two: 3/)
      expect(lines).toContain('four')
      expect(Math.abs(Number(await api.now()) - Date.now())).toBeLessThan(600_000)
      const other = await host.load<{ 't:o/api': Api }>(path, { name: 'other' })
      expect(await api.draw()).not.toBe(await other.exports['t:o/api'].draw())
      await other.close()
    })

    it("reports a bug with the author's file and line, and goes on with a fresh instance", async () => {
      lines = []
      await expect(api.bug()).rejects.toMatchObject({ code: 'GUEST_TRAP' })
      expect(lines[0]).toMatch(/^Uncaught TypeError: /)
      expect(lines.slice(1, 3).map((line) => line.trim())).toEqual([
        expect.stringMatching(/^at inner \(src\/index\.js:\d+\)$/),
        expect.stringMatching(/^at bug \(src\/index\.js:\d+\)$/),
      ])
      expect(await api.now()).toBeGreaterThan(0n)
    })

    it.runIf(engine === 'qjs')('says that it cannot wait, and does not hang', async () => {
      lines = []
      await expect(api.slow(5)).rejects.toMatchObject({ code: 'GUEST_TRAP' })
      expect(lines.join('\n')).toContain(
        "returned a promise, which the qjs engine cannot wait for; engine 'starling' can",
      )
    })

    it.runIf(engine === 'starling')(
      'waits for timers, and gets nothing from a network it was not granted',
      async () => {
        expect(await api.slow(5)).toBe('later')
        await expect(api.get('http://127.0.0.1:9/')).rejects.toMatchObject({ payload: expect.any(String) })
      },
    )
  },
)
