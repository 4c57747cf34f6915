import { renew } from './renew.mjs'

/**
 * What an engine offers to the rows. A row that an engine has no method for shows "-".
 *
 * @typedef {object} Engine
 * @property {boolean} [isAsync] its methods give promises
 * @property {() => unknown} [between] called now and then, outside of what is measured
 * @property {(a: number, b: number) => number} [add]
 * @property {(value: string) => string} [echoString]
 * @property {(value: string) => string} [echoUtf16] the same by a plugin whose texts are in UTF-16
 * @property {(value: Uint8Array) => Uint8Array} [echoBytes]
 * @property {(value: object) => object} [echoSix]
 * @property {(value: object[]) => object[]} [echoItems]
 * @property {(value: number) => number} [check] throws for 0
 * @property {(times: number) => number} [callAdd] the guest calls the host so many times
 * @property {(times: number) => void} [callLog]
 * @property {(times: number) => number} [meteredSum]
 * @property {(n: number) => number} [meteredFib]
 * @property {() => unknown} [instantiate]
 * @property {(guests: object) => Promise<number>} [load] from bytes to the result of a first call of `add(1, 2)`
 */

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {'ns' | 'µs' | 'ms'} unit
 * @property {keyof Engine} needs
 * @property {(engine: Engine) => () => unknown} call
 * @property {() => unknown} [before] runs before each call, and is not measured; there is one call in a sample then
 * @property {(result: unknown) => boolean} [isRight] of what `call` gave; an engine that is wrong is not measured
 * @property {number} [repeats] how often `call` does what is measured. @default 1
 * @property {number} [samples] at most, where one call is long
 */

const TIMES = 1_000
const six = { id: 7, x: 1.5, y: -2.25, ok: true, count: 300, name: 'sixteen bytes ok' }
const items = Array.from({ length: 1_000 }, (_, id) => ({ id, value: id / 8, name: `item ${id % 1000}` }))

const text = 'x'.repeat(65_536)
const strings = [
  ['string 16 B', 'sixteen bytes ok'],
  ['string 16 B, not ASCII', 'zwölf: grün, ök'],
  ['string 1 KiB', 'x'.repeat(1024)],
  ['string 1 KiB, not ASCII', 'zwölf grün '.repeat(79)],
  ['string 64 KiB', text],
  ['string 64 KiB, not ASCII', 'zwölf grün '.repeat(5041)],
]
const bytes = [
  ['list<u8> 64 KiB', new Uint8Array(65_536).fill(7)],
  ['list<u8> 1 MiB', new Uint8Array(1 << 20).fill(7)],
]

/** @returns {Row[]} @param {Record<string, object>} padded guests by the name of their size */
export function rows(padded) {
  let fresh
  return [
    {
      name: 'scalar call',
      unit: 'ns',
      needs: 'add',
      call: (e) => () => e.add(1, 2),
      isRight: (r) => r === 3 || !r,
    },
    ...strings.map(([name, value]) => ({
      name: `${name} echo`,
      unit: value.length < 10_000 ? 'ns' : 'µs',
      needs: 'echoString',
      call: (e) => () => e.echoString(value),
      isRight: (r) => r === value,
    })),
    {
      name: 'string 64 KiB, in UTF-16 echo',
      unit: 'µs',
      needs: 'echoUtf16',
      call: (e) => () => e.echoUtf16(text),
      isRight: (r) => r === text,
    },
    ...bytes.map(([name, value]) => ({
      name: `${name} echo`,
      unit: 'µs',
      needs: 'echoBytes',
      call: (e) => () => e.echoBytes(value),
      isRight: (r) => r.length === value.length && r[0] === 7 && r.at(-1) === 7,
    })),
    {
      name: 'record of 6 fields echo',
      unit: 'ns',
      needs: 'echoSix',
      call: (e) => () => e.echoSix(six),
      isRight: (r) => Object.keys(six).every((key) => r[key] === six[key]),
    },
    {
      name: 'list<record> x1000 echo',
      unit: 'µs',
      needs: 'echoItems',
      call: (e) => () => e.echoItems(items),
      isRight: (r) => r.length === 1_000 && r[999].name === 'item 999' && r[999].value === 999 / 8,
    },
    {
      name: 'result ok',
      unit: 'ns',
      needs: 'check',
      call: (e) => () => e.check(5),
      isRight: (r) => (r?.value ?? r) === 5,
    },
    {
      name: 'result err',
      unit: 'ns',
      needs: 'check',
      call: (e) => () => caught(e),
      isRight: (r) => r !== undefined,
    },
    {
      name: 'guest to host, scalar',
      unit: 'ns',
      needs: 'callAdd',
      call: (e) => () => e.callAdd(TIMES),
      repeats: TIMES,
    },
    {
      name: 'guest to host, string 16 B',
      unit: 'ns',
      needs: 'callLog',
      call: (e) => () => e.callLog(TIMES),
      repeats: TIMES,
    },
    {
      name: 'fuel: loop of 100,000 (raw: not metered)',
      unit: 'µs',
      needs: 'meteredSum',
      call: (e) => () => e.meteredSum(100_000),
    },
    {
      name: 'fuel: fib(20) (raw: not metered)',
      unit: 'µs',
      needs: 'meteredFib',
      call: (e) => () => e.meteredFib(20),
      isRight: (r) => r === 6765,
    },
    {
      name: 'instantiate',
      unit: 'µs',
      needs: 'instantiate',
      call: (e) => () => e.instantiate(),
      samples: 200,
    },
    ...Object.entries(padded).map(([size, guests]) => ({
      name: `load ${size} to first call`,
      unit: 'ms',
      needs: 'load',
      before: () => {
        fresh = renew(guests)
      },
      call: (e) => () => e.load(fresh),
      isRight: (r) => r === 3,
      isAsync: true,
      samples: size === '11 MB' ? 3 : 7,
    })),
  ]
}

function caught(engine) {
  try {
    return engine.check(0)?.value
  } catch (error) {
    return error
  }
}
