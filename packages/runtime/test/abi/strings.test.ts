import type { ImportObject } from '@wasm-plugin/runtime'
import { primitives } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { type Encoding, echoWat } from './echo.js'
import { compileWat, type Exports } from './wat.js'

/** Text, and what comes back when it differs: lone surrogates become U+FFFD. */
const TEXTS: readonly (readonly [string, string?])[] = [
  [''],
  ['\ufeffstarts with a byte order mark'],
  ['\ufeff'],
  ['\0 and more'],
  ['\ufffd is a character too'],
  ['\ud800', '\ufffd'],
  ['\udc00\ud800', '\ufffd\ufffd'],
  ['a\ud83d', 'a\ufffd'],
  ['\ud83d\ude00\ude00', '\u{1f600}\ufffd'],
  [`${'x'.repeat(30)}\ud800`, `${'x'.repeat(30)}\ufffd`],
  [`${'é'.repeat(30)}\udfff${'€'.repeat(30)}`, `${'é'.repeat(30)}\ufffd${'€'.repeat(30)}`],
  ['x'.repeat(70_000)],
  ['é'.repeat(70_000)],
  ['€'.repeat(70_000)],
  ['\u{1f600}'.repeat(70_000)],
  [`${'x'.repeat(70_000)}€`],
  ['\u0080\u00ff'],
  ['\u0100'],
  ...[9, 10, 11, 15, 16, 17, 20, 21].flatMap((n): [string][] => [
    ['x'.repeat(n)],
    [`${'x'.repeat(n - 1)}é`],
    [`é${'x'.repeat(n - 1)}`],
    [`${'x'.repeat(n - 2)}\u{1f600}`],
  ]),
]

describe.each<Encoding>(['utf8', 'utf16'])('strings in %s', (encoding) => {
  const component = compileWat(echoWat(primitives.string, { type: 'string', encoding }))

  it.each([true, false])('cross as they are (generated code: %s)', async (codeGeneration) => {
    const seen: string[] = []
    const pass = (text: string) => {
      seen.push(text)
      return text
    }
    const instance = (await component).instantiate({ pass } as ImportObject, { codeGeneration })
    const { echo } = instance.exports as Exports
    for (const [text, expected = text] of TEXTS) expect(echo(text)).toBe(expected)
    expect(seen).toEqual(TEXTS.map(([text, expected = text]) => expected))
  })
})

describe.each<Encoding>(['utf8', 'utf16'])('strings in %s', (encoding) => {
  it('are allocated once, for a realloc that can do no more', async () => {
    const component = await compileWat(`(component
      (core module $m
        (memory (export "memory") 8)
        (func (export "realloc") (param $old i32) (param i32 i32 i32) (result i32)
          (if (local.get $old) (then unreachable))
          (i32.const 1024))
        (func (export "length") (param i32 i32) (result i32) (local.get 1)))
      (core instance $i (instantiate $m))
      (alias core export $i "memory" (core memory $memory))
      (alias core export $i "realloc" (core func $realloc))
      (func (export "length") (param "s" string) (result u32) (canon lift (core func $i "length")
        (memory (core memory $memory)) (realloc (core func $realloc)) string-encoding=${encoding})))`)
    const { length } = component.instantiate({}).exports as Exports
    for (const [text] of TEXTS) expect(length(text)).toBeGreaterThanOrEqual(0)
    if (encoding === 'utf8')
      for (const [text] of TEXTS) expect(length(text)).toBe(new TextEncoder().encode(text).length)
  })
})

describe('strings in latin1+utf16', () => {
  const growing = (second: number) =>
    compileWat(`(component
      (core module $m
        (memory (export "memory") 8)
        (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
          (if (i32.ne (local.get $align) (i32.const 2)) (then unreachable))
          (if (i32.eqz (local.get $old)) (then (return (i32.const 1024))))
          (if (i32.ne (i32.mul (local.get $size) (i32.const 2)) (local.get $new)) (then unreachable))
          (i32.const ${second}))
        (func (export "echo") (param i32 i32) (result i32)
          (i32.store (i32.const 0) (local.get 0))
          (i32.store (i32.const 4) (local.get 1))
          (i32.const 0)))
      (core instance $i (instantiate $m))
      (alias core export $i "memory" (core memory $memory))
      (alias core export $i "realloc" (core func $realloc))
      (func (export "echo") (param "s" string) (result string) (canon lift (core func $i "echo")
        (memory (core memory $memory)) (realloc (core func $realloc)) string-encoding=latin1+utf16)))`)

  it('have room for Latin-1, which grows at the first character that is not', async () => {
    const { echo } = (await growing(4096)).instantiate({}).exports as Exports
    for (const [text, expected = text] of TEXTS) expect(echo(text)).toBe(expected)
  })

  it('trap where what grew is misaligned, and only there', async () => {
    const { echo } = (await growing(4097)).instantiate({}).exports as Exports
    expect(echo('\u00e9')).toBe('\u00e9')
    expect(() => echo('A\u03a3')).toThrow(/realloc returned a misaligned pointer/)
  })
})
