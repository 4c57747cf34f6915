import {
  atOnce,
  countFunctionsSteps,
  FuelTank,
  fuelImport,
  meterCoreModule,
} from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { seeds } from '../../../../test/seed.js'
import { randomProgram } from './random-program.js'
import { run, wat } from './wat.js'

const PLENTY = 1e12

/** Metered so that each function counts what it uses. */
function counted(bytes: Uint8Array, imports: WebAssembly.Imports = {}) {
  const tank = new FuelTank(PLENTY, true)
  const metered = meterCoreModule(atOnce(countFunctionsSteps(bytes, 0)), 0, true)
  const guest = run(metered, { ...imports, [fuelImport.module]: { [fuelImport.name]: tank.global } })
  tank.functions?.add(0, guest)
  return { guest, tank, units: () => [...(tank.functions?.read()[0] ?? [])] }
}

describe('what each function uses', () => {
  it('is that of its own code, and of small functions that it calls', async () => {
    const { guest, tank, units } = counted(
      await wat(`(module
        (func $small (result i32) (i32.add (i32.const 1) (i32.const 2)))
        (func $loops (param i32)
          (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
        (func (export "f") (param i32)
          (drop (call $small))
          (call $loops (local.get 0)) (call $loops (local.get 0)))
        (func (export "never") (call $loops (i32.const 1))))`),
    )
    guest.f(1_000)
    const [small, loops, f, never] = units()
    expect([small, never]).toEqual([0, 0])
    expect(loops).toBeGreaterThan(8_000)
    expect(f).toBeLessThan(20)
    expect((loops as number) + (f as number)).toBe(tank.consumed)
    const before = loops as number
    guest.f(1_000)
    expect(units()[1]).toBe(2 * before)
  })

  it('has bulk instructions by their length', async () => {
    const { guest, tank, units } = counted(
      await wat(`(module (memory 16)
        (func (export "fill") (param i32) (memory.fill (i32.const 0) (i32.const 1) (local.get 0)))
        (func (export "copies") (param i32)
          (loop $l
            (memory.copy (i32.const 0) (i32.const 1) (i32.const 800))
            (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))`),
    )
    guest.fill(800_000)
    guest.copies(10)
    const [fill, copies] = units()
    expect(fill).toBeGreaterThanOrEqual(100_000)
    expect(copies).toBeGreaterThanOrEqual(1_000)
    expect((fill as number) + (copies as number)).toBe(tank.consumed)
  })

  it('is what there was, where it runs out', async () => {
    const { guest, tank, units } = counted(await wat('(module (func (export "f") (loop $l (br $l))))'))
    tank.refill(10_000)
    expect(() => guest.f()).toThrow(WebAssembly.RuntimeError)
    expect(tank.isEmpty).toBe(true)
    expect(units()[0]).toBe(tank.consumed)
  })

  for (const seed of seeds(100))
    it(`adds up in random programs, which compute and use the same: seed ${seed}`, async () => {
      const bytes = await wat(randomProgram(seed))
      const plain = new FuelTank(PLENTY)
      const guest = run(meterCoreModule(bytes), { [fuelImport.module]: { [fuelImport.name]: plain.global } })
      const each = counted(bytes)
      for (const args of [
        [0, 0],
        [1, 77],
        [seed, -seed],
      ]) {
        const answers = [guest, each.guest].map(({ run }) => {
          try {
            return run(...args)
          } catch {
            return 'trapped'
          }
        })
        expect(answers[1]).toEqual(answers[0])
      }
      expect(each.tank.consumed).toBe(plain.consumed)
      const sum = each.units().reduce((sum, units) => sum + units, 0)
      // A trap may leave unpaid what was counted.
      expect(sum).toBeGreaterThanOrEqual(each.tank.consumed)
    })

  it('keeps the sections of a module in their order, whichever it has', async () => {
    for (const source of [
      '(module (func))',
      '(module (func (export "f")))',
      '(module (global i32 (i32.const 1)) (func))',
      '(module (import "" "g" (global i32)) (global (export "h") i32 (global.get 0)) (func (export "f")))',
      '(module (func $f) (start $f))',
      '(module (table 1 funcref) (memory 1) (func $f) (elem (i32.const 0) $f) (data (i32.const 0) "a"))',
      '(module (tag) (func $f (throw 0)) (export "f" (func $f)))',
      '(module (memory 1))',
    ])
      expect(counted(await wat(source), { '': { g: 1 } }).guest, source).toBeDefined()
  })

  it('takes no export of the name that it has itself', async () => {
    const bytes = await wat('(module (func (export "wasm-plugin fuel 0")))')
    expect(() => atOnce(countFunctionsSteps(bytes, 0))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_FEATURE' }),
    )
  })
})
