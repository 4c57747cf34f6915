import { createHost, type Plugin } from '@wasm-plugin/host'
import { Component } from '@wasm-plugin/runtime'
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

attack(
  'E75',
  'Is as much code as there is place for in its file, in many functions or in one',
  'copied and metered in steps, none of which is long, with the application in between',
  async () => {
    const sum = '(local.set 0 (i32.mul (local.get 0) (i32.const 12345)))'
    const many = `(func (param i32) ${sum.repeat(20)}) `.repeat(2_000)
    const one = `(func (param i32) ${sum.repeat(40_000)})`
    const branches = `(func (param i32) ${'(loop (br_if 0 (local.get 0)))'.repeat(20_000)})`
    for (const code of [many, one, branches]) {
      const bytes = await assemble(`(component (core module ${code}))`)
      const steps = { plain: 0, metered: 0 }
      await Component.compile(bytes, {}, () => void steps.plain++)
      await Component.compile(bytes, { fuel: true }, () => void steps.metered++)
      expect(steps.metered - steps.plain).toBeGreaterThan(25)
    }
    // A large section is copied in steps as well.
    const data = await assemble(`(component (core module (memory 256) (data "${'x'.repeat(12 << 20)}")))`)
    let steps = 0
    await Component.compile(data, {}, () => void steps++)
    expect(steps).toBeGreaterThan(20)
  },
)
