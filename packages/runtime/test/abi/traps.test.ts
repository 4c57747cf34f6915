import { PluginError } from '@wasm-plugin/runtime'
import type { InstanceLimits } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { throughAreas } from './through-areas.js'
import { allocator, compileWat } from './wat.js'

/** A component whose `f` returns `core` as `type`, with `data` at address 16. */
function returning(type: string, { core, data = '', encoding = 'utf8', flat = 'i32' }: Returned): string {
  return `(component
    (core module $m
      (memory (export "memory") 1)
      (data (i32.const 16) "${data}")
      (func (export "f") (result ${flat}) ${core}))
    (core instance $i (instantiate $m))
    (alias core export $i "memory" (core memory $memory))
    (type $e0 (enum "a" "b")) (export $e "e" (type $e0))
    (type $fl0 (flags "a" "b" "c")) (export $fl "fl" (type $fl0))
    (type $v0 (variant (case "a" u8) (case "b"))) (export $v "v" (type $v0))
    (func (export "f") (result ${type})
      (canon lift (core func $i "f") (memory (core memory $memory)) string-encoding=${encoding})))`
}

interface Returned {
  readonly core: string
  readonly data?: string
  readonly encoding?: string
  readonly flat?: string
}

describe.each(['by generated code', 'by closures', 'to shared memory'])(
  'values that a guest hands over %s',
  (way) => {
    /** The function `f` of a component. */
    async function instantiated(wat: string, limits: Partial<InstanceLimits> = {}) {
      const component = await compileWat(wat)
      const instance = component.instantiate({}, { codeGeneration: way !== 'by closures', limits })
      const f =
        way === 'to shared memory'
          ? throughAreas(component, instance, 'f').call
          : (instance.exports.f as (...args: unknown[]) => unknown)
      return { instance, f }
    }

    async function call(type: string, returned: Returned): Promise<unknown> {
      const { instance, f } = await instantiated(returning(type, returned), { valueBytes: 60_000 })
      try {
        return f()
      } catch (error) {
        if (!PluginError.is(error)) throw error
        expect(instance.poisoned).toBe(error)
        expect(() => f()).toThrow(/cannot be entered/)
        return error.code === 'ABI_TRAP' ? error.data.reason : `${error.code} ${error.data.limit}`
      }
    }
    const at16 = '(i32.const 16)'

    it.each([
      ['bool', { core: '(i32.const 2)' }, true],
      ['bool', { core: '(i32.const 0)' }, false],
      ['u8', { core: '(i32.const 0x1ff)' }, 255],
      ['s8', { core: '(i32.const 0x1ff)' }, -1],
      ['u16', { core: '(i32.const -1)' }, 65535],
      ['s16', { core: '(i32.const 0x18000)' }, -32768],
      ['u32', { core: '(i32.const -1)' }, 4294967295],
      ['s32', { core: '(i32.const -1)' }, -1],
      ['u64', { core: '(i64.const -1)', flat: 'i64' }, 18446744073709551615n],
      ['s64', { core: '(i64.const -1)', flat: 'i64' }, -1n],
      ['f64', { core: '(f64.const nan:0x123)', flat: 'f64' }, Number.NaN],
      ['char', { core: '(i32.const 0x10ffff)' }, '\u{10ffff}'],
      ['char', { core: '(i32.const 0xd800)' }, 'a char is not a Unicode scalar value'],
      ['char', { core: '(i32.const 0xdfff)' }, 'a char is not a Unicode scalar value'],
      ['char', { core: '(i32.const 0x110000)' }, 'a char is not a Unicode scalar value'],
      ['char', { core: '(i32.const -1)' }, 'a char is not a Unicode scalar value'],
      ['$e', { core: '(i32.const 1)' }, 'b'],
      ['$e', { core: '(i32.const 2)' }, /discriminant/],
      ['$e', { core: '(i32.const -1)' }, /discriminant/],
      ['$fl', { core: '(i32.const -1)' }, { a: true, b: true, c: true }],
      ['$v', { core: at16, data: '\\00\\07' }, { tag: 'a', val: 7 }],
      ['$v', { core: at16, data: '\\02\\07' }, /discriminant/],
      ['(option u32)', { core: at16, data: '\\02' }, /discriminant/],
      ['(result u8 (error u8))', { core: at16, data: '\\02' }, /discriminant/],
      ['(result)', { core: '(i32.const 2)' }, /discriminant/],
      ['(tuple bool bool)', { core: at16, data: '\\ff\\00' }, [true, false]],
      ['(option u32)', { core: '(i32.const 17)' }, /misaligned/],
      ['(option u32)', { core: '(i32.const 65532)' }, /out of bounds/],
      ['(option u32)', { core: '(i32.const -4)' }, /out of bounds/],
    ] as const)('%s from %o', async (type, returned, expected) => {
      expect(await call(type, returned)).toEqual(
        expected instanceof RegExp ? expect.stringMatching(expected) : expected,
      )
    })

    /** Pointer and length at address 16, bytes at 32. */
    const pair = (pointer: number, length: number, bytes = '') => ({
      core: at16,
      data: `${le32(pointer)}${le32(length)}${'\\00'.repeat(8)}${bytes}`,
    })

    it.each([
      ['utf8', pair(32, 3, 'abc'), 'abc'],
      ['utf8', pair(32, 6, '\\ef\\bb\\bfabc'), '\ufeffabc'],
      ['utf8', pair(32, 3, '\\ef\\bf\\bd'), '\ufffd'],
      ['utf8', pair(32, 1, '\\ff'), 'a string is not valid UTF-8'],
      ['utf8', pair(32, 2, 'a\\c3'), 'a string is not valid UTF-8'],
      ['utf8', pair(32, 3, '\\ed\\a0\\80'), 'a string is not valid UTF-8'],
      ['utf8', pair(32, 16, 'aaaaaaaaaaaaaaa\\ff'), 'a string is not valid UTF-8'],
      ['utf8', pair(32, 40, `${'a'.repeat(39)}\\ff`), 'a string is not valid UTF-8'],
      ['utf8', pair(33, 41, `a${'a'.repeat(20)}\\c3${'a'.repeat(20)}`), 'a string is not valid UTF-8'],
      ['utf8', pair(65535, 2), /out of bounds/],
      ['utf8', pair(0, 0xffffffff), /out of bounds/],
      ['utf8', pair(0xffffffff, 1), /out of bounds/],
      ['utf8', pair(0, 60_001), 'LIMIT_EXCEEDED valueBytes'],
      ['utf16', pair(32, 2, '\\ff\\fea\\00'), '\ufeffa'],
      ['utf16', pair(32, 2, '\\3d\\d8\\00\\de'), '\u{1f600}'],
      ['utf16', pair(32, 1, '\\3d\\d8'), 'a string is not valid UTF-16'],
      ['utf16', pair(32, 2, '\\00\\de\\3d\\d8'), 'a string is not valid UTF-16'],
      ['utf16', pair(33, 1), /misaligned/],
      ['utf16', pair(32, 0x80000000), /out of bounds/],
      ['latin1+utf16', pair(32, 3, 'a\\e9\\80'), 'a\u00e9\u0080'],
      ['latin1+utf16', pair(32, 0x80000001, '\\ac\\20'), '\u20ac'],
      ['latin1+utf16', pair(32, 0x80000001, '\\00\\d8'), 'a string is not valid UTF-16'],
      ['latin1+utf16', pair(33, 1, 'a'), /misaligned/],
      ['latin1+utf16', pair(32, 0xffffffff), /out of bounds/],
    ] as const)('a %s string from %o', async (encoding, returned, expected) => {
      const result = await call('string', { ...returned, encoding })
      expect(result).toEqual(expected instanceof RegExp ? expect.stringMatching(expected) : expected)
    })

    it.each([
      ['(list u16)', pair(32, 2, '\\01\\00\\02\\00'), Uint16Array.of(1, 2)],
      ['(list u16)', pair(33, 0), /not aligned/],
      ['(list u16)', pair(65536, 0), new Uint16Array()],
      ['(list u16)', pair(65538, 0), /out of bounds/],
      ['(list u64)', pair(32, 0x20000001), /out of bounds/],
      ['(list bool)', pair(0, 0xffffffff), /out of bounds/],
      ['(list bool)', pair(0, 60_001), 'LIMIT_EXCEEDED valueBytes'],
      ['(list string)', pair(32, 1, `${le32(0xfffffff0)}${le32(32)}`), /out of bounds/],
      ['(list char)', pair(32, 1, '\\00\\d8\\00\\00'), /Unicode/],
    ] as const)('%s from %o', async (type, returned, expected) => {
      const result = await call(type, returned)
      expect(result).toEqual(expected instanceof RegExp ? expect.stringMatching(expected) : expected)
    })

    it.each([
      ['(i32.const 1)', /misaligned/],
      ['(i32.const 0x7ffffffc)', /out of bounds/],
      ['(i32.const -4)', /out of bounds/],
      ['unreachable', /unreachable/],
    ])('a realloc that answers %s', async (answer, reason) => {
      const { instance, f } = await instantiated(`(component
      (core module $m
        (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) ${answer})
        (func (export "f") (param i32 i32)))
      (core instance $i (instantiate $m))
      (alias core export $i "memory" (core memory $memory))
      (func (export "f") (param "list" (list u32))
        (canon lift (core func $i "f") (memory (core memory $memory)) (realloc (core func $i "realloc")))))`)
      expect(() => f([1])).toThrow(reason)
      expect(instance.poisoned?.message).toMatch(reason)
    })

    it('counts lifted values, so that many small values are refused like one large', async () => {
      const { f } = await instantiated(returning('(list string)', pair(1024, 100)), { liftedValues: 150 })
      expect(() => f()).toThrow(/liftedValues is \d+, over the limit of 150/)
    })

    it('reads memory that realloc grew', async () => {
      const { f } = await instantiated(`(component ${allocator}
      (core module $m (func (export "f") (param i32 i32) (result i32)
        (local.get 1)))
      (core instance $i (instantiate $m))
      (func (export "f") (param "text" string) (result u32)
        (canon lift (core func $i "f") (memory (core memory $memory)) (realloc (core func $realloc)))))`)
      for (const size of [10_000, 100_000, 1_000_000, 3_000_000]) expect(f('é'.repeat(size))).toBe(size * 2)
    })
  },
)

function le32(value: number): string {
  return [0, 8, 16, 24]
    .map((shift) => `\\${((value >>> shift) & 255).toString(16).padStart(2, '0')}`)
    .join('')
}
