import { PluginError } from '@wasm-plugin/runtime'
import { clampCoreModule } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { codeOf, run, wat } from './wat.js'

const PAGE = 65_536
const limits = { memoryBytes: 8 * PAGE, tableElements: 100 }

describe('clampCoreModule', () => {
  it('lets memory grow to the limit and no further', async () => {
    const guest = run(
      clampCoreModule(
        await wat(
          '(module (memory (export "m") 1) (func (export "grow") (param i32) (result i32) local.get 0 memory.grow))',
        ),
        limits,
      ),
    )
    expect(guest.grow(7)).toBe(1)
    expect(guest.grow(1)).toBe(-1)
    expect(guest.m.buffer.byteLength).toBe(limits.memoryBytes)
    expect(() => guest.m.grow(1)).toThrow(RangeError)
  })

  it('keeps a declared maximum that is lower', async () => {
    const guest = run(clampCoreModule(await wat('(module (memory (export "m") 1 2))'), limits))
    expect(guest.m.grow(1)).toBe(1)
    expect(() => guest.m.grow(1)).toThrow(RangeError)
  })

  it('lowers a declared maximum that is higher', async () => {
    const guest = run(clampCoreModule(await wat('(module (memory (export "m") 1 65536))'), limits))
    expect(() => guest.m.grow(8)).toThrow(RangeError)
  })

  it('refuses a memory that starts over the limit', async () => {
    const bytes = await wat('(module (memory 9))')
    expect(() => clampCoreModule(bytes, limits)).toThrow(
      expect.objectContaining({
        code: 'LIMIT_EXCEEDED',
        data: { limit: 'memoryBytes', value: 9 * PAGE, max: 8 * PAGE },
      }),
    )
  })

  it('refuses an imported memory that asks for more than the limit', async () => {
    const bytes = await wat('(module (import "a" "m" (memory 9)))')
    expect(codeOf(() => clampCoreModule(bytes, limits))).toBe('LIMIT_EXCEEDED')
  })

  it('links an importer and an exporter as it did before, whatever maxima they declare', async () => {
    for (const [exported, imported] of [
      ['1', '1'],
      ['1 4', '1 4'],
      ['1 4', '1 6'],
      ['1 100', '1 100'],
      ['1 100', '0 65536'],
      ['8 8', '8 8'],
    ]) {
      const exporter = run(clampCoreModule(await wat(`(module (memory (export "m") ${exported}))`), limits))
      const importer = clampCoreModule(
        await wat(`(module (import "a" "m" (memory ${imported})) (export "m" (memory 0)))`),
        limits,
      )
      expect(run(importer, { a: { m: exporter.m } }).m).toBe(exporter.m)
    }
  })

  it('clamps tables, in elements', async () => {
    const guest = run(
      clampCoreModule(
        await wat(`(module (table (export "t") 10 funcref)
          (func (export "grow") (param i32) (result i32) ref.null func local.get 0 table.grow))`),
        limits,
      ),
    )
    expect(guest.grow(90)).toBe(10)
    expect(guest.grow(1)).toBe(-1)
    expect(guest.t.length).toBe(100)
  })

  it('links imported tables and refuses tables that start over the limit', async () => {
    const exporter = run(clampCoreModule(await wat('(module (table (export "t") 4 500 externref))'), limits))
    const importer = clampCoreModule(
      await wat('(module (import "a" "t" (table 4 500 externref)) (export "t" (table 0)))'),
      limits,
    )
    expect(run(importer, { a: { t: exporter.t } }).t).toBe(exporter.t)
    const large = await wat('(module (table 101 funcref))')
    expect(codeOf(() => clampCoreModule(large, limits))).toBe('LIMIT_EXCEEDED')
  })

  it('counts all tables of a module against one budget, so that many do not add up to much', async () => {
    const bytes = await wat(`(module ${'(table 50 funcref)'.repeat(3)})`)
    expect(codeOf(() => clampCoreModule(bytes, limits))).toBe('LIMIT_EXCEEDED')
    const two = run(
      clampCoreModule(
        await wat('(module (table (export "a") 10 20 funcref) (table (export "b") 10 funcref))'),
        limits,
      ),
    )
    two.a.grow(10)
    two.b.grow(70)
    expect(() => two.b.grow(1)).toThrow(RangeError)
  })

  it('refuses more definitions than any toolchain makes', async () => {
    const bytes = await wat(`(module ${'(table 0 funcref)'.repeat(65)})`)
    expect(codeOf(() => clampCoreModule(bytes, limits))).toBe('LIMIT_EXCEEDED')
  })

  it('shares the memory budget among several memories, small maxima first', async () => {
    const bytes = clampCoreModule(await wat('(module (memory 1) (memory 1 2) (memory 0))'), limits)
    expect(memoryLimits(bytes)).toEqual([
      [1, 3],
      [1, 2],
      [0, 3],
    ])
  })

  it('keeps shared memories shared, and invalid ones invalid', async () => {
    const guest = run(clampCoreModule(await wat('(module (memory (export "m") 1 100 shared))'), limits))
    expect(guest.m.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(() => guest.m.grow(8)).toThrow(RangeError)
    const bytes = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 5, 3, 1, 2, 1)
    expect(WebAssembly.validate(bytes)).toBe(false)
    expect(codeOf(() => clampCoreModule(bytes, limits))).toBe('INVALID_CORE_MODULE')
  })

  it('does not make a module valid whose maximum is below its minimum', async () => {
    const bytes = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 5, 4, 1, 1, 2, 1)
    expect(WebAssembly.validate(clampCoreModule(bytes, limits) as BufferSource)).toBe(false)
  })

  it('clamps 64-bit memories and tables, even where the engine cannot run them', async () => {
    const bytes = await wat('(module (memory i64 1 0x1000000000000) (table i64 1 funcref))')
    expect(memoryLimits(clampCoreModule(bytes, limits))).toEqual([[1, 8]])
    const large = await wat('(module (memory i64 0x1000000000000))')
    expect(codeOf(() => clampCoreModule(large, limits))).toBe('LIMIT_EXCEEDED')
  })

  it('refuses custom page sizes', async () => {
    const bytes = await wat('(module (memory 0 (pagesize 1)))')
    expect(codeOf(() => clampCoreModule(bytes, limits))).toBe('UNSUPPORTED_FEATURE')
  })

  it('keeps table initialisers', async () => {
    const bytes = clampCoreModule(
      await wat(`(module (type $f (func)) (func $f (type $f))
        (table 3 funcref (ref.func $f)) (table 1 (ref null $f) (ref.null $f)) (elem declare func $f))`),
      limits,
    )
    // Table section: two entries, each limited to its share, expressions unchanged.
    expect(Array.from(section(bytes, 4))).toEqual([
      2, 0x40, 0, 0x70, 1, 3, 51, 0xd2, 0, 0x0b, 0x40, 0, 0x63, 0, 1, 1, 49, 0xd0, 0, 0x0b,
    ])
  })

  it('refuses types whose heap no limit can bound', async () => {
    for (const [source, feature] of [
      ['(module (type (struct (field i32))))', 'a garbage-collected struct type'],
      ['(module (type (array (mut i8))))', 'a garbage-collected array type'],
      ['(module (rec (type $a (func)) (type $b (sub (struct (field (ref null $b)))))))', 'struct'],
      ['(module (tag (param exnref)))', 'an exception that carries references'],
      ['(module (import "a" "e" (tag (param i32 externref))))', 'an exception that carries references'],
    ]) {
      const bytes = await wat(source!)
      expect(() => clampCoreModule(bytes, limits)).toThrow(
        expect.objectContaining({ code: 'UNSUPPORTED_FEATURE', message: expect.stringContaining(feature!) }),
      )
    }
    const harmless = await wat(
      '(module (tag (param i32 f64)) (func (param externref funcref) (result externref) local.get 0))',
    )
    expect(clampCoreModule(harmless, limits)).toBe(harmless)
  })

  it('returns a module without memories, tables and imports as it is', async () => {
    const bytes = await wat('(module (func))')
    expect(clampCoreModule(bytes, limits)).toBe(bytes)
  })

  it('passes imports of every kind', async () => {
    const bytes = await wat(`(module (import "a" "f" (func)) (import "a" "g" (global (mut i64)))
      (import "a" "m" (memory 0)) (import "a" "t" (table 0 funcref)) (import "a" "e" (tag)))`)
    const imports = WebAssembly.Module.imports(
      new WebAssembly.Module(clampCoreModule(bytes, limits) as BufferSource),
    )
    expect(imports.map(({ kind }) => kind)).toEqual(['function', 'global', 'memory', 'table', 'tag'])
  })

  it('answers every truncation and every flipped bit with bytes or a coded error', async () => {
    const bytes = await wat(`(module (import "a" "m" (memory 1 2)) (import "a" "t" (table 1 funcref))
      (memory 1) (table 1 2 externref) (func (export "f") (param i32) (result i32) local.get 0))`)
    const outcomes = new Set<string>()
    const attempt = (input: Uint8Array): void => {
      try {
        expect(clampCoreModule(input, limits)).toBeInstanceOf(Uint8Array)
        outcomes.add('bytes')
      } catch (error) {
        if (!PluginError.is(error)) throw error
        outcomes.add(error.code)
      }
    }
    for (let length = 0; length < bytes.length; length++) attempt(bytes.subarray(0, length))
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice()
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      attempt(flipped)
    }
    expect(outcomes).toEqual(
      new Set(['bytes', 'INVALID_CORE_MODULE', 'UNSUPPORTED_FEATURE', 'LIMIT_EXCEEDED']),
    )
  })
})

/** [min, max] of each memory in a module whose limits fit one byte. */
function memoryLimits(bytes: Uint8Array): number[][] {
  const [count, ...rest] = section(bytes, 5)
  return Array.from({ length: count! }, (_, i) => rest.slice(3 * i + 1, 3 * i + 3))
}

function section(bytes: Uint8Array, id: number): Uint8Array {
  for (let at = 8; at < bytes.length; at += 2 + bytes[at + 1]!) {
    if (bytes[at] === id) return bytes.subarray(at + 2, at + 2 + bytes[at + 1]!)
  }
  return new Uint8Array()
}
