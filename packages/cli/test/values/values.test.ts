import type { ValueType } from '@wasm-plugin/runtime'
import { primitives } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { formatJson, parseValue, toHostValue, toJsonValue } from '#internal'

const { u8, s8, s64, u64, f64, bool, string, char } = primitives
const list = (element: ValueType): ValueType => ({ kind: 'list', element })
const option = (element: ValueType): ValueType => ({ kind: 'option', element })
const colour: ValueType = { kind: 'enum', labels: ['red', 'dark-green'] }
const rights: ValueType = { kind: 'flags', labels: ['can-read', 'can-write'] }
const outcome: ValueType = { kind: 'result', ok: u8, err: string }
const empty: ValueType = { kind: 'result', ok: null, err: null }
const pair: ValueType = { kind: 'tuple', items: [s64, char] }
const shape: ValueType = {
  kind: 'variant',
  cases: [
    { name: 'dot', type: null },
    { name: 'circle', type: f64 },
  ],
}
const item: ValueType = {
  kind: 'record',
  fields: [
    { name: 'unit-price', type: u8 },
    { name: 'tag', type: option(string) },
  ],
}

const host = (type: ValueType, text: string) => toHostValue(type, parseValue(text), 'f(x)')

describe('a value on the command line', () => {
  it.each<[string, ValueType, string, unknown]>([
    ['bool', bool, 'true', true],
    ['u8', u8, '255', 255],
    ['s8', s8, ' -128 ', -128],
    ['s64', s64, '-9223372036854775808', -(2n ** 63n)],
    ['u64', u64, '18446744073709551615', 2n ** 64n - 1n],
    ['u64 as a string, as --json prints it', u64, '"18446744073709551615"', 2n ** 64n - 1n],
    ['f64', f64, '-1.5e3', -1500],
    ['f64 inf', f64, '-inf', Number.NEGATIVE_INFINITY],
    ['f64 nan', f64, 'nan', Number.NaN],
    ['string', string, '"a\\n\\u00e9\\u{1F600}\\""', 'a\né😀"'],
    ['char', char, "'😀'", '😀'],
    ['char as JSON', char, '"x"', 'x'],
    ['list', list(bool), '[true, false,]', [true, false]],
    ['list of bytes', list(u8), '[1, 2]', Uint8Array.of(1, 2)],
    ['list of s64', list(s64), '[-1]', BigInt64Array.of(-1n)],
    ['tuple', pair, "(1, 'x')", [1n, 'x']],
    ['tuple as JSON', pair, '[1, "x"]', [1n, 'x']],
    ['record as JSON', item, '{"unit-price": 3, "tag": "a"}', { unitPrice: 3, tag: 'a' }],
    ['record as WAVE', item, '{unit-price: 3, tag: some("a")}', { unitPrice: 3, tag: 'a' }],
    ['record in camelCase', item, '{unitPrice: 3}', { unitPrice: 3, tag: undefined }],
    ['enum', colour, 'dark-green', 'dark-green'],
    ['enum as JSON', colour, '"red"', 'red'],
    ['flags as WAVE', rights, '{can-read}', { canRead: true, canWrite: false }],
    ['flags as a list', rights, '["can-write"]', { canRead: false, canWrite: true }],
    ['flags as JSON', rights, '{"canRead": true, "canWrite": false}', { canRead: true, canWrite: false }],
    ['no flags', rights, '{}', { canRead: false, canWrite: false }],
    ['variant', shape, 'circle(1.5)', { tag: 'circle', val: 1.5 }],
    ['variant without payload', shape, 'dot', { tag: 'dot' }],
    ['variant as JSON', shape, '{"tag": "circle", "val": 2}', { tag: 'circle', val: 2 }],
    ['option', option(u8), 'some(1)', 1],
    ['bare option', option(u8), '1', 1],
    ['no option', option(u8), 'none', undefined],
    ['null', option(u8), 'null', undefined],
    ['nested option', option(option(u8)), 'some(none)', { tag: 'some', val: undefined }],
    ['nested none', option(option(u8)), 'none', { tag: 'none' }],
    ['thrice none', option(option(option(u8))), 'none', undefined],
    ['thrice some', option(option(option(u8))), 'some(none)', { tag: 'none' }],
    ['ok', outcome, 'ok(1)', { tag: 'ok', val: 1 }],
    ['err', outcome, 'err("no")', { tag: 'err', val: 'no' }],
    ['ok of nothing', empty, 'ok', { tag: 'ok' }],
    ['keyword', { kind: 'enum', labels: ['type'] }, '%type', 'type'],
  ])('%s', (_, type, text, value) => {
    expect(host(type, text)).toEqual(value)
  })

  it.each<[ValueType, string, string]>([
    [u8, '256', 'f(x): expected u8 (0 to 255), got 256'],
    [u8, '1.5', 'f(x): expected u8 (0 to 255), got 1.5'],
    [s8, '-129', 'f(x): expected s8 (-128 to 127), got -129'],
    [bool, '1', 'f(x): expected true or false, got 1'],
    [char, '"ab"', 'f(x): expected a char, got "ab"'],
    [string, '1', 'f(x): expected a string, got 1'],
    [list(item), '[{unit-price: 1}, {unit-price: -1}]', 'f(x)[1].unit-price: expected u8 (0 to 255), got -1'],
    [item, '{}', 'f(x).unit-price: expected a value (u8), got nothing'],
    [
      item,
      '{unit-price: 1, tags: "x"}',
      'f(x): expected a record with the fields unit-price, tag, got the field tags',
    ],
    [item, '3', 'f(x): expected a record {unit-price, tag}, got 3'],
    [colour, 'green', 'f(x): expected one of red, dark-green, got green'],
    [rights, '["can-fly"]', 'f(x): expected one of can-read, can-write, got can-fly'],
    [shape, 'circle', 'f(x).circle: expected a value (f64), got nothing'],
    [shape, 'dot(1)', 'f(x).dot: expected no payload, got 1'],
    [pair, '(1)', 'f(x): expected a tuple of 2, got a tuple of 1'],
    [
      { kind: 'own', resource: { kind: 'resource', name: 'r' } },
      '1',
      'f(x): expected a value that can be written down, got own',
    ],
  ])('refuses a value of another type (case %#)', (type, text, message) => {
    expect(() => host(type, text)).toThrow(expect.objectContaining({ code: 'WRONG_VALUE', message }))
  })

  it.each([
    ['', 'a value is missing at character 1'],
    ['[1', 'expected , or ] at character 3'],
    ['1 2', 'unexpected 2 after the value at character 3'],
    ['"abc', 'the quote " is not closed at character 1'],
    ['"\\x"', 'unknown escape at character 3'],
    ['{a 1}', 'expected , or } at character 4'],
    ['{1: 2}', 'a field name is missing at character 2'],
    ['some(1', 'expected ) at character 7'],
    ['@', 'unexpected @ at character 1'],
    ['['.repeat(10_000), 'more than 200 levels deep'],
  ])('says where a text stops making sense (case %#)', (text, reason) => {
    expect(() => parseValue(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_VALUE', message: expect.stringContaining(reason) }),
    )
  })

  it('takes a field called __proto__ as a field, and as nothing else', () => {
    const type: ValueType = { kind: 'record', fields: [{ name: 'a', type: option(u8) }] }
    expect(() => host(type, '{"__proto__": {"a": 1}}')).toThrow(
      expect.objectContaining({ code: 'WRONG_VALUE' }),
    )
    expect(Object.getPrototypeOf(host(type, '{a: 1}'))).toBe(null)
  })
})

describe('a value that a plugin returned', () => {
  it.each<[ValueType, unknown, unknown]>([
    [item, { unitPrice: 3, tag: undefined }, { 'unit-price': 3, tag: null }],
    [rights, { canRead: true, canWrite: false }, ['can-read']],
    [shape, { tag: 'circle', val: Number.POSITIVE_INFINITY }, { tag: 'circle', val: 'inf' }],
    [f64, Number.NaN, 'nan'],
    [list(u8), Uint8Array.of(1, 2), [1, 2]],
    [option(option(u8)), { tag: 'some', val: undefined }, { tag: 'some', val: null }],
    [empty, { tag: 'err' }, { tag: 'err' }],
    [{ kind: 'own', resource: { kind: 'resource', name: 'brush' } }, {}, '<brush>'],
  ])('is plain JSON (case %#)', (type, value, json) => {
    expect(toJsonValue(type, value)).toEqual(json)
  })

  it('is printed on one line while it fits, and every digit of a 64-bit integer is', () => {
    expect(formatJson({ a: [1, 2n ** 64n - 1n], b: null })).toBe(
      '{ "a": [1, 18446744073709551615], "b": null }',
    )
    expect(formatJson({ text: 'x'.repeat(100), list: [] })).toBe(
      `{\n  "text": "${'x'.repeat(100)}",\n  "list": []\n}`,
    )
  })
})
