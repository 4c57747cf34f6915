import { generateAssemblyScript, loadWorld } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { buildGuest, type Exports } from '../support/guest.js'
import { makeFolder } from '../support/project.js'
import { passOn, passWorld, type RandomFunction, type RandomType } from '../support/random-world.js'
import { roundTrips } from '../support/round-trips.js'

/** A type with values that take turns. */
function of(wit: string, ...values: unknown[]): RandomType {
  let next = 0
  return { wit, value: () => values[next++ % values.length] }
}

const list = ({ wit, value }: RandomType, length = 3): RandomType => ({
  wit: `list<${wit}>`,
  value: () => Array.from({ length }, value),
})
/** Some, and every other time none. */
const option = ({ wit, value }: RandomType): RandomType => {
  let turn = 0
  return { wit: `option<${wit}>`, value: () => (turn++ % 2 === 0 ? value() : undefined) }
}
const tuple = (items: readonly RandomType[]): RandomType => ({
  wit: `tuple<${items.map(({ wit }) => wit).join(', ')}>`,
  value: () => items.map(({ value }) => value()),
})

const passing = (params: readonly RandomType[], returns = 0): RandomFunction => ({
  params,
  returns,
  result: params[returns]!,
})

async function failures(
  functions: readonly RandomFunction[],
  declared: { name: string; text: string }[] = [],
): Promise<string[]> {
  const component = await buildGuest({ wit: passWorld(functions, declared), source: passOn })
  return roundTrips(component, functions, { values: 20, fuel: 1e9 })
}

const PRIMITIVES = [
  of('bool', true, false),
  of('s8', -128, 127, -1, 0),
  of('u8', 0, 255),
  of('s16', -32_768, 32_767, -1),
  of('u16', 0, 65_535),
  of('s32', -(2 ** 31), 2 ** 31 - 1, -1),
  of('u32', 0, 2 ** 32 - 1),
  of('s64', -(2n ** 63n), 2n ** 63n - 1n, -1n),
  of('u64', 0n, 2n ** 64n - 1n),
  of('f32', Number.NaN, 0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** -149, -1.5),
  of('f64', Number.NaN, 0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MIN_VALUE, -1.5),
  of('char', '\0', '\u{d7ff}', '\u{e000}', '\u{10ffff}', 'a'),
  of('string', '', '\0', 'ä😀', 'x'.repeat(10_000)),
]
const some = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => PRIMITIVES[(from + i * 5) % PRIMITIVES.length]!)

