// On every Node: messages between threads.
import { isDeepStrictEqual } from 'node:util'
import { type Packing, PIECE, weigh } from '@wasm-plugin/embed/internal'
import { atOnce, type Parcel, type Piece, pack, unpack } from '@wasm-plugin/embed/thread'
import { describe, expect, it } from 'vitest'
import { fc } from '../../../../test/property.js'
import { tries } from '../../../../test/seed.js'

interface Sent {
  readonly pieces: Piece[]
  readonly parcel: Parcel<{ value: unknown }>
  /** Buffers that were handed over. */
  readonly transferred: ArrayBuffer[]
}

const none = { transfers: false, max: Number.POSITIVE_INFINITY }

/** What arrives in another thread. */
function send(value: unknown, packing: Omit<Packing, 'post'> = none): Sent {
  const pieces: Piece[] = []
  const transferred: ArrayBuffer[] = []
  const post = (piece: Piece, transfer: ArrayBuffer[]) => {
    transferred.push(...transfer)
    pieces.push(structuredClone(piece, { transfer }))
  }
  const { parcel, transfer } = atOnce(pack({ value }, { ...packing, post }))
  transferred.push(...transfer)
  return { pieces, parcel: structuredClone(parcel, { transfer }), transferred }
}

function receive({ parcel, pieces }: Sent): unknown {
  const rest = [...pieces]
  const whole = atOnce(unpack(parcel, () => rest.shift()))
  expect(rest).toEqual([])
  return whole?.value
}

/** Weight of the heaviest message. */
function heaviest({ parcel, pieces }: Sent): number {
  return Math.max(...[parcel.content, ...pieces.map(({ part }) => part)].map((sent) => weigh(sent, 2 ** 40)))
}

const lists = (count: number, item: () => unknown) => Array.from({ length: count }, item)
const large = (): Record<string, unknown> => ({
  'a long list of small values': lists(100_000, () => 1),
  'a list of empty lists': lists(50_000, () => []),
  'a long text': 'x'.repeat(3_000_000),
  'lists in lists in lists': lists(30, () => lists(30, () => lists(300, () => 'text'))),
  'long lists around short ones': [[1], lists(40_000, () => true), [2], lists(40_000, () => []), 'end'],
  'records with long members': lists(5, () => ({
    before: 1,
    list: lists(20_000, () => 0.5),
    text: 'y'.repeat(600_000),
    after: { tag: 'some', val: lists(20_000, () => 2n) },
  })),
  'many texts of middling length': lists(300, () => 'z'.repeat(100_000)),
  'bytes among other things': lists(50, () => [new Uint8Array(30_000).fill(7), lists(1_000, () => null)]),
  'a member called __proto__': JSON.parse(`{"__proto__": [${'1,'.repeat(30_000)}1], "a": 1}`),
})

describe.each(Object.entries(large()))('%s', (name, value) => {
  it('arrives as it was sent, in messages that are not heavy, and stays as it is', () => {
    const sent = send(value)
    expect(sent.pieces.length).toBeGreaterThan(1)
    // What one more member brings is at most what would have been sent alone.
    expect(heaviest(sent)).toBeLessThan(2 * PIECE + 64)
    expect(isDeepStrictEqual(receive(sent), value)).toBe(true)
    expect(isDeepStrictEqual(value, large()[name])).toBe(true)
  })
})

it('any value arrives as it was sent', () => {
  const leaf = fc.oneof(
    fc.string(),
    fc.double({ noNaN: true }),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.boolean(),
    fc.constant(undefined),
    fc.nat(3_000).map((length) => new Uint8Array(length).fill(5)),
    fc.nat(20_000).map((length) => lists(length, () => 1)),
    fc.nat(700_000).map((length) => 'x'.repeat(length)),
  )
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('value')),
      fc.dictionary(fc.string(), tie('value'), { noNullPrototype: true }),
    ),
  }))
  fc.assert(
    fc.property(value, (value) => {
      expect(isDeepStrictEqual(receive(send(value)), value)).toBe(true)
    }),
    { numRuns: tries(60) },
  )
})

it('hands over memory of the sender that is all of a value, and copies the rest', () => {
  const whole = new Uint8Array(1 << 20).fill(1)
  const part = new Uint8Array(new ArrayBuffer(1 << 20), 8, 100_000).fill(2)
  const shared = new Uint8Array(new SharedArrayBuffer(1 << 20)).fill(3)
  const value = [whole, part, shared, new Uint8Array(10).fill(4)]
  const copied = send(value)
  expect(copied.transferred).toEqual([])
  expect(isDeepStrictEqual(receive(copied), value)).toBe(true)
  const buffer = whole.buffer
  const moved = send(value, { ...none, transfers: true })
  expect(moved.transferred).toEqual([buffer])
  expect(buffer.byteLength).toBe(0)
  const all = [new Uint8Array(1 << 20).fill(1), part, shared, new Uint8Array(10).fill(4)]
  expect(isDeepStrictEqual(receive(moved), all)).toBe(true)
})

describe('what is too large', () => {
  const cycle: unknown[] = lists(200, () => 1)
  cycle.push(cycle)
  const nested = (depth: number): unknown => lists(depth, () => 1).reduce((inner) => [inner, 1], 1 as unknown)
  it.each([
    ['weighs more than there is room for', lists(60_000, () => [])],
    ['has long texts', lists(4, () => 'x'.repeat(1_000_000))],
    ['has bytes', [new Uint8Array(4_000_000)]],
    ['has no end', lists(2 ** 20, () => cycle)],
    ['is in itself', cycle],
    ['is deeper than any type', nested(40_000)],
  ])('is refused when it %s', (_, value) => {
    expect(() => send(value, { transfers: false, max: 100_000 })).toThrow(
      expect.objectContaining({ code: 'VALUE_TOO_LARGE' }),
    )
  })

  it('is refused at the value that exceeds it, and not before', () => {
    const value = lists(50_000, () => 1)
    const weight = weigh({ value }, 2 ** 40)
    expect(receive(send(value, { transfers: false, max: weight }))).toHaveLength(50_000)
    expect(() => send(value, { transfers: false, max: weight - 1 })).toThrow(
      expect.objectContaining({ code: 'VALUE_TOO_LARGE' }),
    )
  })
})

it('is taken in steps on both sides, none of which is long', () => {
  const value = lists(400_000, () => [])
  let steps = 0
  const counted = <T>(generator: Generator<void, T>): T => {
    for (;;) {
      const { done, value } = generator.next()
      if (done) return value
      steps++
    }
  }
  const pieces: Piece[] = []
  const { parcel } = counted(pack({ value }, { ...none, post: (piece) => void pieces.push(piece) }))
  expect(steps).toBeGreaterThan(40)
  steps = 0
  const whole = counted(unpack(parcel, () => pieces.shift()))
  expect(isDeepStrictEqual(whole, { value })).toBe(true)
  expect(steps).toBeGreaterThan(40)
})

it('gives nothing when a piece is missing, since its sender has ended', () => {
  const { parcel, pieces } = send(lists(100_000, () => 1))
  pieces.pop()
  expect(atOnce(unpack(parcel, () => pieces.shift()))).toBeUndefined()
})
