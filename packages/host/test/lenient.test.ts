import { execFileSync } from 'node:child_process'
import { createHost, type Host } from '@wasm-plugin/host'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { assemble, guest } from './helpers/guests.js'

let host: Host

beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

it.each(['worker', 'inline'] as const)(
  'takes options that are left out at the end for none (%s)',
  async (isolation) => {
    const bytes = await assemble(`(component
    (core module $m
      (func (export "f") (param i32 i32 i32 i32 i32) (result i32)
        (i32.add (local.get 0) (i32.add (local.get 1) (local.get 3)))))
    (core instance $i (instantiate $m))
    (func (export "f") (param "a" u32) (param "b" (option u32)) (param "c" (option u32)) (result u32)
      (canon lift (core func $i "f"))))`)
    const plugin = await host.load(bytes, { isolation: isolation as 'worker' })
    const { f } = plugin.exports as { f: (...args: unknown[]) => unknown }
    expect(await f(7)).toBe(7)
    expect(await f(7, 1)).toBe(8)
    expect(await f(7, undefined, 1)).toBe(8)
    expect(await plugin.call('f', [7])).toBe(7)
    expect(await plugin.call('f', [7, 1])).toBe(8)
    await expect((async () => await plugin.call('f', [7, 1, 1, 1]))()).rejects.toMatchObject({
      code: 'ARGUMENT_COUNT',
    })
    await expect((async () => await f())()).rejects.toMatchObject({ origin: 'app' })
  },
)

it('refuses arguments that are no list, and a path with a NUL character, with codes', async () => {
  const plugin = await host.load(await guest('kitchen'), {
    imports: { 'test:kitchen/host': { say() {}, lookUp: (key: string) => key } },
  })
  await expect(plugin.call('world-add', { length: 2 } as never)).rejects.toMatchObject({
    code: 'OPTIONS_INVALID',
  })
  await expect(host.load('a\0b')).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' })
})

it('does not load fetch for a path', () => {
  const script = `
    Object.defineProperty(globalThis, 'Response', { get() { throw new Error('looked at') } })
    const { createHost } = await import('@wasm-plugin/host')
    const host = await createHost()
    for (const source of ['/nowhere.wasm', new Uint8Array(8), new ArrayBuffer(8), new URL('file:///nowhere.wasm')])
      await host.load(source).catch((error) => console.log(error.code))`
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  })
  expect(said.trim().split('\n')).toEqual(['FILE_NOT_FOUND', 'NOT_WASM', 'NOT_WASM', 'FILE_NOT_FOUND'])
})
