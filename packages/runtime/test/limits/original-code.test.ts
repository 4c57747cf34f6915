import {
  atOnce,
  clampCoreModule,
  compileCostSteps,
  countFunctionsSteps,
  exportMemories,
  exportStateSteps,
  interruptibleSteps,
  meterCoreModule,
  OriginalCode,
} from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { run, wat } from './wat.js'

const memory = { memoryBytes: 1 << 20, tableElements: 100 }

/** As a component's module is rewritten. */
function rewritten(bytes: Uint8Array, fuel: boolean | 'functions', snapshot = false): Uint8Array {
  const counts = fuel === 'functions'
  const named = exportMemories(clampCoreModule(bytes, memory)).bytes
  const saved = snapshot ? atOnce(exportStateSteps(named)).bytes : named
  const clamped = counts ? atOnce(countFunctionsSteps(saved, 0)) : saved
  const metered = fuel === false ? clamped : meterCoreModule(clamped, 0, counts)
  return atOnce(interruptibleSteps(metered, atOnce(compileCostSteps(metered, 0)).long, 0))
}

/** Traps in as many places as there are numbers, with everything around them that makes code move. */
const SOURCE = `(module
  (import "a" "f" (func $f (param i32)))
  (memory 1 100)
  (global $g (mut i32) (i32.const 0))
  (func $leaf (param i32) (i32.store (i32.const 0) (local.get 0)) (if (i32.eq (local.get 0) (i32.const 1)) (then unreachable)))
  (func $deep (param i32)
    (local $i i32)
    (memory.fill (i32.const 0) (i32.const 1) (i32.const 20))
    (if (i32.eq (local.get 0) (i32.const 2)) (then unreachable))
    (loop $again
      (global.set $g (i32.add (global.get $g) (i32.const 1)))
      (call $f (local.get 0))
      (memory.copy (i32.const 30) (i32.const 0) (i32.const 7))
      (if (i32.eq (local.get 0) (i32.const 3)) (then (i32.store (i32.const -1) (i32.const 0))))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3))))
    (call $leaf (local.get 0))
    (drop (i32.div_u (i32.const 1) (i32.sub (local.get 0) (i32.const 4))))
    (memory.fill (i32.const 65536) (i32.const 1) (local.get 0)))
  (func (export "go") (param i32)
    (call $deep (local.get 0))
    (memory.fill (i32.const 0) (i32.const 1) (i32.const 20))
    (call $deep (i32.const 5))))`

interface Place {
  readonly func: number
  readonly offset: number
}

function places(bytes: Uint8Array, n: number, fuel = 1_000_000n): Place[] {
  const tank = new WebAssembly.Global({ value: 'i64', mutable: true }, fuel)
  const { go } = run(bytes, { a: { f() {} }, 'wasm-plugin': { fuel: tank } })
  try {
    go(n)
  } catch (error) {
    const { stack = '' } = error as Error
    return [...stack.matchAll(/wasm-function\[(\d+)\]:0x([0-9a-f]+)/g)].map(([, func, offset]) => ({
      func: Number(func),
      offset: Number.parseInt(offset!, 16),
    }))
  }
  throw new Error('it did not trap')
}

describe.each([false, true, 'functions'] as const)(
  'where code was before it was rewritten, metered: %s',
  (fuel) => {
    it('is where it traps when it is not rewritten', async () => {
      const bytes = await wat(SOURCE)
      const code = new OriginalCode(bytes, bytes, { memory, fuel, module: 0 })
      const compiled = rewritten(bytes, fuel)
      for (const n of [1, 2, 3, 4, 5]) {
        const found = places(compiled, n).map(({ func, offset }) => ({
          func,
          offset: code.offsetOf(func, offset),
        }))
        expect(found).toEqual(places(bytes, n))
        expect(found.length).toBeGreaterThanOrEqual(2)
      }
    })

    it('is the same where what the module keeps is exported', async () => {
      const bytes = await wat(SOURCE)
      const code = new OriginalCode(bytes, bytes, { memory, fuel, snapshot: true, module: 0 })
      const found = places(rewritten(bytes, fuel, true), 3).map(({ func, offset }) => ({
        func,
        offset: code.offsetOf(func, offset),
      }))
      expect(found).toEqual(places(bytes, 3))
    })

    it('is known of no function and no offset that is not there', async () => {
      const bytes = await wat(SOURCE)
      const code = new OriginalCode(bytes, bytes, { memory, fuel, module: 0 })
      const [{ offset }] = places(rewritten(bytes, fuel), 1) as [Place]
      expect(code.offsetOf(0, offset)).toBeUndefined()
      expect(code.offsetOf(99, offset)).toBeUndefined()
      expect(code.offsetOf(3, offset)).toBeUndefined()
      expect(code.offsetOf(1, 0)).toBeUndefined()
    })
  },
)

it('is that of the instruction before which the fuel ran out', async () => {
  const bytes = await wat(SOURCE)
  const code = new OriginalCode(bytes, bytes, { memory, fuel: true, module: 0 })
  const body = (func: number) => {
    const found = places(rewritten(bytes, true), 1).find((place) => place.func === func)!
    return code.offsetOf(func, found.offset)!
  }
  for (const fuel of [0n, 20n, 60n, 110n]) {
    const [innermost] = places(rewritten(bytes, true), 5, fuel) as [Place]
    const offset = code.offsetOf(innermost.func, innermost.offset)!
    expect(Math.abs(offset - body(innermost.func))).toBeLessThan(120)
  }
})