describe('the boundary of a component in AssemblyScript', () => {
  it('keeps every primitive at its limits, alone and behind a byte, where it has to be aligned', async () => {
    const functions = PRIMITIVES.flatMap((type) => [
      passing([type]),
      passing([list(tuple([of('u8', 1, 255), type, of('bool', true)]))]),
      passing([option(type)]),
    ])
    expect(await failures(functions)).toEqual([])
  })

  it('keeps tuples of 1 to 16 items, as parameters, in options and in lists of results', async () => {
    const functions = Array.from({ length: 16 }, (_, i) => {
      const items = some(i + 1, i)
      const [some1, some2] = [tuple(items), tuple(items)]
      return [
        passing([some1, list(some2)], 0),
        passing([list(option(some1)), option(some2)], 0),
        passing([of('u8', 7), option(some1)], 1),
      ]
    })
    expect(await failures(functions.flat())).toEqual([])
  })

  it('keeps parameters on both sides of 16 core values, and gives back what did not fit', async () => {
    const functions = [15, 16, 17, 18, 40].flatMap((count) => [
      passing(
        Array.from({ length: count }, (_, i) => of('u32', i, 2 ** 32 - 1 - i)),
        count - 1,
      ),
      passing(
        [...Array.from({ length: count - 2 }, () => of('f64', 1.5, -0)), of('string', 'last')],
        count - 2,
      ),
      passing(
        [...Array.from({ length: count - 2 }, () => of('s64', -1n)), list(of('string', 'a', 'b'))],
        count - 2,
      ),
    ])
    expect(await failures(functions)).toEqual([])
  })

  it('keeps cases of a variant that share core values of other types, negative ones too', async () => {
    const cases: [string, unknown[]][] = [
      ['s8', [-1, -128, 127]],
      ['s16', [-1, -32_768]],
      ['s32', [-1, -(2 ** 31)]],
      ['u32', [2 ** 32 - 1]],
      ['s64', [-1n, 2n ** 62n]],
      ['f32', [-1.5, -0, Number.NaN]],
      ['f64', [-1e300, Number.NaN]],
      ['string', ['', 'ü']],
      ['tuple<s8, f32>', [[-1, -0.5]]],
    ]
    const pairs = cases.flatMap((a, i) => cases.slice(i + 1).map((b) => [a, b] as const))
    const declared = pairs.map(([[a], [b]], i) => ({
      name: `joined${i}`,
      text: `variant joined${i} { none, one(${a}), two(${b}) }`,
    }))
    const functions = pairs.map(([[, as], [, bs]], i) => {
      const values = [
        { tag: 'none' },
        ...as.map((val) => ({ tag: 'one', val })),
        ...bs.map((val) => ({ tag: 'two', val })),
      ]
      return passing([of(`joined${i}`, ...values), option(of(`joined${i}`, ...values))], i % 2)
    })
    expect(await failures(functions, declared)).toEqual([])
  })

  it('frees what crosses it: memory stays flat, whatever the types', async () => {
    const text = of('string', 'text '.repeat(50))
    const functions = [
      passing([text]),
      passing([list(text, 50)]),
      passing([of('list<u8>', new Uint8Array(20_000))]),
      passing([list(list(tuple([text, option(of('list<u16>', new Uint16Array(100)))]), 5), 5)]),
      passing([...Array.from({ length: 17 }, () => of('u8', 1)), list(text)], 17),
      passing([
        of('tuple<result<string, list<string>>>', [{ tag: 'ok', val: 'x' }], [{ tag: 'err', val: ['y'] }]),
      ]),
    ]
    const wit = passWorld(functions).replace('interface guest {', 'interface guest { pages: func() -> u32;')
    const source = (stubs: string) =>
      passOn(stubs).replace(
        /export function pages\(\): u32 \{[^}]*\}/,
        'export function pages(): u32 { return memory.size() }',
      )
    for (const mode of ['debug', 'size'] as const) {
      const component = await buildGuest({ wit, source, mode })
      const host = functions.map(({ returns }, i) => [`passP${i}`, (...args: unknown[]) => args[returns]])
      const { exports } = component.instantiate({ 'fuzz:test/host@1.0.0': Object.fromEntries(host) })
      const guest = (exports as Exports)['fuzz:test/guest@1.0.0']
      const run = (times: number): number => {
        for (let n = 0; n < times; n++)
          for (const [i, { params }] of functions.entries())
            guest[`passP${i}`](...params.map(({ value }) => value()))
        return guest.pages()
      }
      const warm = run(300)
      expect(run(900)).toBeLessThanOrEqual(warm + 1)
    }
  })

  it.each([
    [
      'flags with 33 labels',
      `flags many { ${Array.from({ length: 33 }, (_, i) => `b${i}`).join(', ')} }`,
      'many',
    ],
    ['a tuple of 17 items', '', `tuple<${Array(17).fill('u8').join(', ')}>`],
  ])('refuses %s', async (_, declared, type) => {
    const text = `package a:b; interface i { ${declared} f: func(x: ${type}); } world w { export i; }`
    const load = async () =>
      generateAssemblyScript(await loadWorld({ wit: makeFolder({ 'w.wit': text }) }), {
        implementationOf: () => '',
      })
    await expect(load()).rejects.toMatchObject({ code: expect.stringMatching(/TYPE_UNSUPPORTED|WIT_SYNTAX/) })
  })
})
