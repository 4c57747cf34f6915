import { readFileSync } from 'node:fs'
import { Component, ComponentError } from '@wasm-plugin/runtime'
import { build, type JavaScriptEngine } from '@wasm-plugin/sdk'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeScriptProject } from '../../support/script.js'

const WIT = `
package t:v@1.0.0;
interface types {
  flags perm { read, write, exec-all }
  enum color { red, dark-green }
  record point { x: s32, y-pos: f64 }
  variant shape { circle(f64), poly(list<point>), empty, named(string) }
}
interface host {
  use types.{point, shape};
  record event { id: u64, at: option<point> }
  resource counter { constructor(start: u64); add: func(n: s32) -> u64; zero: static func() -> counter; }
  fallible: func(n: s32) -> result<string, shape>;
  send: func(e: event) -> option<u64>;
  take: func(c: counter) -> u64;
}
interface api {
  use types.{perm, color, point, shape};
  small: func(a: u8, b: s8, c: char, d: bool) -> tuple<u8, s8, char, bool>;
  wide: func(a: u64, b: s64) -> tuple<u64, s64>;
  floats: func(a: f32, b: f64) -> tuple<f32, f64>;
  text: func(s: string) -> string;
  bytes: func(b: list<u8>) -> list<u8>;
  shorts: func(b: list<u16>) -> list<u16>;
  longs: func(b: list<s64>) -> list<s64>;
  texts: func(b: list<string>) -> list<string>;
  pt: func(p: point) -> point;
  shp: func(s: shape) -> shape;
  prm: func(p: perm) -> perm;
  col: func(c: color) -> color;
  opt: func(o: option<string>) -> option<string>;
  opt2: func(o: option<option<u8>>) -> option<option<u8>>;
  nested: func(l: list<result<u64, string>>) -> list<result<u64, string>>;
  kinds: func(o: option<u64>, b: list<u8>, s: list<u16>, l: list<s64>) -> string;
  fails: func(how: string) -> result<string, shape>;
  bare: func(how: string) -> result;
  faults: func();
  hosts: func(n: s32) -> list<string>;
  resource stack {
    constructor(name: string);
    push: func(v: u64) -> u32;
    pop: func() -> option<u64>;
    make: static func(n: u8) -> stack;
  }
  drain: func(s: stack) -> list<u64>;
}
world all {
  import host;
  import root-log: func(s: string, n: u64) -> u64;
  export api;
  export root-echo: func(s: string) -> result<u64, string>;
}
`
const SOURCE = `
import { Counter, fallible, send, take } from 't:v/host'
import { rootLog } from 't:v/all'
const same = (x) => x
class Stack {
  items = []
  constructor(name) { this.name = name }
  push(v) { return this.items.push(v) }
  pop() { return this.items.pop() }
  static make(n) { const made = new Stack('made'); for (let i = 0; i < n; i++) made.items.push(BigInt(i)); return made }
}
const kind = (x) => x === undefined ? 'undefined' : typeof x === 'object' ? x.constructor.name : typeof x
const throwing = (how) => {
  if (how === 'value') throw { tag: 'named', val: 'bad' }
  if (how === 'payload') throw Object.assign(new Error('x'), { payload: { tag: 'circle', val: 2 } })
  if (how === 'error') throw new TypeError('a bug')
  return 'fine'
}
export const api = {
  small: (...all) => all, wide: (a, b) => [a, b], floats: (a, b) => [a, b], text: same, bytes: same, shorts: same,
  longs: same, texts: same, pt: same, shp: same, prm: same, col: same, opt: same, opt2: same, nested: same,
  kinds: (...all) => all.map(kind).join(' '),
  fails: throwing,
  bare(how) { throwing(how) },
  faults() { throw new Error('nothing to catch this') },
  hosts(n) {
    const counter = new Counter(5n)
    const rows = [counter.add(n), Counter.zero().add(1), take(counter), send({ id: 7n, at: { x: 1, yPos: 2 } }), send({ id: 0n })]
    try { rows.push(fallible(n)) } catch (error) { rows.push(error.payload.val) }
    return rows.map((row) => kind(row) + ':' + row)
  },
  Stack,
  drain(stack) { const all = []; for (let v; (v = stack.pop()) !== undefined; ) all.push(v); return all },
}
export function rootEcho(s) {
  if (s === '') throw 'empty'
  if (s === 'big') return rootLog(s, 2n ** 64n - 2n) + 1n
  return rootLog(s, 1n) + 1n
}
`
class Counter {
  constructor(public n: bigint) {}
  add(more: number): bigint {
    this.n += BigInt(more)
    return this.n
  }
  static zero(): Counter {
    return new Counter(0n)
  }
}
const imports = {
  't:v/types@1.0.0': {},
  't:v/host@1.0.0': {
    Counter,
    fallible(n: number) {
      if (n > 5) throw new ComponentError({ tag: 'named', val: 'big' })
      return `fine ${n}`
    },
    send: (event: { id: bigint; at?: unknown }) => (event.at === undefined ? undefined : event.id),
    take: (counter: Counter) => counter.n,
  },
  rootLog: (_: string, n: bigint) => n,
}
/** QuickJS's components cannot take back what they made. */
const witFor = (engine: JavaScriptEngine) => (engine === 'qjs' ? WIT.replace(/ +drain: .*\n/, '') : WIT)

