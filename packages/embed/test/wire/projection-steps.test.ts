import { atOnce } from '@wasm-plugin/embed'
import { MISFIT, projectInSteps, projectionOf, Room } from '@wasm-plugin/embed/internal'
import type { ValueType } from '@wasm-plugin/runtime'
import { expect, it } from 'vitest'
import { attack } from '../../../../test/attack.js'

const u8 = { kind: 'u8' } as ValueType
const text = { kind: 'string' } as ValueType
const list = (element: ValueType) => ({ kind: 'list', element }) as ValueType
const option = (element: ValueType) => ({ kind: 'option', element }) as ValueType
const record = (...fields: [string, ValueType][]) =>
  ({ kind: 'record', fields: fields.map(([name, type]) => ({ name, type })) }) as ValueType
const tuple = (...items: ValueType[]) => ({ kind: 'tuple', items }) as ValueType
const variant = (...cases: [string, ValueType | null][]) =>
  ({ kind: 'variant', cases: cases.map(([name, type]) => ({ name, type })) }) as ValueType
const result = (ok: ValueType | null, err: ValueType | null) => ({ kind: 'result', ok, err }) as ValueType

const numbers = Array.from({ length: 40_000 }, (_, i) => i % 256)
const CASES: [ValueType, ...unknown[]][] = [
  [u8, 1, 'x', undefined],
  [list(text), ['a', 'b'], [], 'ab', [Symbol('no')], null],
  [list(u8), [1, 2], numbers, new Uint8Array(3), [...numbers, 'x'], [...numbers, 256], {}],
  [list(list(u8)), [[1], new Uint8Array(2), numbers], [[1], 2]],
  [record(['a-b', list(text)], ['c', u8]), { aB: ['x'], c: 1, d: 2 }, { aB: 1, c: 1 }, { c: 1 }, 7],
  [tuple(list(text), u8), [['x'], 1], [['x']], [['x'], 1, 2]],
  [option(list(text)), null, undefined, ['x'], 5],
  [option(option(list(text))), { tag: 'none' }, { tag: 'some', val: ['x'] }, { tag: 'other' }],
  [variant(['a', list(text)], ['b', null]), { tag: 'a', val: ['x'] }, { tag: 'b' }, { tag: 'toString' }],
  [result(list(text), null), { tag: 'ok', val: ['x'] }, { tag: 'err' }, null],
]

/** What comes of it, and what it takes of the room. */
function outcome(run: (room: Room) => unknown, most: number): unknown {
  const room = new Room(most)
  try {
    const value = run(room)
    let left = 0
    for (let bit = 2 ** 20; bit >= 1; bit /= 2) {
      try {
        room.require(left + bit)
        left += bit
      } catch {}
    }
    return { value, left }
  } catch (error) {
    return error === MISFIT ? 'misfit' : (error as { code?: unknown }).code
  }
}

it('makes the same copy in steps as in one go, and refuses the same', () => {
  const onHandle = (value: unknown) => value
  for (const [type, ...values] of CASES)
    for (const value of values)
      for (const most of [1_000_000, 3]) {
        const whole = outcome((room) => projectionOf(type)(value, { room, onHandle }), most)
        const steps = outcome((room) => atOnce(projectInSteps(type, value, { room, onHandle })), most)
        expect([type, value, steps]).toEqual([type, value, whole])
      }
})

attack(
  'E76',
  'Asks for an answer of the application that holds a million lists, numbers or texts',
  'it is read in steps, with the application in between',
  () => {
    const stepsIn = (type: ValueType, value: unknown) => {
      const to = { room: new Room(Number.POSITIVE_INFINITY), onHandle: () => {} }
      const steps = projectInSteps(type, value, to)
      let count = 0
      while (steps.next().done !== true) count++
      return count
    }
    const million = (value: unknown) => Array(1_000_000).fill(value)
    expect(stepsIn(list(list(text)), million([]))).toBeGreaterThan(3_000)
    expect(stepsIn(list(text), million('a'))).toBeGreaterThan(3_000)
    expect(stepsIn(list(u8), million(1))).toBeGreaterThan(50)
    expect(
      stepsIn(result(record(['a', list(list(u8))]), null), { tag: 'ok', val: { a: [million(1)] } }),
    ).toBeGreaterThan(50)
  },
)
