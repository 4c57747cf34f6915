import { areaCodec, primitives, ValueArea, type ValueType } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { SEED, tries } from '../../../../test/seed.js'
import { Random, randomType, randomValue } from './random.js'

const LIMITS = { valueBytes: 1 << 20, liftedValues: 10_000 }
const TYPES = tries(400)
const VALUES = 20

/** The areas of two threads over the same memory. */
function areas(size = 1 << 16) {
  const bytes = new Uint8Array(new SharedArrayBuffer(size + 64), 64)
  return [new ValueArea(bytes, LIMITS), new ValueArea(bytes, LIMITS)] as const
}

type Areas = ReturnType<typeof areas>

function codecsOf(isHot: boolean) {
  return (type: ValueType, ...[writer, reader]: Areas) => ({
    writer: areaCodec(type, writer, isHot)!,
    // What one side writes by generated code the other may read without.
    reader: areaCodec(type, reader, type.kind === 'list' ? !isHot : isHot)!,
  })
}

const strings: ValueType = { kind: 'list', element: primitives.string }

describe.each([true, false])('values in memory that two threads share (generated code: %s)', (generated) => {
  const codecs = codecsOf(generated)

  it(`are read as they were written, one after the other, seed ${SEED}`, () => {
    const random = new Random(SEED)
    const both = areas()
    for (let i = 0; i < TYPES; i++) {
      const type = randomType(random, 1 + (i % 4))
      const { writer, reader } = codecs(type, ...both)
      for (let j = 0; j < VALUES; j++) {
        const value = randomValue(random, type)
        both[0].rewind(j % 2 === 0 ? 0 : both[0].end)
        const at = writer.write(value)
        expect(reader.read(at)).toEqual(value)
      }
    }
  })

  it('keep nothing of the memory: what is read is a copy', () => {
    const both = areas()
    const { writer, reader } = codecs({ kind: 'list', element: primitives.u8 }, ...both)
    const first = reader.read(writer.write(new Uint8Array([1, 2, 3])))
    both[0].rewind(0)
    writer.write(new Uint8Array([4, 5, 6]))
    expect(first).toEqual(new Uint8Array([1, 2, 3]))
    expect((first as Uint8Array).buffer).toBeInstanceOf(ArrayBuffer)
  })

  it.each<[string, ValueType, unknown]>([
    ['a negative u32', primitives.u32, -1],
    ['a number for a string', primitives.string, 1],
    ['a list with a hole', strings, Array(2)],
    ['an unknown case', { kind: 'variant', cases: [{ name: 'a', type: null }] }, { tag: 'b' }],
    ['an unknown flag', { kind: 'flags', labels: ['a'] }, { b: true }],
    [
      'a Proxy that throws',
      { kind: 'record', fields: [{ name: 'a', type: primitives.u8 }] },
      new Proxy(
        {},
        {
          get() {
            throw new Error('it cannot be read')
          },
        },
      ),
    ],
  ])('are refused when they are not of the type, and the next one is taken: %s', (_, type, value) => {
    const both = areas()
    const { end } = both[0]
    expect(codecs(type, ...both).writer.write(value)).toBe(-1)
    expect(both[0].end).toBe(end)
    const { writer, reader } = codecs(strings, ...both)
    expect(reader.read(writer.write(['a']))).toEqual(['a'])
  })

  it('are refused when they do not fit, to the byte, and the next one is taken', () => {
    const both = areas(1 << 12)
    const { writer, reader } = codecs(primitives.string, ...both)
    const fits = 'x'.repeat((1 << 12) - 8)
    expect(reader.read(writer.write(fits))).toBe(fits)
    both[0].rewind(0)
    expect(writer.write(`${fits}x`)).toBe(-1)
    expect(reader.read(writer.write('x'))).toBe('x')
  })

  it.each([Number.NaN, -1, 2 ** 32, 1e300, '8', {}])(
    'are refused when their length changes to %s while they are written',
    (length) => {
      const both = areas()
      let asked = 0
      const list = new Proxy(['a'], {
        get: (target, key) => (key === 'length' && ++asked > 1 ? length : Reflect.get(target, key)),
      })
      const { writer } = codecs(strings, ...both)
      // Whatever comes of it, it stays inside of the memory and the next value is right.
      writer.write(list)
      const next = codecs(strings, ...both)
      expect(next.reader.read(next.writer.write(['a', 'b']))).toEqual(['a', 'b'])
    },
  )

  it('lie beside those before them until their room is taken back', () => {
    const both = areas()
    const { writer, reader } = codecs(strings, ...both)
    const lists = [['a'], [], ['b', 'zwölf'], Array(100).fill('x')]
    const places = lists.map((list) => writer.write(list))
    expect(places.map((at) => reader.read(at))).toEqual(lists)
    both[0].rewind(0)
    expect(writer.write(['c'])).toBe(places[0])
  })

  it('are bounded by `liftedValues` when they are read', () => {
    const { writer, reader } = codecs({ kind: 'list', element: primitives.bool }, ...areas())
    const at = writer.write(Array(20_000).fill(true))
    expect(() => reader.read(at)).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
  })

  it.each([1, 100])('write a lone surrogate as U+FFFD, as it is written to a plugin (%i times)', (times) => {
    const { writer, reader } = codecs(primitives.string, ...areas())
    expect(reader.read(writer.write('a\ud800b'.repeat(times)))).toBe('a\ufffdb'.repeat(times))
  })

  it('are refused when they have more bytes than units, and too many', () => {
    const both = areas(1 << 12)
    const { writer, reader } = codecs(primitives.string, ...both)
    expect(writer.write('é'.repeat(1 << 11))).toBe(-1)
    expect(writer.write('€'.repeat(1 << 11))).toBe(-1)
    expect(reader.read(writer.write('€'.repeat(1_000)))).toBe('€'.repeat(1_000))
  })
})

it('has no codec for types with handles', () => {
  const [area] = areas()
  const own = { kind: 'own', resource: { name: 'thing' } } as unknown as ValueType
  expect(areaCodec({ kind: 'list', element: own }, area, true)).toBeNull()
})
