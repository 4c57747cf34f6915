import type { FuncType, ValueType } from '@wasm-plugin/runtime'
import {
  alignOf,
  discriminantSize,
  fieldOffsets,
  flattenFunc,
  flattenType,
  primitives as p,
  payloadOffset,
  sizeOf,
} from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'

const record = (...types: ValueType[]): ValueType => ({
  kind: 'record',
  fields: types.map((type, i) => ({ name: `f${i}`, type })),
})
const tuple = (...items: ValueType[]): ValueType => ({ kind: 'tuple', items })
const variant = (...types: (ValueType | null)[]): ValueType => ({
  kind: 'variant',
  cases: types.map((type, i) => ({ name: `c${i}`, type })),
})
const labels = (count: number) => Array.from({ length: count }, (_, i) => `l${i}`)
const func = (params: ValueType[], result: ValueType | null): FuncType => ({
  kind: 'func',
  async: false,
  params: params.map((type, i) => ({ name: `p${i}`, type })),
  result,
})

describe('layout of a type in linear memory', () => {
  it.each<[string, ValueType, number, number]>([
    ['bool', p.bool, 1, 1],
    ['s16', p.s16, 2, 2],
    ['char', p.char, 4, 4],
    ['f64', p.f64, 8, 8],
    ['string', p.string, 8, 4],
    ['list', { kind: 'list', element: p.u64 }, 8, 4],
    ['fixed list', { kind: 'list', element: p.u16, length: 3 }, 6, 2],
    ['own', { kind: 'own', resource: { kind: 'resource', name: 'r' } }, 4, 4],
    ['record with padding inside and at the end', record(p.u8, p.u32, p.u8), 12, 4],
    ['tuple that ends in a wide field', tuple(p.u8, p.u64), 16, 8],
    ['option<u8>', { kind: 'option', element: p.u8 }, 2, 1],
    ['option<u64>', { kind: 'option', element: p.u64 }, 16, 8],
    ['result without payloads', { kind: 'result', ok: null, err: null }, 1, 1],
    ['result<u8, string>', { kind: 'result', ok: p.u8, err: p.string }, 12, 4],
    ['variant of u8 and f32', variant(p.u8, null, p.f32), 8, 4],
    ['enum of 256', { kind: 'enum', labels: labels(256) }, 1, 1],
    ['enum of 257', { kind: 'enum', labels: labels(257) }, 2, 2],
    ['flags of 8', { kind: 'flags', labels: labels(8) }, 1, 1],
    ['flags of 9', { kind: 'flags', labels: labels(9) }, 2, 2],
    ['flags of 17', { kind: 'flags', labels: labels(17) }, 4, 4],
  ])('%s', (_, type, size, align) => {
    expect([sizeOf(type), alignOf(type)]).toEqual([size, align])
  })

  it('aligns fields and payloads', () => {
    expect(fieldOffsets([p.u8, p.u32, p.u8, p.u64])).toEqual([0, 4, 8, 16])
    expect(payloadOffset([{ type: p.u8 }, { type: p.u64 }])).toBe(8)
    expect([256, 257, 65536, 65537].map(discriminantSize)).toEqual([1, 2, 2, 4])
  })

  it('is computed once per node, so a type that doubles per level costs its levels', () => {
    let type: ValueType = p.u64
    for (let level = 0; level < 60; level++) type = tuple(type, type)
    expect(sizeOf(type)).toBe(8 * 2 ** 60)
    expect(flattenType(type)).toBeNull()
  })
})

describe('flattening', () => {
  it('joins the payloads of a variant slot by slot', () => {
    expect(flattenType(variant(p.f32, p.u32))).toEqual(['i32', 'i32'])
    expect(flattenType(variant(p.f64, p.f32))).toEqual(['i32', 'i64'])
    expect(flattenType(variant(p.string, p.u64, null))).toEqual(['i32', 'i64', 'i32'])
  })

  it('spills more than 16 parameters and more than one result', () => {
    const sixteen = new Array(16).fill(p.u32)
    expect(flattenFunc(func(sixteen, null), 'lift').core.params).toHaveLength(16)
    const spilled = func([...sixteen, p.u8], p.string)
    expect(flattenFunc(spilled, 'lift')).toEqual({
      core: { kind: 'func', params: ['i32'], results: ['i32'] },
      paramsInMemory: true,
      resultInMemory: true,
    })
    expect(flattenFunc(spilled, 'lower').core).toEqual({ kind: 'func', params: ['i32', 'i32'], results: [] })
    expect(flattenFunc(func([p.string], p.f64), 'lower').core).toEqual({
      kind: 'func',
      params: ['i32', 'i32'],
      results: ['f64'],
    })
  })

  it('flattens a fixed-length list in place', () => {
    expect(flattenType({ kind: 'list', element: p.f32, length: 3 })).toEqual(['f32', 'f32', 'f32'])
    expect(flattenType({ kind: 'list', element: p.f32, length: 4_000_000_000 })).toBeNull()
  })
})
