import { meterCoreModule } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { engines, results } from './engines.js'
import { wat } from './wat.js'

/** Modules whose `run` uses one class of instructions where it can run; the result depends on all of it. */
const programs: Record<string, string> = {
  'control flow': `(func (export "run") (param i32) (result i32) (local $s i32)
    (block $out (block $two (block $one
      (br_table $one $two $out (local.get 0)))
      (local.set $s (i32.const 100)) (br $out))
      (local.set $s (i32.const 200)))
    (loop $l (result i32)
      (local.set $s (i32.add (local.get $s) (local.get 0)))
      (if (result i32) (i32.and (local.get 0) (i32.const 1))
        (then (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br $l))
        (else (local.get $s)))))`,
  'multiple values': `(func $two (param i32) (result i32 i64) local.get 0 i64.const 5 loop (param i64) (result i64) end)
    (func (export "run") (param i32) (result i32) local.get 0 call $two i32.wrap_i64 i32.add
      local.get 0 block (param i32 i32) (result i32) i32.sub end)`,
  'floats and conversions': `(func (export "run") (param i32) (result f64)
    (f64.sqrt (f64.add (f64.convert_i32_u (local.get 0)) (f64.promote_f32 (f32.const 1.5)))))`,
  'sign extension and saturation': `(func (export "run") (param i32) (result i32)
    (i32.add (i32.extend8_s (i32.mul (local.get 0) (i32.const 100))) (i32.trunc_sat_f64_s (f64.const 1e30))))`,
  traps: `(func (export "run") (param i32) (result i32) (i32.div_u (i32.const 100) (i32.sub (local.get 0) (i32.const 3))))`,
  'memory and bulk memory': `(memory 1) (data $d "hello world")
    (func (export "run") (param i32) (result i32)
      (memory.init $d (i32.const 0) (i32.const 0) (i32.const 11))
      (memory.copy (i32.const 100) (local.get 0) (i32.const 4))
      (memory.fill (i32.const 102) (local.get 0) (i32.const 1))
      (drop (memory.grow (i32.const 1)))
      (i32.add (i32.load (i32.const 100)) (memory.size)))`,
  'tables and references': `(type $t (func (result i32))) (table $t 10 funcref) (elem declare func $a $b)
    (func $a (result i32) (i32.const 11)) (func $b (result i32) (i32.const 22))
    (func (export "run") (param i32) (result i32)
      (table.fill $t (i32.const 0) (ref.func $a) (i32.const 10))
      (table.set $t (i32.const 4) (ref.func $b))
      (table.copy $t $t (i32.const 6) (i32.const 4) (i32.const 2))
      (i32.add (call_indirect $t (type $t) (local.get 0))
        (i32.add (table.grow $t (ref.null func) (i32.const 1)) (ref.is_null (table.get $t (table.size $t) (i32.const 1) i32.sub)))))`,
  'host calls': `(import "host" "f" (func $f (param i32) (result i32)))
    (func (export "run") (param i32) (result i32) (local $n i32)
      (local.set $n (i32.const 5))
      (loop (local.set 0 (call $f (local.get 0))) (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get 0))`,
  globals: `(global $a (mut i32) (i32.const 3)) (global $b i64 (i64.const 4))
    (func (export "run") (param i32) (result i64)
      (global.set $a (i32.add (global.get $a) (local.get 0)))
      (i64.mul (i64.extend_i32_u (global.get $a)) (global.get $b)))`,
  'tail calls': `(type $t (func (param i32 i32) (result i32))) (table funcref (elem $odd))
    (func $even (param i32 i32) (result i32) (if (result i32) (i32.eqz (local.get 0)) (then (local.get 1))
      (else (return_call $odd (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 2))))))
    (func $odd (type $t) (if (result i32) (i32.eqz (local.get 0)) (then (i32.const -1))
      (else (return_call $even (i32.sub (local.get 0) (i32.const 1)) (local.get 1)))))
    (func (export "run") (param i32) (result i32)
      (return_call_indirect (type $t) (i32.mul (local.get 0) (i32.const 10001)) (i32.const 0) (i32.const 0)))`,
  'exceptions, legacy': `(tag $e (param i32))
    (func $thrower (param i32) (if (i32.and (local.get 0) (i32.const 1)) (then (throw $e (local.get 0)))))
    (func (export "run") (param i32) (result i32) (local $n i32)
      loop $again (result i32)
        try (result i32)
          local.get 0 call $thrower
          try local.get 0 i32.const 4 i32.eq if i32.const 40 throw $e end delegate 0
          i32.const 1000
        catch $e
          local.get $n i32.const 1 i32.add local.tee $n i32.const 3 i32.lt_u br_if $again drop unreachable
        catch_all
          i32.const -1
        end
      end)`,
  'exceptions with references': `(tag $e (param i32))
    (func $thrower (param i32) (throw $e (local.get 0)))
    (func (export "run") (param i32) (result i32)
      (block $caught (result i32 exnref)
        (try_table (catch_ref $e $caught) (call $thrower (local.get 0)))
        (return (i32.const -1)))
      (block $again (param i32 exnref) (result i32)
        (block $inner (param i32 exnref) (result i32)
          (try_table (param i32 exnref) (result i32) (catch $e 0) throw_ref)
          )
        i32.const 7 i32.add))`,
  SIMD: `(memory 1)
    (func (export "run") (param i32) (result i32) (local $v v128)
      (local.set $v (i32x4.mul (i32x4.splat (local.get 0)) (v128.const i32x4 1 2 3 4)))
      (v128.store (i32.const 16) (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (local.get $v) (local.get $v)))
      (v128.store32_lane 2 (i32.const 64) (local.get $v))
      (i32.add (i32x4.extract_lane 3 (v128.load (i32.const 16))) (i32.load (i32.const 64))))`,
  'relaxed SIMD': `(func (export "run") (param i32) (result i32)
      (i32x4.extract_lane 1 (i8x16.relaxed_swizzle (i32x4.splat (local.get 0)) (v128.const i8x16 0 1 2 3 0 1 2 3 0 1 2 3 0 1 2 3))))`,
  threads: `(memory 1 1 shared)
    (func (export "run") (param i32) (result i32)
      (drop (i32.atomic.rmw.add (i32.const 8) (local.get 0))) atomic.fence
      (drop (i32.atomic.rmw.cmpxchg (i32.const 12) (i32.const 0) (local.get 0)))
      (drop (memory.atomic.notify (i32.const 8) (i32.const 1)))
      (i32.add (i32.atomic.load (i32.const 8)) (i32.atomic.load8_u (i32.const 12))))`,
  'several memories': `(memory $a 1) (memory $b 1)
    (func (export "run") (param i32) (result i32)
      (i32.store $b (i32.const 4) (local.get 0))
      (memory.copy $a $b (i32.const 0) (i32.const 4) (i32.const 4))
      (memory.fill $b (i32.const 0) (i32.const 1) (i32.const 8))
      (i32.add (i32.load $a (i32.const 0)) (i32.load $b (i32.const 4))))`,
  '64-bit memory': `(memory $a i64 1) (memory $b 1)
    (func (export "run") (param i32) (result i32)
      (i32.store $a (i64.const 4) (local.get 0))
      (memory.fill $a (i64.const 8) (i32.const 3) (i64.const 4))
      (memory.copy $a $a (i64.const 16) (i64.const 4) (i64.const 8))
      (memory.copy $b $a (i32.const 0) (i64.const 16) (i32.const 8))
      (i32.add (i32.load $b (i32.const 0)) (i32.load $b (i32.const 4))))`,
  '64-bit table': `(table $t i64 4 funcref)
    (func (export "run") (param i32) (result i64)
      (table.fill $t (i64.const 0) (ref.null func) (i64.const 4))
      (i64.add (table.grow $t (ref.null func) (i64.extend_i32_u (local.get 0)))
        (table.grow $t (ref.null func) (i64.const -1))))`,
  'function references': `(type $t (func (param i32) (result i32))) (elem declare func $f)
    (func $f (type $t) (i32.mul (local.get 0) (i32.const 3)))
    (func $null (result (ref null $t)) (ref.null $t))
    (func (export "run") (param i32) (result i32)
      (block $none
        (drop (br_on_null $none (call $null))) (return (i32.const -1)))
      (i32.add (call_ref $t (local.get 0) (ref.func $f))
        (return_call_ref $t (local.get 0) (ref.func $f))))`,
  GC: `(rec (type $list (struct (field $value i32) (field $next (ref null $list)))))
    (type $array (array (mut i32))) (type $bytes (array (mut i8))) (data $d "abcdefgh")
    (func (export "run") (param i32) (result i32) (local $l (ref null $list)) (local $a (ref null $array)) (local $s i32)
      (local.set $a (array.new $array (i32.const 5) (i32.add (local.get 0) (i32.const 4))))
      (array.fill $array (local.get $a) (i32.const 1) (i32.const 9) (i32.const 2))
      (array.copy $array $array (local.get $a) (i32.const 0) (local.get $a) (i32.const 1) (i32.const 2))
      (loop $more
        (local.set $l (struct.new $list (local.get 0) (local.get $l)))
        (br_if $more (i32.gt_s (local.tee 0 (i32.sub (local.get 0) (i32.const 1))) (i32.const 0))))
      (block $done
        (loop $walk
          (local.set $s (i32.add (local.get $s) (struct.get $list $value (br_on_null $done (local.get $l)))))
          (local.set $l (struct.get $list $next (local.get $l)))
          (br $walk)))
      (block $cast (result (ref $array))
        (drop (br_on_cast $cast (ref null any) (ref $array) (local.get $a))) (return (i32.const -1)))
      (array.get $array (i32.const 0))
      (array.get_u $bytes (array.new_data $bytes $d (i32.const 0) (i32.const 8)) (i32.const 3))
      (i31.get_s (ref.i31 (local.get $s)))
      (array.len (array.new_fixed $array 3 (i32.const 1) (i32.const 2) (i32.const 3)))
      i32.add i32.add i32.add)`,
  'extended constants': `(global $a (export "a") i32 (i32.add (i32.const 4) (i32.mul (i32.const 5) (i32.const 6))))
    (global $b (mut i32) (i32.sub (i32.const 1) (i32.const 2))) (memory 1) (data (i32.add (i32.const 1) (i32.const 1)) "x")
    (func (export "run") (param i32) (result i32) (i32.add (global.get $a) (i32.add (global.get $b) (i32.load8_u (i32.const 2)))))`,
}

/** Programs that no engine of the workspace runs would prove nothing. */
const seen = new Set<string>()

describe('a metered module computes what the original computes', () => {
  for (const { name, path } of engines) {
    it(`in ${name}`, async () => {
      const names = Object.keys(programs)
      const originals = await Promise.all(names.map((key) => wat(`(module ${programs[key]})`)))
      const metered = originals.map((bytes) => meterCoreModule(bytes))
      const expected = results(path, originals)
      const found = results(path, metered)
      for (const [i, key] of names.entries()) {
        expect(found[i], key).toEqual(expected[i])
        if (expected[i] !== null) seen.add(key)
      }
    })
  }

  it.skipIf(engines.length < 3)('for every class of instruction, in one engine at least', () => {
    expect(Object.keys(programs).filter((key) => !seen.has(key))).toEqual([])
  })
})
