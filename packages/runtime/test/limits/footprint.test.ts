import { type Footprint, footprintOf } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { codeOf, wat } from './wat.js'

const of = async (fields: string): Promise<Footprint> => footprintOf(await wat(`(module ${fields})`))

/** What `fields` add to a module of `others`. */
async function added(fields: string, others = ''): Promise<Footprint> {
  const [without, with_] = [await of(others), await of(`${others} ${fields}`)]
  return {
    heapBytes: with_.heapBytes - without.heapBytes,
    tableElements: with_.tableElements - without.tableElements,
    dataBytes: with_.dataBytes - without.dataBytes,
  }
}

describe('what a core module takes from the engine', () => {
  it('is something for an instance of nothing', async () => {
    expect(await of('')).toEqual({ heapBytes: 4_096, tableElements: 0, dataBytes: 0 })
  })

  it.each([
    ['a function that nothing refers to', '(func)', '', 16],
    ['one that a segment refers to', '(elem func 0)', '(func)', 8 + 272],
    [
      'one that a global may refer to',
      '(global funcref (ref.func 0)) (elem declare func 0)',
      '(func)',
      16 + 8 + 272,
    ],
    ['an import of a function', '(import "a" "b" (func))', '', 16],
    ['an import of a global', '(import "a" "b" (global i32))', '', 16],
    ['a global', '(global i32 (i32.const 0))', '', 16],
    ['an export', '(export "a" (func 0))', '(func)', 400],
    ['a table at its maximum', '(table 1 100 funcref)', '', 40 * 100],
    ['a table without one', '(table 7 funcref)', '', 40 * 7],
    ['tables, each', '(table 1 2 funcref) (table 3 4 externref)', '', 40 * 6],
    ['a table of 64-bit indices', '(table i64 1 5 funcref)', '', 40 * 5],
    ['a table with a first value', '(table 3 3 funcref (ref.null func))', '', 40 * 3],
    ['null references in a segment', '(elem funcref (ref.null func) (ref.null func))', '', 8 * 2],
    ['code', '(func (drop (i32.const 1)) (drop (i32.const 2)))', '', 16],
    ['a memory', '(memory 1 10)', '', 0],
  ])('%s', async (_, fields, others, heapBytes) => {
    expect(await added(fields, others)).toMatchObject({ heapBytes, dataBytes: 0 })
  })

  it('counts the bytes of data that are copied when it begins, passive ones not', async () => {
    const data = await added('(data (i32.const 0) "abc") (data "de")', '(memory 1)')
    expect(data).toEqual({ heapBytes: 0, tableElements: 0, dataBytes: 3 })
  })

  it('refuses what is cut off', async () => {
    const bytes = await wat('(module (table 1 2 funcref) (elem (i32.const 0) func 0) (func))')
    for (let length = 9; length < bytes.length; length++)
      expect(['INVALID_CORE_MODULE', 'no error']).toContain(codeOf(() => footprintOf(bytes.slice(0, length))))
    expect(codeOf(() => footprintOf(bytes.slice(0, 12)))).toBe('INVALID_CORE_MODULE')
  })
})
