import { createHost, type LoadOptions } from '@wasm-plugin/host'
import { describe, expect, onTestFinished } from 'vitest'
import { FIXUP, GIVEN, SHIM, shimmed, type Variant } from '../../../runtime/test/link/shim.js'
import { attack } from '../helpers/attack.js'
import { assemble, outcomeOf } from '../helpers/guests.js'

/** What `run` comes to in a thread, inline, and with fuel, which always runs every module. */
async function outcomes(variant: Variant) {
  const bytes = await assemble(shimmed(variant))
  const logged: string[] = []
  const imports = {
    log: (text: string) => logged.push(text) && undefined,
    size: (text: string) => text.length,
  }
  const results: string[] = []
  for (const options of [{}, { isolation: 'inline' }, { limits: { fuel: 100_000 } }]) {
    const host = await createHost()
    onTestFinished(() => host.close())
    results.push(
      await outcomeOf(
        host.load(bytes, { imports, ...options } as LoadOptions).then((plugin) => plugin.call('run', [])),
      ),
    )
  }
  return { results, logged }
}

describe('modules that look like those of toolchains', () => {
  attack(
    'E140',
    'Has the module through which it calls the application do more than to pass the call on: other values, another type, its own memory',
    'every instruction of it runs, in a thread, inline and metered alike: the host passes such a module over only where it does nothing else',
    async () => {
      const less = SHIM.replace('i32.const 1 call', 'i32.const 2 i32.sub i32.const 1 call')
      expect(await outcomes({ shim: less })).toEqual({
        results: ['3', '3', '3'],
        logged: ['hello', 'hello', 'hello'],
      })
      const other = SHIM.replace('indirect (type $s)', 'indirect (type $l) i32.const 3')
      expect((await outcomes({ shim: other })).results).toEqual(Array(3).fill('GUEST_TRAP'))
      const silent = SHIM.replace('local.get 0', 'i32.const 1 br_if 0 local.get 0')
      expect(await outcomes({ shim: silent })).toEqual({ results: ['5', '5', '5'], logged: [] })
    },
  )

  attack(
    'E141',
    'Connects the functions that it imports in other places than toolchains do, with functions of its own, or not at all',
    'a call reaches what the module wrote, and traps where that is nothing or of another type',
    async () => {
      const own = `${FIXUP.replace('$0 $1)', '$0 $2)')} (func $2 (type $s) i32.const 8)`
      expect((await outcomes({ fixup: own })).results).toEqual(['8', '8', '8'])
      for (const fixup of [
        FIXUP.replace('0) func $0 $1', '1) func $0'),
        FIXUP.replace('func $0 $1', 'func $0'),
        FIXUP.replace('func $0 $1', 'func $1 $0'),
      ])
        expect((await outcomes({ fixup })).results).toEqual(Array(3).fill('GUEST_TRAP'))
      const itself = GIVEN.replace('$size', '$stub-size')
      expect((await outcomes({ given: itself })).results).toEqual([
        ...Array(2).fill('STACK_EXHAUSTED'),
        'OUT_OF_FUEL',
      ])
      const early = '(start $early) (func $early (call $log (i32.const 16) (i32.const 5)))'
      expect((await outcomes({ main: early })).results).toEqual(Array(3).fill('GUEST_TRAP'))
    },
  )
})
