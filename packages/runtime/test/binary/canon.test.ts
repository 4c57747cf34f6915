import { describe, expect, it } from 'vitest'
import { construct, decodeText, refusalOf } from './wat.js'

/** A core instance `$m` with a memory, an allocator and functions of several signatures, aliased by name. */
const CORE = `
  (core module $module
    (memory (export "mem") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "nothing"))
    (func (export "take-i32") (param i32))
    (func (export "take-two") (param i32 i32))
    (func (export "give-i32") (result i32) unreachable)
    (func (export "give-i64") (result i64) unreachable)
    (func (export "identity") (param i32) (result i32) unreachable))
  (core instance $m (instantiate $module))
  (alias core export $m "mem" (core memory $mem))
  (alias core export $m "realloc" (core func $realloc))
  (alias core export $m "nothing" (core func $nothing))
  (alias core export $m "take-i32" (core func $take-i32))
  (alias core export $m "take-two" (core func $take-two))
  (alias core export $m "give-i32" (core func $give-i32))
  (alias core export $m "give-i64" (core func $give-i64))
  (alias core export $m "identity" (core func $identity))`

const seventeen = Array.from({ length: 17 }, (_, i) => `(param "p${i}" u32)`).join(' ')
const inCore = (texts: string[]) => texts.map((text) => CORE + text)
const inCoreBad = (rows: Record<string, RegExp>) =>
  Object.fromEntries(Object.entries(rows).map(([text, error]) => [CORE + text, error]))

construct('lift', {
  good: inCore([
    '(func (canon lift (core func $nothing)))',
    '(func (param "a" bool) (canon lift (core func $take-i32)))',
    '(func (result u64) (canon lift (core func $give-i64)))',
    '(func (result string) (canon lift (core func $give-i32) (memory $mem)))',
    '(func (result string) (canon lift (core func $give-i32) (memory $mem) string-encoding=latin1+utf16 (post-return $take-i32)))',
    '(func (param "a" string) (canon lift (core func $take-two) (memory $mem) (realloc $realloc)))',
    `(func ${seventeen} (canon lift (core func $take-i32) (memory $mem) (realloc $realloc)))`,
  ]),
  bad: inCoreBad({
    '(func (param "a" u8) (canon lift (core func $nothing)))': /is of type \(\) -> \(\), not \(i32\) -> \(\)/,
    '(func (result string) (canon lift (core func $give-i32)))': /no memory is given/,
    '(func (param "a" string) (canon lift (core func $take-two) (memory $mem)))': /no realloc is given/,
    [`(func ${seventeen} (canon lift (core func $take-i32) (memory $mem)))`]: /no realloc is given/,
    '(func (canon lift (core func $nothing) (post-return $take-i32)))':
      /post-return function is not of type \(\)/,
    '(func (canon lift (core func $nothing) (realloc $realloc)))': /realloc needs the option memory/,
    '(func (canon lift (core func $nothing) (memory $mem) (realloc $nothing)))':
      /realloc function is not of type/,
    '(func (canon lift (core func $nothing) string-encoding=utf8 string-encoding=utf16))':
      /encoding is given twice/,
    '(func (canon lift (core func $nothing) (memory $mem) (memory $mem)))': /memory is given twice/,
    '(func (canon lift (core func $nothing) (memory 4)))': /core memory 4 is out of bounds/,
    '(func (canon lift (core func 99)))': /core function 99 is out of bounds/,
    '(type $t u8) (func (type $t) (canon lift (core func $nothing)))': /not a function type/,
  }),
})

