import { createHost, type LoadOptions } from '@wasm-plugin/host'
import { describe, expect, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble } from '../helpers/guests.js'

/** Calls `ask` of the application for ever in `ask-for-ever`, and once in `ask-once`. */
const ASKING = `(component
  (import "ask" (func $ask))
  (core func $ask' (canon lower (func $ask)))
  (core module $m
    (import "env" "ask" (func $ask))
    (func (export "for-ever") (loop $again (call $ask) (br $again)))
    (func (export "once") (call $ask)))
  (core instance $i (instantiate $m (with "env" (instance (export "ask" (func $ask'))))))
  (func (export "ask-for-ever") (canon lift (core func $i "for-ever")))
  (func (export "ask-once") (canon lift (core func $i "once"))))`

/** Reads the clock for ever. */
const READING = `(component
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock (export "now" (func (result u64)))))
  (core func $now (canon lower (func $clock "now")))
  (core module $m
    (import "env" "now" (func $now (result i64)))
    (func (export "for-ever") (loop $again (drop (call $now)) (br $again))))
  (core instance $i (instantiate $m (with "env" (instance (export "now" (func $now))))))
  (func (export "read-for-ever") (canon lift (core func $i "for-ever"))))`

describe('a plugin in the thread of the application', () => {
  attack(
    'E93',
    'Calls out without end, inline, where each call takes long and little fuel',
    'it is ended at its deadline, and the next call gets a fresh instance',
    async () => {
      const host = await createHost()
      onTestFinished(() => host.close())
      let asked = 0
      const ask = () => {
        asked++
        // What a slow disk takes: without a deadline, the fuel of a call is enough for two million of these.
        const until = performance.now() + 1
        while (performance.now() < until);
      }
      const limits = { timeoutMs: 50 }
      const plugin = await host.load(await assemble(ASKING), {
        imports: { ask },
        isolation: 'inline',
        limits,
      })
      expect(() => plugin.exports.askForEver()).toThrow(
        expect.objectContaining({ code: 'DEADLINE_EXCEEDED' }),
      )
      expect(asked).toBeLessThan(60)
      plugin.exports.askOnce()
      // The clock of one call is not that of the next.
      for (let i = 0; i < 60; i++) plugin.exports.askOnce()
    },
  )

  attack(
    'G110',
    'Has WASI work without end, inline and in a thread, where each call of it takes long and few instructions',
    'what that takes costs fuel, for each call and each byte, and the same whatever the machine: the call ends with OUT_OF_FUEL',
    async () => {
      const host = await createHost()
      onTestFinished(() => host.close())
      for (const options of [{ isolation: 'inline' }, {}]) {
        let calls = 0
        const load = async (wat: string) => {
          calls = 0
          const plugin = await host.load(await assemble(wat), {
            imports: { count: () => void calls++ },
            limits: { fuel: 2_000_000, timeoutMs: 60_000 },
            ...options,
          } as LoadOptions)
          await expect((async () => plugin.exports.run())()).rejects.toMatchObject({ code: 'OUT_OF_FUEL' })
          await plugin.close()
          return calls
        }
        const [bytes, files] = [await load(RANDOM), await load(DIRECTORIES)]
        // 65_536 bytes, and 5_000 for the call; a look at the folders is 100_000.
        expect([bytes, files].map((count) => count > 10 && count < 30)).toEqual([true, true])
        expect([await load(RANDOM), await load(DIRECTORIES), await load(PREVIEW1)]).toEqual([bytes, files, 0])
      }
    },
  )

  attack(
    'E200',
    'Calls nothing but the clock, inline and without end, which takes less time than to look whether its own is over',
    'it is ended at its deadline all the same, however much fuel it has',
    async () => {
      const host = await createHost()
      onTestFinished(() => host.close())
      const plugin = await host.load(await assemble(READING), {
        isolation: 'inline',
        limits: { timeoutMs: 50, fuel: Number.MAX_SAFE_INTEGER },
      })
      expect(() => plugin.exports.readForEver()).toThrow(
        expect.objectContaining({ code: 'DEADLINE_EXCEEDED' }),
      )
    },
  )
})

/** Calls a function of WASI for ever, and counts that. */
const repeating = (imported: string, lower: string, type: string, call: string) => `(component
  ${imported}
  (import "count" (func $count))
  (core func $count' (canon lower (func $count)))
  (core module $libc (memory (export "memory") 4)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $libc (instantiate $libc))
  (core func $ask (canon lower ${lower} (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
  (core module $m
    (import "env" "count" (func $count))
    (import "env" "ask" (func $ask ${type}))
    (func (export "run") (loop $again (call $ask ${call}) (call $count) (br $again))))
  (core instance $i (instantiate $m (with "env" (instance
    (export "count" (func $count')) (export "ask" (func $ask))))))
  (func (export "run") (canon lift (core func $i "run"))))`

const RANDOM = repeating(
  `(import "wasi:random/random@0.2.0" (instance $random
    (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))`,
  '(func $random "get-random-bytes")',
  '(param i64 i32)',
  '(i64.const 65536) (i32.const 16)',
)

const DIRECTORIES = repeating(
  `(import "wasi:filesystem/types@0.2.0" (instance $types (export "descriptor" (type (sub resource)))))
  (alias export $types "descriptor" (type $descriptor))
  (import "wasi:filesystem/preopens@0.2.0" (instance $preopens
    (alias outer 1 $descriptor (type $d)) (export "descriptor" (type $descriptor' (eq $d)))
    (export "get-directories" (func (result (list (tuple (own $descriptor') string)))))))`,
  '(func $preopens "get-directories")',
  '(param i32)',
  '(i32.const 16)',
)

/** A hundred times, and then it ends. */
const PREVIEW1 = `(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory (export "memory") 4)
  (func (export "run") (local $i i32)
    (loop $again
      (drop (call $random (i32.const 1024) (i32.const 65536)))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))))`
