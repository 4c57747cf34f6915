import { FuelTank, fuelImport, meterCoreModule } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { codeOf, run, wat } from './wat.js'

// biome-ignore lint/suspicious/noExplicitAny: exports of a module that the test itself wrote.
type Exports = any

async function metered(
  source: string,
  fuel: number,
  imports: WebAssembly.Imports = {},
): Promise<{ guest: Exports; tank: FuelTank }> {
  const tank = new FuelTank(fuel)
  return { guest: instantiate(meterCoreModule(await wat(source)), tank, imports), tank }
}

function instantiate(bytes: Uint8Array, tank: FuelTank, imports: WebAssembly.Imports = {}): Exports {
  return run(bytes, { ...imports, [fuelImport.module]: { [fuelImport.name]: tank.global } })
}

/** Runs until the fuel is gone, and checks that it is the metering that trapped. */
function expectExhausted(tank: FuelTank, action: () => unknown): void {
  expect(action).toThrow(WebAssembly.RuntimeError)
  expect(tank.isEmpty).toBe(true)
  expect(tank.remaining).toBe(0)
}

describe('meterCoreModule', () => {
  it('stops an endless loop', async () => {
    const { guest, tank } = await metered('(module (func (export "f") (loop br 0)))', 10_000)
    expectExhausted(tank, guest.f)
  })

  it('stops an endless loop without a single other instruction, in each form of branch', async () => {
    for (const body of [
      '(loop (br_if 0 (i32.const 1)))',
      '(loop (br_table 0 0 (i32.const 7)))',
      '(loop (block (br 1)))',
      '(loop (loop (br 1)))',
      '(loop (if (i32.const 1) (then (br 1))))',
      'loop try throw $e catch_all br 1 end end',
    ]) {
      const { guest, tank } = await metered(`(module (tag $e) (func (export "f") ${body}))`, 10_000)
      expectExhausted(tank, guest.f)
    }
  })

  it('stops recursion that would not exhaust the stack, and tail calls that never would', async () => {
    const tree = await metered(
      `(module (func $f (export "f") (param i32) local.get 0 i32.eqz if return end
        local.get 0 i32.const 1 i32.sub call $f local.get 0 i32.const 1 i32.sub call $f))`,
      100_000,
    )
    expectExhausted(tree.tank, () => tree.guest.f(60))
    for (const call of ['return_call $f', 'i32.const 0 return_call_indirect (type $t)']) {
      const { guest, tank } = await metered(
        `(module (type $t (func)) (table funcref (elem $f)) (func $f (export "f") (type $t) ${call}))`,
        100_000,
      )
      expectExhausted(tank, guest.f)
    }
  })

  it('stops calls that only ever leave through another function', async () => {
    const { guest, tank } = await metered(
      '(module (func $a (export "f") return_call $b) (func $b return_call $c) (func $c return_call $a))',
      10_000,
    )
    expectExhausted(tank, guest.f)
  })

  it('stops a start function', async () => {
    const bytes = meterCoreModule(await wat('(module (func $f (loop br 0)) (start $f))'))
    const tank = new FuelTank(10_000)
    expectExhausted(tank, () => instantiate(bytes, tank))
  })

  it('cannot be caught by the guest', async () => {
    const { guest, tank } = await metered(
      `(module (func $spin (loop br 0))
        (func (export "f") (result i32) loop try call $spin catch_all end br 0 end i32.const 7))`,
      10_000,
    )
    expectExhausted(tank, guest.f)
  })

  it('charges bulk instructions by length', async () => {
    const { guest, tank } = await metered(
      `(module (memory 16) (table $t 5000 funcref) (data $d "${'x'.repeat(64)}") (elem $e func 0)
        (func (export "fill") (param i32) (memory.fill (i32.const 0) (i32.const 1) (local.get 0)))
        (func (export "copy") (param i32) (memory.copy (i32.const 0) (i32.const 1) (local.get 0)))
        (func (export "init") (param i32) (memory.init $d (i32.const 0) (i32.const 0) (local.get 0)))
        (func (export "table.fill") (param i32) (table.fill $t (i32.const 0) (ref.null func) (local.get 0)))
        (func (export "table.copy") (param i32) (table.copy $t $t (i32.const 0) (i32.const 1) (local.get 0)))
        (func (export "table.grow") (param i32) (drop (table.grow $t (ref.null func) (local.get 0))))
        (func (export "table.init") (param i32) (table.init $t $e (i32.const 0) (i32.const 0) (local.get 0))))`,
      1_000_000_000,
    )
    const cost = (name: string, length: number): number => {
      tank.refill(1_000_000_000)
      guest[name](length)
      return tank.consumed
    }
    for (const name of ['fill', 'copy']) expect(cost(name, 800_000) - cost(name, 0)).toBe(100_000)
    expect(cost('init', 64) - cost('init', 0)).toBe(8)
    for (const name of ['table.fill', 'table.copy', 'table.grow']) {
      expect(cost(name, 1_000) - cost(name, 0)).toBe(64_000)
    }
    expect(cost('table.init', 1) - cost('table.init', 0)).toBe(64)
  })

  it('takes a length for what it is, without a sign', async () => {
    const { guest, tank } = await metered(
      '(module (memory 1) (func (export "f") (memory.fill (i32.const 0) (i32.const 0) (i32.const -1))))',
      1_000_000,
    )
    expectExhausted(tank, guest.f)
  })

  it('runs out in the middle of bulk work', async () => {
    const { guest, tank } = await metered(
      `(module (memory 16)
        (func (export "f") (loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 1000000)) br 0)))`,
      1_000_000,
    )
    expectExhausted(tank, guest.f)
  })

  it('makes equal input consume equal fuel, refilled or in a fresh instance', async () => {
    const source = `(module (func $f (export "f") (param i32) (result i32) (local $s i32)
      (loop (local.set $s (i32.add (local.get $s) (local.get 0)))
        (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get $s)))`
    const first = await metered(source, 1_000_000)
    const second = await metered(source, 1_000_000)
    expect(first.guest.f(1000)).toBe(500_500)
    const consumed = first.tank.consumed
    first.tank.refill(1_000_000)
    first.guest.f(1000)
    second.guest.f(1000)
    expect(first.tank.consumed).toBe(consumed)
    expect(second.tank.consumed).toBe(consumed)
    expect(second.tank.remaining).toBe(1_000_000 - consumed)
    // In proportion to the work: each iteration costs the same.
    first.tank.refill(1_000_000)
    first.guest.f(2000)
    second.tank.refill(1_000_000)
    second.guest.f(3000)
    expect(second.tank.consumed - first.tank.consumed).toBe(first.tank.consumed - consumed)
  })

  it('keeps running exactly as far as the fuel goes', async () => {
    const source =
      '(module (func (export "f") (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))'
    const { guest, tank } = await metered(source, 1_000_000)
    guest.f(100)
    const needed = tank.consumed
    tank.refill(needed)
    guest.f(100)
    expect(tank.remaining).toBe(0)
    expect(tank.isEmpty).toBe(false)
    tank.refill(needed - 1)
    expectExhausted(tank, () => guest.f(100))
  })

  it('keeps count of all that was used, however often it is filled', () => {
    const tank = new FuelTank(Number.MAX_SAFE_INTEGER)
    expect([tank.used, tank.global.value]).toEqual([0, BigInt(Number.MAX_SAFE_INTEGER)])
    tank.global.value -= 1_000n
    tank.spend(20)
    expect(tank.used).toBe(1_020)
    tank.refill(500)
    expect([tank.used, tank.consumed, tank.remaining, tank.global.value]).toEqual([1_020, 0, 500, 500n])
    // What a guest that ran out asked for counts as well.
    tank.global.value = -7n
    expect([tank.used, tank.isEmpty]).toEqual([1_527, true])
    tank.refill(0)
    expect([tank.used, tank.global.value]).toEqual([1_527, 0n])
  })

  it('is one budget for all modules that are given it', async () => {
    const tank = new FuelTank(1_000_000)
    const a = instantiate(
      meterCoreModule(
        await wat(
          '(module (func (export "spin") (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))',
        ),
      ),
      tank,
    )
    const b = instantiate(
      meterCoreModule(
        await wat(
          '(module (import "a" "spin" (func (param i32))) (func (export "f") (param i32) local.get 0 call 0 local.get 0 call 0))',
        ),
      ),
      tank,
      { a },
    )
    a.spin(1000)
    const once = tank.consumed
    b.f(1000)
    expect(tank.consumed).toBeGreaterThan(3 * once)
    expectExhausted(tank, () => b.f(1_000_000))
  })

  it('sees a refill by a host function, in a function that keeps the counter in a local', async () => {
    let tank: FuelTank | undefined
    const made = await metered(
      `(module (import "host" "refill" (func $refill))
        (func (export "f") (param i32)
          (loop $outer
            (call $refill)
            (local.set 0 (i32.const 50))
            (loop $inner (br_if $inner (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            br $outer)))`,
      5_000,
      { host: { refill: () => ++calls < 100 && tank?.refill(5_000) } },
    )
    let calls = 0
    tank = made.tank
    expectExhausted(tank, () => made.guest.f(0))
    expect(calls).toBeGreaterThan(100)
  })

  it('pays for small functions at their callers', async () => {
    const { guest, tank } = await metered(
      `(module (func $leaf (export "leaf") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
        (func (export "f") (result i32) (i32.add (call $leaf (i32.const 1)) (call $leaf (i32.const 2))) (call 2) drop)
        (func (result i32) (i32.const 0)))`,
      1_000,
    )
    expect(guest.leaf(5)).toBe(15)
    expect(tank.consumed).toBe(0)
    // const, call, 3 of the leaf; twice; add; call, 1 of the other leaf. `drop` is free.
    guest.f()
    expect(tank.consumed).toBe(2 * 5 + 1 + 2)
  })

  it('moves the global indices of code, exports, initialisers, elements and data', async () => {
    const { guest } = await metered(
      `(module (import "host" "base" (global $base i32)) (import "host" "count" (global $count (mut i32)))
        (global $a (export "a") (mut i32) (i32.const 40)) (global $b (export "b") i32 (global.get $base))
        (global (export "f") funcref (ref.func $two))
        (table (export "t") 8 funcref) (memory (export "m") 1)
        (elem (global.get $base) func $one $two) (elem (i32.const 5) funcref (ref.func $two) (ref.null func))
        (elem declare func $two)
        (data (global.get $base) "hello")
        (func $one (result i32) (global.set $a (i32.add (global.get $a) (global.get $base))) (global.get $a))
        (func $two (result i32) (global.set $count (i32.const 9)) (global.get $b))
        (func (export "dead") (result i32) (return (i32.const 3)) (global.get $a)))`,
      1_000,
      { host: { base: 2, count: new WebAssembly.Global({ value: 'i32', mutable: true }, 0) } },
    )
    expect(guest.t.get(2)()).toBe(42)
    expect(guest.t.get(3)()).toBe(2)
    expect(guest.t.get(5)).toBe(guest.f.value)
    expect([guest.a.value, guest.b.value, guest.dead()]).toEqual([42, 2, 3])
    expect(Buffer.from(guest.m.buffer, 2, 5).toString()).toBe('hello')
  })

  it('never lets a guest reach the counter', async () => {
    const bytes = await wat(
      '(module (import "wasm-plugin" "fuel" (global (mut i64))) (func (global.set 0 (i64.const 99))))',
    )
    expect(codeOf(() => meterCoreModule(bytes))).toBe('UNSUPPORTED_FEATURE')
    // The index that the counter gets is out of range in the original, and stays so.
    const beyond = await wat('(module (func (export "f") (global.set 0 (i64.const 99))))')
    expect(WebAssembly.validate(meterCoreModule(beyond) as BufferSource)).toBe(false)
  })

  it('refuses to meter what sleeps', async () => {
    const bytes = await wat(
      '(module (memory 1 1 shared) (func (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))',
    )
    expect(codeOf(() => meterCoreModule(bytes))).toBe('UNSUPPORTED_FEATURE')
  })

  it('refuses an unknown instruction, rather than skipping it', async () => {
    const bytes = await wat('(module (func nop nop nop))')
    bytes.set([0xfc, 0x7f], bytes.lastIndexOf(0x0b) - 3)
    expect(codeOf(() => meterCoreModule(bytes))).toBe('UNSUPPORTED_FEATURE')
  })

  it('keeps the name section and drops hints that go by code offset', async () => {
    const plain = await wat('(module (func $visible (export "f") unreachable))')
    const named = (text: string) => [text.length, ...Buffer.from(text)]
    const hints = named('metadata.code.branch_hint')
    const bytes = Uint8Array.of(...plain.subarray(0, 8), 0, hints.length, ...hints, ...plain.subarray(8))
    const module = new WebAssembly.Module(meterCoreModule(bytes) as BufferSource)
    expect(WebAssembly.Module.customSections(module, 'metadata.code.branch_hint')).toEqual([])
    expect(WebAssembly.Module.customSections(module, 'name')).toEqual(
      WebAssembly.Module.customSections(new WebAssembly.Module(plain as BufferSource), 'name'),
    )
  })

  it('returns a module without code as it is', async () => {
    const bytes = await wat('(module (memory (export "m") 1))')
    expect(meterCoreModule(bytes)).toBe(bytes)
  })

  it('does not overflow on deep nesting', async () => {
    const depth = 100_000
    const code = [...Array(depth).fill([0x03, 0x40]).flat(), 0x0c, 0x00, ...Array(depth).fill(0x0b), 0x0b]
    const leb = (n: number) => [(n & 0x7f) | 0x80, ((n >> 7) & 0x7f) | 0x80, (n >> 14) & 0x7f]
    const bytes = Uint8Array.from(
      [
        [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
        [10, ...leb(code.length + 5), 1, ...leb(code.length + 1), 0],
        code,
      ].flat(),
    )
    expect(meterCoreModule(bytes).length).toBeGreaterThan(bytes.length)
  })
})

describe('FuelTank', () => {
  it('refuses what is not an amount', () => {
    for (const units of [-1, 1.5, Number.NaN, 2 ** 53, '5' as unknown as number]) {
      expect(codeOf(() => new FuelTank(units))).toBe('TYPE_MISMATCH')
    }
  })
})
