import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { PluginError } from '@wasm-plugin/runtime'
import { clampCoreModule, FuelTank, fuelImport, meterCoreModule } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { seeds, tries } from '../../../../test/seed.js'
import { random, randomProgram } from './random-program.js'
import { run, wat } from './wat.js'

const PLENTY = 1e12

describe('random programs', () => {
  for (const seed of seeds(200)) {
    it(`of seed ${seed} compute the same, and pay for all they run`, async () => {
      const bytes = await wat(randomProgram(seed))
      const plain = run(bytes)
      const tank = new FuelTank(PLENTY)
      const metered = run(meterCoreModule(bytes), { [fuelImport.module]: { [fuelImport.name]: tank.global } })
      for (const [a, b] of [
        [0, 0],
        [1, 77],
        [seed, -seed],
      ]) {
        const expected = outcome(() => plain.run(a, b))
        tank.refill(PLENTY)
        expect(outcome(() => metered.run(a, b))).toEqual(expected)
        expect(metered.ticks.value).toBe(plain.ticks.value)
        expect(tank.consumed).toBeGreaterThanOrEqual(4 * plain.ticks.value)
      }
    })
  }

  it(
    'stop when their fuel does, wherever that is',
    async () => {
      for (const seed of seeds(30)) {
        const module = meterCoreModule(await wat(randomProgram(seed)))
        const fuelLeft = (fuel: number): FuelTank => {
          const tank = new FuelTank(fuel)
          const guest = run(module, { [fuelImport.module]: { [fuelImport.name]: tank.global } })
          outcome(() => guest.run(seed, 5))
          return tank
        }
        const needed = fuelLeft(PLENTY).consumed
        expect(fuelLeft(needed).remaining, `seed ${seed}`).toBe(0)
        expect(fuelLeft(needed).isEmpty, `seed ${seed}`).toBe(false)
        // Behind the last check a little may run on credit, which counts as well.
        for (const share of [0, 0.1, 0.5, 0.9]) {
          expect(fuelLeft(Math.floor(needed * share)).isEmpty, `seed ${seed}, ${share}`).toBe(true)
        }
      }
    },
    tries(60_000),
  )
})

// The types of the libraries do not have it.
const { Exception } = WebAssembly as unknown as { Exception: new () => object }

function outcome(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return error instanceof Exception ? 'exception' : (error as Error).message
  }
}

describe('modules of real toolchains', () => {
  it(
    'stay valid when clamped and metered',
    async () => {
      const modules = await realModules()
      expect(modules.length).toBeGreaterThanOrEqual(4)
      for (const { name, bytes } of modules) {
        const rewritten = meterCoreModule(
          clampCoreModule(bytes, { memoryBytes: 1 << 30, tableElements: 1_000_000 }),
        )
        expect(WebAssembly.validate(rewritten as BufferSource), name).toBe(true)
      }
    },
    tries(60_000),
  )
})

/** The tools that the tests use are WebAssembly themselves: some 6 MB, compiled from Rust. */
async function realModules(): Promise<{ name: string; bytes: Uint8Array }[]> {
  const folder = new URL('../vendor/', import.meta.resolve('@bytecodealliance/jco-transpile'))
  const names = (await readdir(fileURLToPath(folder))).filter((name) => name.endsWith('.wasm'))
  return Promise.all(names.map(async (name) => ({ name, bytes: await readFile(new URL(name, folder)) })))
}

describe('damaged modules', () => {
  it(
    'give bytes or a coded error',
    async () => {
      const outcomes = new Set<string>()
      const attempt = (input: Uint8Array): void => {
        try {
          meterCoreModule(input)
          outcomes.add('bytes')
        } catch (error) {
          if (!PluginError.is(error)) throw error
          outcomes.add(error.code)
        }
      }
      for (const seed of seeds(2)) {
        const bytes = await wat(randomProgram(seed))
        const pick = random(seed)
        for (let length = 0; length < bytes.length; length += 1 + pick(8)) attempt(bytes.subarray(0, length))
        for (let i = 0; i < 1_000; i++) {
          const damaged = bytes.slice()
          for (let flips = 1 + pick(3); flips > 0; flips--) damaged[pick(bytes.length)] = pick(256)
          attempt(damaged)
        }
      }
      expect(outcomes).toEqual(new Set(['bytes', 'INVALID_CORE_MODULE', 'UNSUPPORTED_FEATURE']))
    },
    tries(60_000),
  )
})
