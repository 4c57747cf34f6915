import { PluginError } from '@wasm-plugin/runtime'
import { describe, expect, it } from 'vitest'
import { allocator, compileWat, type Exports } from './wat.js'

const component = compileWat(`(component ${allocator}
  (core module $m
    (func (export "one") (param i32))
    (func (export "two") (param i32 i32))
    (func (export "long") (param i64))
    (func (export "float") (param f32))
    (func (export "doc") (param i32 i32 i32 i32 i32 i32))
    (func (export "shape") (param i32 f64)))
  (core instance $i (instantiate $m))
  ${['u8', 's8', 'u16', 's16', 'u32', 's32', 'bool', 'char']
    .map((t) => `(func (export "f-${t}") (param "v" ${t}) (canon lift (core func $i "one")))`)
    .join('\n')}
  ${['u64', 's64'].map((t) => `(func (export "f-${t}") (param "v" ${t}) (canon lift (core func $i "long")))`).join('\n')}
  (func (export "f-f32") (param "v" f32) (canon lift (core func $i "float")))
  ${['string', '(list u8)', '(list string)', '(list (list u16))']
    .map(
      (t, n) => `(func (export "g${n}") (param "v" ${t})
        (canon lift (core func $i "two") (memory (core memory $memory)) (realloc (core func $realloc))))`,
    )
    .join('\n')}
  (type $color' (enum "red" "dark-red")) (import "color" (type $color (eq $color')))
  (func (export "color") (param "v" $color) (canon lift (core func $i "one")))
  (type $perms' (flags "read" "constructor")) (import "perms" (type $perms (eq $perms')))
  (func (export "perms") (param "v" $perms) (canon lift (core func $i "one")))
  (type $shape' (variant (case "circle" f64) (case "point"))) (import "shape" (type $shape (eq $shape')))
  (func (export "shape") (param "v" $shape) (canon lift (core func $i "shape")))
  (type $doc' (record (field "page-title" string) (field "tags" (list string)) (field "constructor" (option u32))))
  (import "doc" (type $doc (eq $doc')))
  (func (export "render") (param "doc" $doc)
    (canon lift (core func $i "doc") (memory (core memory $memory)) (realloc (core func $realloc)))))`)

describe.each([true, false])('type checks of arguments (generated code: %s)', (codeGeneration) => {
  async function message(name: string, ...args: unknown[]): Promise<string> {
    const instance = (await component).instantiate({}, { codeGeneration, limits: { valueBytes: 1000 } })
    try {
      ;(instance.exports as Exports)[name](...args)
      return 'accepted'
    } catch (error) {
      if (!PluginError.is(error)) throw error
      expect(instance.poisoned).toBe(null)
      return error.message
    }
  }

  it.each<[string, unknown[], unknown[]]>([
    ['fU8', [0, 255, -0], [-1, 256, 1.5, Number.NaN, '1', 1n, true, null, undefined, {}, [1], Symbol('s')]],
    ['fS8', [-128, 127], [-129, 128, 0.1]],
    ['fU16', [65535], [65536, -1]],
    ['fS16', [-32768], [32768]],
    ['fU32', [4294967295], [4294967296, -1, Number.POSITIVE_INFINITY]],
    ['fS32', [-2147483648], [2147483648, 1n]],
    ['fU64', [0n, (1n << 64n) - 1n], [1, -1n, 1n << 64n, '1']],
    ['fS64', [-(1n << 63n)], [1n << 63n, 0]],
    ['fF32', [0.1, Number.NaN, Number.POSITIVE_INFINITY], ['1', 1n, undefined]],
    ['fBool', [true, false], [0, 1, 'true', undefined, null]],
    ['fChar', ['a', '\u{1f600}'], ['', 'ab', '\ud800', '\u{1f600}a', 97, undefined]],
    ['g0', ['', 'x', 'x'.repeat(1000)], [5, undefined, null, ['x'], new String('x')]],
    [
      'g1',
      [[], [1, 255], new Uint8Array(4), Buffer.from('x')],
      [[256], 'x', new Int8Array(1), { length: 0 }, new ArrayBuffer(1)],
    ],
    ['color', ['red', 'dark-red'], ['darkRed', 'Red', 0, undefined, 'constructor', '__proto__']],
    [
      'perms',
      [{}, { read: true }, Object.create({ read: true })],
      [
        { read: 1 },
        { constructor: 1 },
        { read: false, other: 1 },
        { Read: true },
        ['read'],
        [],
        new Set(['read']),
        null,
        'read',
        3,
      ],
    ],
    [
      'shape',
      [{ tag: 'circle', val: 1 }, { tag: 'point' }],
      [{ tag: 'circle' }, { tag: 'square' }, 'point', {}, { tag: 'constructor' }, null],
    ],
    [
      'render',
      [
        { pageTitle: 'x', tags: [] },
        { pageTitle: 'x', tags: [], constructor: 5 },
      ],
      [{}, { pageTitle: 'x', tags: [], constructor: 'x' }, [], null],
    ],
  ])('%s', async (name, good, bad) => {
    for (const value of good) expect(await message(name, value)).toBe('accepted')
    for (const value of bad)
      expect(await message(name, value)).toMatch(new RegExp(`^${name}\\(arg0.*\\): expected .* got `))
  })

  it.each([
    ['render', undefined, 'render(arg0): expected an object (record), got undefined'],
    ['render', { tags: [] }, 'render(arg0.pageTitle): expected string, got undefined'],
    [
      'render',
      { pageTitle: 'x', tags: ['a', 'b', 3] },
      'render(arg0.tags[2]): expected string, got number 3',
    ],
    ['g3', [[], [1, 2, 70000]], 'g3(arg0[1][2]): expected u16 (an integer in range), got number 70000'],
    ['shape', { tag: 'circle', val: 'x' }, 'shape(arg0.val): expected f64 (a number), got the string "x"'],
    ['shape', { tag: 'oval' }, "shape(arg0.tag): expected 'circle' | 'point', got the string \"oval\""],
    ['perms', { read: 1 }, 'perms(arg0.read): expected boolean, got number 1'],
    [
      'fU8',
      'x'.repeat(99),
      `fU8(arg0): expected u8 (an integer in range), got the string "${'x'.repeat(40)}…"`,
    ],
  ])('%s(%o)', async (name, value, expected) => {
    expect(await message(name, value)).toBe(expected)
  })

  it.each([
    ['g0', 'x'.repeat(1001)],
    ['g1', new Uint8Array(1001)],
    ['g2', new Array(126).fill('')],
  ])('refuses what is over the limit of bytes before it is copied: %s', async (name, value) => {
    expect(await message(name, value)).toMatch(/has \d+ bytes, over `valueBytes` of 1000$/)
  })
})
