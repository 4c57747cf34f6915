import { Durations } from '@wasm-plugin/embed/internal'
import { expect, it } from 'vitest'
import { fc } from '../../../test/property.js'

const part = fc.constantFrom(0.01, 0.5, 0.9, 0.99, 1)
/** Microseconds, of every magnitude. */
const times = fc.array(
  fc.nat(31).chain((power) => fc.nat(2 ** power)),
  { minLength: 1, maxLength: 200 },
)

it('tells how long a part of the calls took at most, to an eighth', () => {
  fc.assert(
    fc.property(times, part, (all, part) => {
      const durations = new Durations()
      for (const us of all) durations.add(us / 1e3)
      const exact = [...all].sort((a, b) => a - b)[Math.ceil(all.length * part) - 1] as number
      const us = durations.most(part) * 1e3
      expect(us).toBeGreaterThanOrEqual(exact - 1e-3)
      expect(us).toBeLessThanOrEqual(exact * 1.125 + 1e-3)
    }),
  )
})

it('takes what no clock should say', () => {
  const durations = new Durations()
  expect(durations.most(0.5)).toBe(0)
  for (const ms of [-1, 0, 1e12]) durations.add(ms)
  expect(durations.most(0.5)).toBe(0)
  expect(durations.most(1)).toBeGreaterThan(2_000_000)
})
