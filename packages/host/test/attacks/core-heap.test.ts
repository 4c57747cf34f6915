import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createHost } from '@wasm-plugin/host'
import { describe, expect, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble, outcomeOf } from '../helpers/guests.js'
import { runChild } from '../helpers/run-heap-child.js'
import { tempDir } from '../helpers/wasi.js'

const MANY = 900

/** A component that makes `count` core instances of one module and exports `run: func() -> u32` of the last. */
function component(module: string, count: number, imports = ''): string {
  const instance = (i: number) =>
    `(core instance $i${i} (instantiate $m${imports === '' || i === 0 ? '' : ` (with "a" (instance $i${i - 1}))`}))`
  return `(component
    (core module $m ${module} (func (export "run") (result i32) (i32.const 7)))
    ${Array.from({ length: count }, (_, i) => instance(i)).join('\n')}
    (func (export "run") (result u32) (canon lift (core func $i0 "run"))))`
}

/** A passive segment becomes an array of the engine at the first use, of whatever length. */
const segment = (elements: number) => `(table 1 1 funcref) (func $f) (start $s)
  (func $s (table.init $e (i32.const 0) (i32.const 0) (i32.const 0)))
  (elem $e func ${'0 '.repeat(elements)})`

const numbers = Array.from({ length: 10_000 }, (_, i) => i)

/** What a module can make the engine's heap hold, and how often. */
const hoards: Record<string, [module: string, instances: number]> = {
  'one segment of many elements': [segment(9_000_000), 1],
  'a segment in each instance': [segment(100_000), MANY],
  'tables of functions': ['(table 100000 funcref)', MANY],
  'tables of references': ['(table 100000 externref)', MANY],
  'tables that may grow': ['(table 0 100000 externref)', MANY],
  functions: ['(func)'.repeat(100_000), MANY],
  exports: [numbers.map((i) => `(func (export "f${i}"))`).join(''), MANY],
  globals: ['(global (mut externref) (ref.null extern))'.repeat(10_000), MANY],
}

describe('a module that hoards what only the engine counts', () => {
  attack(
    'E90',
    'Fills the heap of its thread with element segments, tables, functions and exports of many core instances',
    'refused when it is loaded, before they are made; the process lives',
    async () => {
      const dir = tempDir()
      const cases = []
      for (const [name, [module, count]] of Object.entries(hoards)) {
        const file = join(dir, `${cases.length}.wasm`)
        writeFileSync(file, await assemble(component(module, count)))
        for (const isolation of ['worker', 'inline'])
          cases.push({ name: `${name}, ${isolation}`, file, args: [], isolation })
      }
      // As much as the limit allows is survived, in one piece too.
      const file = join(dir, 'most.wasm')
      writeFileSync(file, await assemble(component(segment(7_500_000), 1)))
      const most = { name: 'the largest segment', file, args: [], isolation: 'worker' }
      const { outcomes, code } = await runChild({ heapBytes: 512 << 20, cases: [...cases, most] })
      expect(outcomes).toEqual([
        ...cases.map(({ name }) => [name, 'LIMIT_EXCEEDED: moduleHeapBytes']),
        [most.name, 'ok'],
      ])
      expect(code).toBe(0)
    },
    300_000,
  )

  attack(
    'E91',
    'Keeps exceptions in tables or globals, or throws ones of many values and keeps them on its stack',
    'refused when it is loaded',
    async () => {
      const host = await createHost()
      onTestFinished(() => host.close())
      for (const module of [
        '(table 1 exnref)',
        '(table 1 (ref null exn))',
        '(table 1 nullexnref)',
        '(global (mut exnref) (ref.null exn))',
        '(import "a" "t" (table 1 exnref))',
        '(import "a" "g" (global (mut exnref)))',
        `(tag (param ${'i64 '.repeat(9)}))`,
        `(import "a" "t" (tag (param ${'i64 '.repeat(900)})))`,
      ]) {
        const bytes = await assemble(`(component (core module ${module}))`)
        for (const isolation of ['worker', 'inline'] as const)
          expect([module, await outcomeOf(host.load(bytes, { isolation }))]).toEqual([
            module,
            'UNSUPPORTED_FEATURE',
          ])
      }
      const small = await assemble(component(`(tag (param ${'i64 '.repeat(8)}))`, 1))
      expect(await outcomeOf(host.load(small))).toBe('[object Object]')
    },
  )

  attack(
    'E92',
    'Has its megabytes of data copied to the memories of a thousand core instances, in the thread of the application',
    'refused when the copies are larger than a component may be',
    async () => {
      const host = await createHost()
      onTestFinished(() => host.close())
      const memory = component('(memory (export "m") 17)', 1)
      const bytes = await assemble(
        memory.replace(
          '(func (export "run") (result u32)',
          `(core module $d (import "a" "m" (memory 1)) (data (i32.const 0) "${'d'.repeat(1 << 20)}"))
           ${'(core instance (instantiate $d (with "a" (instance $i0))))'.repeat(MANY)}
           (func (export "run") (result u32)`,
        ),
      )
      for (const isolation of ['worker', 'inline'] as const) {
        const loading = host.load(bytes, { isolation })
        await expect(loading).rejects.toMatchObject({
          code: 'LIMIT_EXCEEDED',
          data: { limit: 'dataBytes', value: 65 << 20, max: 64 << 20 },
        })
      }
    },
  )
})
