import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { Component } from '@wasm-plugin/runtime'
import { describe, expect, it } from 'vitest'

/** `run` hands the same megabyte to the host again and again, which costs its own code a few instructions. */
const flood = parse(`(component
  (import "take" (func $take (param "text" string)))
  (import "ping" (func $ping))
  (core module $libc (memory (export "memory") 32))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (core func $take (canon lower (func $take) (memory $memory)))
  (core func $ping (canon lower (func $ping)))
  (core module $m
    (import "host" "take" (func $take (param i32 i32)))
    (import "host" "ping" (func $ping))
    (func (export "run") (loop $l (call $take (i32.const 0) (i32.const 1048576)) (br $l)))
    (func (export "pings") (loop $l (call $ping) (br $l))))
  (core instance $i (instantiate $m (with "host" (instance
    (export "take" (func $take)) (export "ping" (func $ping))))))
  (func (export "run") (canon lift (core func $i "run")))
  (func (export "pings") (canon lift (core func $i "pings"))))`)

describe.each([true, false])('fuel (generated code: %s)', (codeGeneration) => {
  it.each([
    ['strings that a guest hands out', 'run', 10_000_000, 20],
    ['calls of a guest to the host', 'pings', 10_000_000, 30_000],
  ])('is spent by %s', async (_, name, fuel, most) => {
    const component = await Component.compile(await flood, { fuel: true })
    let calls = 0
    const count = () => {
      if (++calls > most) throw new Error('the fuel does not run out')
    }
    const instance = component.instantiate({ take: count, ping: count }, { fuel, codeGeneration })
    const run = instance.exports[name] as () => void
    expect(run).toThrow(expect.objectContaining({ code: 'OUT_OF_FUEL' }))
    expect(calls).toBeGreaterThan(5)
    expect(instance.fuel?.remaining).toBe(0)
  })
})

describe.each([true, false])(
  'what the host does for a guest has a price (generated code: %s)',
  (codeGeneration) => {
    it('of its own for each function', async () => {
      const component = await Component.compile(await flood, { fuel: true })
      let calls = 0
      const names = new Set<string>()
      const priceOf = (func: string) => {
        names.add(func)
        return func === 'ping' ? 1_000_000 : undefined
      }
      const imports = { take() {}, ping: () => void calls++ }
      const instance = component.instantiate(imports, { fuel: 10_000_000, codeGeneration, priceOf })
      expect(instance.exports.pings as () => void).toThrow(expect.objectContaining({ code: 'OUT_OF_FUEL' }))
      // The loop itself costs something too.
      expect(calls).toBe(9)
      expect([...names]).toEqual(['ping'])
    })

    it('for each byte that it gives', async () => {
      const component = await Component.compile(await given, { fuel: true })
      let calls = 0
      const give = () => {
        calls++
        return 'a'.repeat(100_000)
      }
      const { exports } = component.instantiate({ give }, { fuel: 10_000_000, codeGeneration })
      expect(exports.run as () => void).toThrow(expect.objectContaining({ code: 'OUT_OF_FUEL' }))
      expect(calls).toBeGreaterThan(30)
      expect(calls).toBeLessThan(101)
    })
  },
)

/** `run` is given a text, over and over, and puts it where it put the one before. */
const given = parse(`(component
  (import "give" (func $give (result string)))
  (core module $libc (memory (export "memory") 32)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (core func $give (canon lower (func $give) (memory $memory) (realloc (core func $libc "realloc"))))
  (core module $m
    (import "host" "give" (func $give (param i32)))
    (func (export "run") (loop $l (call $give (i32.const 16)) (br $l))))
  (core instance $i (instantiate $m (with "host" (instance (export "give" (func $give))))))
  (func (export "run") (canon lift (core func $i "run"))))`)

/** 900 lists of 4,000 records of 30 fields, all of them the same few kilobytes: more than 100 million values. */
const fields = Array.from({ length: 30 }, (_, i) => `(field "f${i}" bool)`).join(' ')
const aliased = parse(`(component
  (type $wide' (record ${fields}))
  (export $wide "wide" (type $wide'))
  (core module $m
    (memory (export "memory") 8)
    (func (export "run") (result i32)
      (local $i i32)
      (loop $l
        (i32.store (i32.add (i32.const 1024) (i32.mul (local.get $i) (i32.const 8))) (i32.const 65536))
        (i32.store (i32.add (i32.const 1028) (i32.mul (local.get $i) (i32.const 8))) (i32.const 4000))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $l (i32.lt_u (local.get $i) (i32.const 900))))
      (i32.store (i32.const 16) (i32.const 1024))
      (i32.store (i32.const 20) (i32.const 900))
      (i32.const 16)))
  (core instance $i (instantiate $m))
  (func (export "run") (result (list (list $wide)))
    (canon lift (core func $i "run") (memory (core memory $i "memory")))))`)

it.each([true, false])('fields of records count as values (generated code: %s)', async (codeGeneration) => {
  const component = await Component.compile(await aliased)
  const { exports } = component.instantiate({}, { codeGeneration })
  expect(exports.run as () => void).toThrow(
    expect.objectContaining({
      code: 'LIMIT_EXCEEDED',
      data: expect.objectContaining({ limit: 'liftedValues' }),
    }),
  )
})
