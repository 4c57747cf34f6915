import { createHost, type Plugin } from '@wasm-plugin/host'
import { expect, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble, outcomeOf } from '../helpers/guests.js'

const exporting = (count: number) =>
  assemble(`(component
    (core module $m (func (export "f"))) (core instance $i (instantiate $m))
    (func $f (canon lift (core func $i "f")))
    (instance $x ${Array.from({ length: count }, (_, i) => `(export "f${i}" (func $f))`).join(' ')})
    (export "a:b/c@1.0.0" (instance $x)))`)

attack(
  'E72',
  'Exports as much as there is place for in its file',
  'too many definitions are refused; what is allowed is checked in turns, with the application in between',
  async () => {
    const host = await createHost({ limits: { startMs: 60_000 } })
    onTestFinished(() => host.close())
    expect(await outcomeOf(host.load(await exporting(50_000)) as Promise<unknown>)).toBe('LIMIT_EXCEEDED')
    const bytes = await exporting(9_900)
    let turns = 0
    let loaded: Plugin | undefined
    const load = host.load(bytes).then((plugin) => {
      loaded = plugin
    })
    while (loaded === undefined && turns < 1e9) {
      await new Promise(setImmediate)
      turns++
    }
    await load
    expect(turns).toBeGreaterThan(3)
    expect(await outcomeOf(loaded?.call('a:b/c#f9899') as Promise<unknown>)).toBe('undefined')
    await expect(loaded?.call('a:b/c#g')).rejects.toMatchObject({
      code: 'UNKNOWN_EXPORT',
      message: expect.stringMatching(/^.{0,2000} and 9850 more$/),
    })
  },
)