const packages = { qjs: 'componentize-qjs', starling: '@wasm-plugin/starling' }

// The shape is the world's, which the test knows and the type checker does not.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Api = any

describe.each(['qjs', 'starling'] as JavaScriptEngine[])(
  'values of a plugin in JavaScript on %s',
  (engine) => {
    let component: Component
    const start = (): Api => component.instantiate(imports).exports
    const fresh = (): Api => start()['t:v/api@1.0.0']
    let api: Api

    beforeAll(async () => {
      const dir = makeScriptProject({ 'src/index.js': SOURCE, 'w.wit': witFor(engine) }, [
        'esbuild',
        packages[engine],
      ])
      const { path } = await build({
        dir,
        name: 'values',
        language: 'js',
        engine,
        wit: 'w.wit',
        mode: 'size',
      })
      component = await Component.compile(readFileSync(path))
      api = fresh()
    }, 600_000)

    it('imports nothing that the program does not use, and exports the world alone', () => {
      expect([...component.imports.keys()].filter((name) => name.startsWith('wasi:'))).toEqual([])
      expect([...component.exports.keys()].sort()).toEqual(['root-echo', 't:v/api@1.0.0'])
    })

    const echoes: [string, ...unknown[]][] = [
      ['small', 255, -128, '😀', true],
      ['wide', 2n ** 53n - 1n, -(2n ** 53n) + 1n],
      ['floats', 1.5, Math.PI],
      ['floats', Number.NaN, -0],
    ]
    it.each(echoes)('gives back the arguments of %s', (name, ...args) => {
      expect(api[name](...args)).toEqual(args)
    })

    const single: [string, unknown][] = [
      ['text', 'héé😀\0x'],
      ['bytes', new Uint8Array([1, 255])],
      ['shorts', new Uint16Array([1, 65535])],
      ['longs', new BigInt64Array([-1n, 2n ** 40n])],
      ['texts', ['a', '', '😀']],
      ['pt', { x: -1, yPos: 2.5 }],
      ['shp', { tag: 'poly', val: [{ x: 1, yPos: 2 }] }],
      ['shp', { tag: 'empty' }],
      ['prm', { read: true, write: false, execAll: true }],
      ['col', 'dark-green'],
      ['opt', 'x'],
      ['opt', undefined],
      ['opt2', { tag: 'some', val: undefined }],
      ['opt2', { tag: 'none' }],
      [
        'nested',
        [
          { tag: 'ok', val: 3n },
          { tag: 'err', val: 'e' },
        ],
      ],
    ]
    it.each(single)('gives back a value of %s', (name, value) => {
      expect(api[name](value)).toEqual(value)
    })

    it('shows the plugin the same types as the host', () => {
      const [b, s, l] = [new Uint8Array(1), new Uint16Array(1), new BigInt64Array(1)]
      expect(api.kinds(5n, b, s, l)).toBe('bigint Uint8Array Uint16Array BigInt64Array')
      expect(api.kinds(undefined, b, s, l)).toBe('undefined Uint8Array Uint16Array BigInt64Array')
    })

    const edges = [
      0n,
      1n,
      2n ** 31n,
      2n ** 32n - 1n,
      2n ** 53n - 1n,
      2n ** 53n,
      2n ** 53n + 1n,
      2n ** 63n - 1n,
    ]
    it('passes every integer of 64 bits exactly', () => {
      for (const edge of edges) expect(api.wide(edge, -edge)).toEqual([edge, -edge])
      expect(api.wide(2n ** 64n - 1n, -(2n ** 63n))).toEqual([2n ** 64n - 1n, -(2n ** 63n)])
      expect(api.longs(new BigInt64Array(edges))).toEqual(new BigInt64Array(edges))
      const big = 0xfedc_ba98_7654_3210n
      expect(api.nested([{ tag: 'ok', val: big }])).toEqual([{ tag: 'ok', val: big }])
      expect(start().rootEcho('big')).toBe(2n ** 64n - 1n)
    })

    it('makes an err of what is thrown, and a fault of a bug', () => {
      expect(api.fails('')).toBe('fine')
      expect(() => api.fails('value')).toThrowError(
        expect.objectContaining({ payload: { tag: 'named', val: 'bad' } }),
      )
      expect(() => api.fails('payload')).toThrowError(
        expect.objectContaining({ payload: { tag: 'circle', val: 2 } }),
      )
      expect(() => api.bare('value')).toThrowError(ComponentError)
      expect(api.bare('')).toBeUndefined()
      for (const run of [(a: Api) => a.fails('error'), (a: Api) => a.bare('error'), (a: Api) => a.faults()])
        expect(() => run(fresh())).toThrowError(expect.objectContaining({ code: 'GUEST_TRAP' }))
    })

    it('calls the host: functions, resources, errors', () => {
      const common = ['bigint:8', 'bigint:1', 'bigint:8', 'bigint:7', 'undefined:undefined']
      expect(api.hosts(3)).toEqual([...common, 'string:fine 3'])
      expect(api.hosts(6).at(-1)).toBe('string:big')
    })

    it('exports resources', () => {
      const stack = new api.Stack('mine')
      expect([stack.push(4n), stack.push(5n), stack.pop()]).toEqual([1, 2, 5n])
      if (engine === 'starling') expect(api.drain(stack)).toEqual(new BigUint64Array([4n]))
      if (engine === 'starling') {
        const other = fresh()
        const [first, second] = [new other.Stack('first'), new other.Stack('second')]
        other.drain(second)
        expect(first.push(1n)).toBe(1)
      }
      const made = api.Stack.make(3)
      expect(made.pop()).toBe(2n)
      made[Symbol.dispose]()
    })

    it.runIf(engine === 'qjs')('refuses a world that the engine would answer with a trap', async () => {
      const dir = makeScriptProject({ 'src/index.js': SOURCE, 'w.wit': WIT })
      await expect(build({ dir, name: 'values', wit: 'w.wit', engine })).rejects.toMatchObject({
        code: 'TYPE_UNSUPPORTED',
        message: expect.stringContaining('t:v/api@1.0.0#drain uses a parameter that owns a resource'),
      })
    })

    it.runIf(engine === 'qjs')(
      'refuses resources of the world itself, with which its tools end',
      async () => {
        const wit = 'package a:b; world w { resource page { text: func() -> string; } export go: func(); }'
        const dir = makeScriptProject({ 'src/index.js': 'export function go() {}', 'w.wit': wit })
        await expect(build({ dir, name: 'own', wit: 'w.wit', engine })).rejects.toMatchObject({
          code: 'TYPE_UNSUPPORTED',
          message: expect.stringContaining('a:b/w#page uses a resource of the world itself'),
        })
      },
    )

    it('exports and imports functions of the world itself', () => {
      const { rootEcho } = start()
      expect(rootEcho('x')).toBe(2n)
      expect(() => rootEcho('')).toThrowError(expect.objectContaining({ payload: 'empty' }))
    })
  },
)
