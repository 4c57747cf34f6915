import { atOnce, compileCostSteps, interruptibleSteps, meterCoreModule } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { codeOf, run, wat } from './wat.js'

function interruptible(bytes: Uint8Array): Uint8Array {
  return atOnce(interruptibleSteps(bytes, atOnce(compileCostSteps(bytes, 0)).long, 0))
}

/** Every long instruction, with what it reads and writes in between, and functions and types around that are named by index. */
const all = (index: 'i32' | 'i64') => `(module
  (type $late (func (param i32) (result i32)))
  (import "a" "f" (func $f (param i32) (result i32)))
  (memory (export "m") ${index} 1 10) (table $t (export "t") ${index} 6 10 funcref)
  (data $d "abcdefgh") (elem $e func $f $g)
  (func $g (type $late) (i32.add (local.get 0) (i32.const 1)))
  (func (export "run") (result ${index})
    (memory.fill (${index}.const 0) (i32.const 7) (${index}.const 3))
    (memory.init $d (${index}.const 2) (i32.const 1) (i32.const 5))
    (memory.copy (${index}.const 4) (${index}.const 2) (${index}.const 4))
    (table.init $t $e (${index}.const 0) (i32.const 0) (i32.const 2))
    (table.copy $t $t (${index}.const 2) (${index}.const 0) (${index}.const 2))
    (table.fill $t (${index}.const 1) (ref.func $g) (${index}.const 1))
    (drop (table.grow $t (ref.func $f) (${index}.const 2)))
    (memory.grow (${index}.const 1)))
  (func (export "at") (param ${index}) (result i32)
    (call_indirect $t (type $late) (i32.const 40) (local.get 0)))
  (func (export "traps") (memory.fill (${index}.const 65535) (i32.const 1) (${index}.const 2147483647))))`

describe('code that can be interrupted between long instructions', () => {
  for (const index of ['i32', 'i64'] as const)
    it(`does what it did, with indices of ${index}`, async (context) => {
      const bytes = await wat(all(index))
      if (!WebAssembly.validate(bytes as BufferSource))
        context.skip(`Node ${process.version} has no ${index} memories`)
      const outcomes = [bytes, interruptible(bytes), interruptible(meterCoreModule(bytes))].map((module) => {
        const fuel = new WebAssembly.Global({ value: 'i64', mutable: true }, 1_000_000_000n)
        const {
          run: main,
          at,
          m,
          t,
          traps,
        } = run(module, { a: { f: (n: number) => n + 2 }, 'wasm-plugin': { fuel } })
        const grown = main()
        const wide = (n: number) => (index === 'i64' ? BigInt(n) : n)
        expect(traps).toThrow(/memory access out of bounds/)
        return {
          grown,
          bytes: [...new Uint8Array(m.buffer, 0, 12)],
          calls: [0, 1, 2, 3, 6, 7].map((n) => at(wide(n))),
          sizes: [m.buffer.byteLength, Number(t.length)],
        }
      })
      expect(outcomes[0]).toMatchObject({ calls: [42, 41, 42, 41, 42, 42], sizes: [131_072, 8] })
      expect(outcomes[1]).toEqual(outcomes[0])
      expect(outcomes[2]).toEqual(outcomes[0])
    })

  it('works on tables alone, and leaves a module without such instructions as it is', async () => {
    const table = interruptible(
      await wat(
        '(module (table 9 funcref) (func (export "run") (table.fill (i32.const 1) (ref.null func) (i32.const 3))))',
      ),
    )
    expect(run(table).run()).toBeUndefined()
    const plain = await wat('(module (memory 1) (func (i32.store (i32.const 0) (i32.const 1))))')
    expect(interruptible(plain)).toBe(plain)
  })

  it('refuses code behind the last function, which an engine does too', async () => {
    const bytes = [...(await wat('(module (memory 1) (func (drop (memory.grow (i32.const 1)))))'))]
    const code = bytes.lastIndexOf(10)
    expect(bytes[code + 2]).toBe(1)
    bytes[code + 1]!++
    bytes.splice(code + 2 + bytes[code + 1]! - 1, 0, 0x0b)
    expect(WebAssembly.validate(Uint8Array.from(bytes))).toBe(false)
    expect(codeOf(() => interruptible(Uint8Array.from(bytes)))).toBe('INVALID_CORE_MODULE')
  })
})
