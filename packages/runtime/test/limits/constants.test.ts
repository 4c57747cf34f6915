import { Component } from '@wasm-plugin/runtime'
import { decodeComponent, lowerConstants } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { engines, validate } from './engines.js'
import { wat } from './wat.js'

/** Everywhere that a constant stands: globals of both widths, data, elements, a table; from one module to the next. */
const EVERYWHERE = `(component
  (core module $a
    (global (export "base") i32 (i32.const 1000))
    (global (export "wide") i64 (i64.const -5))
    (global (export "moving") (mut i32) (i32.const 9)))
  (core module $b
    (import "a" "base" (global $base i32)) (import "a" "wide" (global $wide i64))
    (memory (export "m") 1)
    (table (export "t") 2000 funcref)
    (global $next i32 (i32.sub (i32.mul (global.get $base) (i32.const 3)) (i32.const 1)))
    (global $wrap i32 (i32.add (i32.const 0x7fffffff) (i32.const 1)))
    (global $far i64 (i64.mul (global.get $wide) (i64.const 0x1000000000)))
    (data (offset (i32.add (global.get $base) (i32.const 24))) "hello")
    (elem (offset (i32.add (global.get $base) (i32.const -1000))) func $one)
    (func $one (result i32) (i32.const 1))
    (func (export "f") (param i32) (result i32)
      (call_indirect (result i32) (i32.const 0))
      (i32.add (i32.load8_u (i32.const 1024)))
      (i32.add (global.get $next)) (i32.add (global.get $wrap))
      (i32.add (i32.wrap_i64 (i64.shr_s (global.get $far) (i64.const 36)))))
    (global (export "sum") i32 (i32.add (global.get $base) (i32.const 7))))
  (core module $c (import "b" "sum" (global $sum i32)) (global $g i32 (i32.add (global.get $sum) (i32.const 1)))
    (func (export "f") (result i32) (global.get $g)))
  (core instance $a (instantiate $a))
  (core instance $b (instantiate $b (with "a" (instance $a))))
  (alias core export $b "sum" (core global $sum))
  (core instance $bundle (export "sum" (global $sum)))
  (core instance $c (instantiate $c (with "b" (instance $bundle))))
  (component $inner (alias outer 1 $a (core module $x)) (core instance $i (instantiate $x)))
  (instance (instantiate $inner))
  (func (export "f") (param "x" u32) (result u32) (canon lift (core func $b "f")))
  (func (export "g") (result u32) (canon lift (core func $c "f"))))`

const SUM = 1 + 104 + 2999 - 2147483648 - 5

describe('constant expressions that compute', () => {
  it('give what they give elsewhere, metered or not', async () => {
    const bytes = await wat(EVERYWHERE)
    for (const fuel of [false, true]) {
      const { exports } = (await Component.compile(bytes, { fuel })).instantiate(
        {},
        fuel ? { fuel: 1_000_000 } : {},
      )
      // biome-ignore lint/suspicious/noExplicitAny: the exports of the text above.
      const { f, g } = exports as any
      expect([f(0), g()]).toEqual([SUM >>> 0, 1008])
    }
  })

  it.each(engines)('are put in by their values, which $name takes', async ({ path }) => {
    const checked = decodeComponent(await wat(EVERYWHERE))
    expect(validate(path, lowerConstants(checked))).toEqual([true, true, true])
  })

  it('leaves every module as it is that has none', async () => {
    const checked = decodeComponent(
      await wat('(component (core module (global i32 (i32.const 1)) (memory 1) (data (i32.const 1) "x")))'),
    )
    expect(lowerConstants(checked)[0]).toBe(checked.coreModules[0]?.bytes)
  })

  it('are left alone where a module is given two values, or one that moves', async () => {
    const two = await wat(`(component
      (core module $a (global (export "g") i32 (i32.const 1))) (core module $b (global (export "g") i32 (i32.const 2)))
      (core module $c (import "m" "g" (global i32)) (global i32 (i32.add (global.get 0) (i32.const 1))))
      (core instance $a (instantiate $a)) (core instance $b (instantiate $b))
      (core instance (instantiate $c (with "m" (instance $a)))) (core instance (instantiate $c (with "m" (instance $b)))))`)
    const checked = decodeComponent(two)
    expect(lowerConstants(checked)[2]).toEqual(checked.coreModules[2]?.bytes)
  })
})
