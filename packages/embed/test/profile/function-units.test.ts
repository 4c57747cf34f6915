import { readFunctionUnits } from '@wasm-plugin/embed/internal'
import { expect, it } from 'vitest'

it('are numbers, by module and function', () => {
  const units = [Float64Array.of(1, 0, 1e15), new Float64Array()]
  expect(readFunctionUnits(units)).toEqual(units)
})

it.each([
  undefined,
  null,
  'a',
  {},
  [1],
  [[1, 2]],
  [Float64Array.of(-1)],
  [Float64Array.of(Number.NaN)],
  [Float64Array.of(Number.POSITIVE_INFINITY)],
  [new Uint8Array(5)],
  { length: 1, 0: new Float64Array() },
  Array.from({ length: 10_001 }, () => new Float64Array()),
])('of a process that says anything are refused', (given) => {
  expect(() => readFunctionUnits(given)).toThrow()
})
