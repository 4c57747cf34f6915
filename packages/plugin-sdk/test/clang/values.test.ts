import { describe, expect, it } from 'vitest'
import { isWhole, seeds, tries } from '../../../../test/seed.js'
import { buildClangGuest } from '../support/clang.js'
import { randomWorld } from '../support/random-world.js'
import { roundTrips } from '../support/round-trips.js'

/** The headers of the C++ library alone take seconds to compile, and every value type costs more. */
const FUNCTIONS = { c: 24, cpp: 12 }
const VALUES = 130
const FUEL = 300_000_000

describe('random worlds', { timeout: tries(600_000) }, () => {
  it.each(seeds(1))(
    'every value crosses four boundaries of a plugin in C unchanged (seed %i)',
    async (seed) => {
      const { wit, functions } = randomWorld(seed, FUNCTIONS.c)
      const source = (stubs: ReadonlyMap<string, string>) => ({ 'plugin.c': passOn(stubs.get('plugin.c')!) })
      const component = await buildClangGuest({ language: 'c', wit, source })
      expect(roundTrips(component, functions, { values: VALUES, fuel: FUEL })).toEqual([])
    },
  )

  // The conversions are those of C, which is compiled in a third of the time.
  it.runIf(isWhole).each(seeds(1))(
    'every value crosses both boundaries of a plugin in C++ unchanged (seed %i)',
    async (seed) => {
      const { wit, functions } = randomWorld(seed, FUNCTIONS.cpp)
      const returns = functions.map((fn) => fn.returns)
      const source = (stubs: ReadonlyMap<string, string>) => ({
        'plugin.cpp': giveBack(stubs.get('plugin.cpp')!, returns),
      })
      const component = await buildClangGuest({ language: 'cpp', wit, source })
      expect(roundTrips(component, functions, { values: VALUES, fuel: FUEL })).toEqual([])
    },
  )
})

/** Every function passes its arguments on to the host's, which has the same shapes under other names. */
function passOn(stubs: string): string {
  return stubs.replace(
    /^(.* exports_fuzz_test_guest_(\w+)\()(.*)\) \{\n.*\n/gm,
    (_, head: string, name: string, params: string) => {
      const given = params.split(', ').map((param) => {
        const [, pointer, argument] = /(\*?)(\w+)$/.exec(param)!
        return pointer === '*' ? `(void *)${argument}` : argument
      })
      const statement = head.startsWith('void') ? '' : 'return '
      return `${head}${params}) {\n  ${statement}fuzz_test_host_${name}(${given.join(', ')});\n`
    },
  )
}

/** Imported functions borrow and exported ones own, so every function gives one of its arguments back. */
function giveBack(stubs: string, returns: readonly number[]): string {
  return stubs.replace(/( PassP(\d+)\(.*\) \{\n).*\n/g, (_, head: string, index: string) => {
    return `${head}  return std::move(p${returns[Number(index)]});\n`
  })
}
