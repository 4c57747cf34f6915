// On every Node: where an engine looks whether it was told to stop differs between them.
import { createHost } from '@wasm-plugin/host'
import { describe, expect, onTestFinished, vi } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble, outcomeOf } from '../helpers/guests.js'

const fill = '(memory.fill (i32.const 0) (i32.const 1) (i32.const 0x10000000))'
const warm = '(memory.fill (i32.const 0) (i32.const 1) (local.get 0))'

/** What takes a twentieth of a second or so each time, and has no end. */
const programs: Record<string, string> = {
  'fills memory': `(func $run (loop ${fill} (br 0)))`,
  'copies memory': `(func $run (loop
    (memory.copy (i32.const 0) (i32.const 1) (i32.const 0x0fffffff)) (br 0)))`,
  'fills a table': `(func $run (loop
    (table.fill (i32.const 0) (ref.null func) (i32.const 100000)) (br 0)))`,
  'copies a table': `(func $run (loop
    (table.copy (i32.const 0) (i32.const 1) (i32.const 99999)) (br 0)))`,
  'fills memory without a loop': `(func $run ${fill.repeat(20_000)})`,
  'fills memory in code that was optimised': `(func $work (param i32) ${warm.repeat(100)})
    (func $run (local $n i32) (local.set $n (i32.const 200000))
      (loop (call $work (i32.const 0)) (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (loop (call $work (i32.const 0x10000000)) (br 0)))`,
}

describe('instructions that take long', () => {
  attack(
    'E134',
    'Fills or copies all of its memory or table in a loop, where the engine does not look for hours whether it was told to stop',
    'ended at its deadline; no thread is left, and closing does not wait',
    async () => {
      const host = await createHost({ limits: { timeoutMs: 500 } })
      onTestFinished(() => host.close())
      for (const [name, program] of Object.entries(programs)) {
        const bytes = await assemble(`(component
          (core module $m (memory 4096) (table 100000 funcref) ${program}
            (func (export "run") (result i32) (call $run) (i32.const 7)))
          (core instance $i (instantiate $m))
          (func (export "run") (result u32) (canon lift (core func $i "run"))))`)
        const plugin = await host.load(bytes, { name })
        expect([name, await outcomeOf(plugin.call('run'))]).toEqual([name, 'DEADLINE_EXCEEDED'])
        const warn = vi.spyOn(process, 'emitWarning')
        onTestFinished(() => warn.mockRestore())
        // It waits for the thread to end, and warns when it does not.
        await plugin.close()
        expect(warn).not.toHaveBeenCalled()
      }
    },
  )
})