construct('lower', {
  good: inCore([
    '(import "f" (func $f (param "a" u8))) (core func (canon lower (func $f)))',
    '(import "f" (func $f (param "a" string))) (core func (canon lower (func $f) (memory $mem)))',
    '(import "f" (func $f (result string))) (core func (canon lower (func $f) (memory $mem) (realloc $realloc)))',
    '(import "f" (func $f (result (tuple u8 u8)))) (core func (canon lower (func $f) (memory $mem)))',
  ]),
  bad: inCoreBad({
    '(import "f" (func $f (param "a" string))) (core func (canon lower (func $f)))': /no memory is given/,
    '(import "f" (func $f (result string))) (core func (canon lower (func $f) (memory $mem)))':
      /no realloc is given/,
    '(import "f" (func $f (result (tuple u8 u8)))) (core func (canon lower (func $f)))': /no memory is given/,
    '(import "f" (func $f)) (core func (canon lower (func $f) (post-return $nothing)))':
      /a lowering cannot have a post-return/,
    '(core func (canon lower (func 5)))': /function 5 is out of bounds/,
  }),
})

construct('resource intrinsics', {
  good: [
    '(type $r (resource (rep i32))) (core func (canon resource.new $r)) (core func (canon resource.rep $r)) (core func (canon resource.drop $r))',
    '(import "r" (type $r (sub resource))) (core func (canon resource.drop $r))',
  ],
  bad: {
    '(import "r" (type $r (sub resource))) (core func (canon resource.new $r))':
      /not a resource that this component defines/,
    '(import "r" (type $r (sub resource))) (core func (canon resource.rep $r))':
      /not a resource that this component defines/,
    '(type $t u8) (core func (canon resource.drop $t))': /not a resource type/,
    '(component $c (type $r (resource (rep i32))) (export "r" (type $r))) (instance $i (instantiate $c)) (alias export $i "r" (type $r)) (core func (canon resource.new $r))':
      /not a resource that this component defines/,
  },
})

describe('memories that the canonical ABI cannot use', () => {
  const lifted = (memory: string) => `(component
    (core module $module (memory (export "m") ${memory}) (func (export "f") (result i32) unreachable))
    (core instance $m (instantiate $module))
    (alias core export $m "m" (core memory $mem))
    (alias core export $m "f" (core func $f))
    (func (result string) (canon lift (core func $f) (memory $mem))))`

  it('refuses shared and 64-bit ones', async () => {
    expect(await refusalOf(lifted('1'))).toBe('accepted')
    expect(await refusalOf(lifted('1 2 shared'))).toMatch(/^INVALID_COMPONENT: .*cannot be shared/)
    expect(await refusalOf(lifted('i64 1'))).toMatch(/^UNSUPPORTED_FEATURE: .*64-bit memories/)
  })
})

describe('what runs only with WASI 0.3', () => {
  it.each([
    ['(core func (canon backpressure.inc))', 'backpressure.inc'],
    ['(core func (canon task.cancel))', 'task.cancel'],
    ['(core func (canon subtask.drop))', 'subtask.drop'],
    ['(type $s (stream u8)) (core func (canon stream.new $s))', 'stream.new'],
    ['(type $f (future u8)) (core func (canon future.new $f))', 'future.new'],
    ['(core func (canon error-context.drop))', 'error-context.drop'],
    ['(core func (canon waitable-set.new))', 'waitable-set.new'],
    ['(core func (canon waitable.join))', 'waitable.join'],
    ['(core func (canon thread.index))', 'thread.index'],
    [`${CORE} (func async (canon lift (core func $nothing)))`, 'async functions'],
    [`${CORE} (func (result (future u8)) (canon lift (core func $give-i32)))`, 'the type future'],
    [`${CORE} (func (param "a" (list u8 2)) (canon lift (core func $take-two)))`, 'lists of fixed length'],
    [
      `${CORE} (func async (canon lift (core func $give-i32) async (callback $identity)))`,
      'the async canonical ABI',
    ],
  ])('names the feature in %s', async (inside, feature) => {
    expect(await refusalOf(`(component ${inside})`)).toMatch(new RegExp(`^UNSUPPORTED_FEATURE: .*${feature}`))
  })

  it('still reads the types, so that a component can be inspected', async () => {
    const { root } = await decodeText(`(component
      (import "fetch" (func async (param "url" string) (result (stream u8)))))`)
    expect(root.type.imports.get('fetch')).toMatchObject({ async: true, result: { kind: 'stream' } })
  })
})
