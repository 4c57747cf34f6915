// On every Node: what an engine does for a function, and how long it takes, differs between them.
import { createHost } from '@wasm-plugin/host'
import { compileCostSteps } from '@wasm-plugin/runtime/internal'
import { describe, expect, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble, outcomeOf } from '../helpers/guests.js'

const i32 = (count: number) => 'i32 '.repeat(count)
const block = '(block (br_if 0 (local.get 0)))'
const pushes = 'local.get 0 '.repeat(999)
const drops = 'drop '.repeat(999)
const signature = '(type $many)'

function component(body: string): string {
  return `(component
    (core module $m (type $many (func (param ${i32(999)}) (result ${i32(999)})))
      (func (export "run") (result i32) ${body} (i32.const 7)))
    (core instance $i (instantiate $m))
    (func (export "run") (result u32) (canon lift (core func $i "run"))))`
}

/** Nothing of it gets to the engine, in whatever way it is looked at. */
async function refusals(text: string): Promise<void> {
  const bytes = await assemble(component(text))
  const host = await createHost()
  onTestFinished(() => host.close())
  for (const isolation of ['worker', 'inline'] as const)
    expect([isolation, await outcomeOf(host.load(bytes, { isolation }))]).toEqual([
      isolation,
      'COMPILE_COST_EXCEEDED',
    ])
  expect(await outcomeOf(host.inspect(bytes))).toBe('COMPILE_COST_EXCEEDED')
}

describe('a function that costs the engine more than its bytes tell', () => {
  attack(
    'E130',
    'Branches 60,000 times to a loop with 999 parameters: 14 kB of machine code for four bytes, until the engine ends the process',
    'refused before the engine sees it',
    () =>
      refusals(
        `(local i32) ${pushes} (loop ${signature} ${'(br_if 0 (local.get 0))'.repeat(60_000)}) ${drops}`,
      ),
  )

  attack(
    'E131',
    'Has 50,000 locals and 8,000 branches: minutes of compiling at the first call, which no deadline and no exit can end',
    'refused before the engine sees it',
    () => refusals(`(local ${i32(50_000)}) ${block.repeat(8_000)}`),
  )

  attack(
    'E132',
    'Has 100,000 blocks with 999 parameters and results: the engine validates for seconds in the thread of the application',
    'refused before the engine sees it',
    () => refusals(`(local i32) ${pushes} ${`(block ${signature})`.repeat(100_000)} ${drops}`),
  )

  attack(
    'E133',
    'Is as costly to compile as is allowed, in each way that is known',
    'loaded and run within its deadline, in its thread and in that of the application',
    async () => {
      const host = await createHost({ limits: { timeoutMs: 60_000 } })
      onTestFinished(() => host.close())
      for (const body of [
        `(local i32) ${pushes} (loop ${signature} ${'(br_if 0 (local.get 0))'.repeat(850)}) ${drops}`,
        `(local ${i32(49_990)}) ${block.repeat(48)}`,
        `(local ${i32(1_000)}) ${block.repeat(1_500)}`,
        `(local i32) ${pushes} ${`(block ${signature})`.repeat(300)} ${drops}`,
      ]) {
        const bytes = await assemble(component(body))
        for (const isolation of ['worker', 'inline'] as const) {
          await using plugin = await host.load(bytes, { isolation, name: isolation })
          expect(await plugin.call('run')).toBe(7)
        }
      }
    },
  )

  attack(
    'E170',
    'Has 200 functions of 65,000 groups of locals each, and one instruction',
    'counted in turns: the application waits for no more of them than of other code',
    () => {
      const groups = 65_000
      const body = [...leb(groups), ...Array.from({ length: groups }, () => [0, 0x7f]).flat(), 0x0b]
      const one = Uint8Array.from([...leb(body.length), ...body])
      const count = 200
      const bytes = Buffer.concat(
        [
          [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
          [1, 4, 1, 0x60, 0, 0],
          [3, ...leb(count + 2), ...leb(count), ...Array(count).fill(0)],
          [10, ...leb(leb(count).length + count * one.length)],
          leb(count),
          ...Array<Uint8Array>(count).fill(one),
        ].map((part) => Uint8Array.from(part)),
      )
      let steps = 0
      for (const _ of compileCostSteps(bytes, 0)) steps++
      expect(steps).toBeGreaterThanOrEqual(count - 1)
    },
  )

  attack(
    'E171',
    'Is one function of more bytes than any engine takes, which would be looked at in one piece',
    'refused before anything of it is looked at',
    async () => {
      const nops = 'nop '.repeat(8_000_000)
      const bytes = await assemble(component(nops))
      const host = await createHost()
      onTestFinished(() => host.close())
      expect(await outcomeOf(host.load(bytes))).toBe('INVALID_CORE_MODULE')
    },
  )
})

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)]
}
