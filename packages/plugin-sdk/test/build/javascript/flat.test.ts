import { readFileSync } from 'node:fs'
import { Component } from '@wasm-plugin/runtime'
import { build, type JavaScriptEngine } from '@wasm-plugin/sdk'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeScriptProject } from '../../support/script.js'

/** Each value alone: it is a number of WebAssembly then, and not in memory as part of a larger one. */
const WIT = `
package t:v@1.0.0;
interface passing {
  variant shape { circle(f64), sides(list<u8>), share(f32), count(u32), all(s32), wide(u64) }
  pass-u32: func(v: u32) -> u32;
  pass-s64: func(v: s64) -> s64;
  pass-u64: func(v: u64) -> u64;
  pass-f64: func(v: f64) -> f64;
  pass-shape: func(v: shape) -> shape;
  pass-longs: func(v: list<s64>) -> list<s64>;
  pass-string: func(v: string) -> string;
}
interface things { resource thing { wide: func(v: u64) -> u64; } }
interface givers { use things.{thing}; give: func() -> thing; }
interface users { use things.{thing}; wide: func(v: u64) -> u64; lent: func(t: borrow<thing>, v: u64) -> u64; }
world all { import passing; import givers; export passing; export users; import seen: func(v: string); }
`
const SOURCE = `
import { seen } from 't:v/all'
import { give } from 't:v/givers'
import * as host from 't:v/passing'
export const users = { wide: (v) => give().wide(v), lent: (thing, v) => thing.wide(v) }
export const passing = Object.fromEntries(
  Object.entries(host).map(([name, call]) => [name, (v) => (seen(typeof v === 'object' ? '' : String(v)), call(v))]),
)
`
const values: [string, unknown[]][] = [
  ['passU32', [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]],
  ['passS64', [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 40n]],
  [
    'passU64',
    [0n, 1n, 2n ** 64n - 1n, 2n ** 63n, 2n ** 53n + 1n, 0x0123_4567_89ab_cdefn, 0xfedc_ba98_7654_3210n],
  ],
  ['passF64', [-0, 2 ** 31, -(2 ** 31) - 1, 0.1, Number.NaN, Number.NEGATIVE_INFINITY]],
  [
    'passShape',
    [
      { tag: 'circle', val: -0.5 },
      { tag: 'sides', val: new Uint8Array([1, 2]) },
      { tag: 'share', val: -1.5 },
      { tag: 'count', val: 2 ** 32 - 1 },
      { tag: 'all', val: -1 },
      { tag: 'wide', val: 2n ** 64n - 1n },
    ],
  ],
  ['passLongs', [new BigInt64Array([]), new BigInt64Array([-1n, -(2n ** 63n), 2n ** 63n - 1n])]],
  ['passString', ['', '\ufeffa mark', '😀']],
]

class Thing {
  wide(v: bigint): bigint {
    return v
  }
}

/** QuickJS's components give back too late what they are lent. */
const witFor = (engine: JavaScriptEngine) => (engine === 'qjs' ? WIT.replace(/ lent: .*?;/, '') : WIT)
const packages = { qjs: 'componentize-qjs', starling: '@wasm-plugin/starling' }

describe.each(['starling', 'qjs'] as JavaScriptEngine[])('numbers of a plugin on %s', (engine) => {
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the world's
  let exports: any
  const host: unknown[] = []
  const seen: string[] = []

  beforeAll(async () => {
    const dir = makeScriptProject({ 'src/index.js': SOURCE, 'w.wit': witFor(engine) }, [
      'esbuild',
      packages[engine],
    ])
    const { path } = await build({ dir, name: 'flat', language: 'js', engine, wit: 'w.wit', mode: 'size' })
    const component = await Component.compile(readFileSync(path))
    const pass = (v: unknown) => {
      host.push(v)
      return v
    }
    const imports = {
      seen: (v: string) => seen.push(v),
      't:v/things@1.0.0': { Thing },
      't:v/givers@1.0.0': { give: () => new Thing() },
      't:v/passing@1.0.0': Object.fromEntries(values.map(([name]) => [name, pass])),
    }
    exports = component.instantiate(imports).exports
  }, 600_000)

  it.each(values)('%s crosses four boundaries unchanged', (name, list) => {
    for (const value of list) {
      expect(exports['t:v/passing@1.0.0'][name](value)).toEqual(value)
      expect(host.pop()).toEqual(value)
      expect(seen.pop()).toBe(typeof value === 'object' ? '' : String(value))
    }
  })

  it('are whole in methods of resources whose interface the plugin does not name', () => {
    const users = exports['t:v/users@1.0.0']
    expect(users.wide(2n ** 64n - 1n)).toBe(2n ** 64n - 1n)
    if (engine === 'starling') expect(users.lent(new Thing(), 2n ** 53n + 1n)).toBe(2n ** 53n + 1n)
  })

  it.runIf(engine === 'qjs')('are refused beside a resource that the host lends', async () => {
    const dir = makeScriptProject({ 'src/index.js': SOURCE, 'w.wit': WIT })
    await expect(build({ dir, name: 'flat', wit: 'w.wit', engine })).rejects.toMatchObject({
      code: 'TYPE_UNSUPPORTED',
      message: expect.stringContaining(
        't:v/users@1.0.0#lent uses a parameter that borrows a resource of the host',
      ),
    })
  })
})
