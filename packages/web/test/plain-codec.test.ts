import { atOnce } from '@wasm-plugin/embed/wire'
import { expect, it } from 'vitest'
import { decodePlain, encodePlain } from '#internal'
import { fc } from '../../../test/property.js'

const through = (value: unknown) =>
  decodePlain(atOnce(encodePlain(value, Number.POSITIVE_INFINITY)).slice() as Uint8Array<ArrayBuffer>)

const leaf = fc.oneof(
  fc.constantFrom(undefined, null, true, false, Number.NaN, -0, Number.POSITIVE_INFINITY),
  fc.double(),
  fc.bigInt(),
  fc.string({ unit: 'grapheme' }),
  fc.uint8Array(),
  fc.float32Array(),
  fc.bigInt64Array(),
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value')),
    fc.dictionary(fc.string({ unit: 'grapheme' }), tie('value')),
  ),
}))

it('a value comes out of memory as it went in', () => {
  fc.assert(
    fc.property(value, (given) => {
      expect(through(given)).toEqual(given)
    }),
  )
})

it('an object has the names that it had, whatever they are', () => {
  const odd = JSON.parse('{ "__proto__": 1, "constructor": 2, "then": 3, "": 4 }')
  expect(Object.entries(through(odd) as object)).toEqual(Object.entries(odd))
})

it('what weighs more than the thread has room for is refused before it is written', () => {
  expect(() => atOnce(encodePlain(Array(1_000).fill('text'), 100))).toThrow(
    expect.objectContaining({ code: 'VALUE_TOO_LARGE' }),
  )
})
