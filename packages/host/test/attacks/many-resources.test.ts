import { createHost } from '@wasm-plugin/host'
import { expect, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble } from '../helpers/guests.js'

const THINGS = `(component
  (core module $d
    (global $dropped (mut i32) (i32.const 0))
    (func (export "dtor") (param i32)
      (global.set $dropped (i32.add (global.get $dropped) (i32.const 1))))
    (func (export "dropped") (result i32) (global.get $dropped)))
  (core instance $d (instantiate $d))
  (type $thing' (resource (rep i32) (dtor (core func $d "dtor"))))
  (core func $new (canon resource.new $thing'))
  (core module $m
    (import "env" "new" (func $new (param i32) (result i32)))
    (memory (export "memory") 8)
    (func (export "make") (param $count i32) (result i32) (local $i i32)
      (loop $next
        (i32.store (i32.add (i32.const 64) (i32.shl (local.get $i) (i32.const 2))) (call $new (i32.const 1)))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $count))))
      (i32.store (i32.const 16) (i32.const 64))
      (i32.store (i32.const 20) (local.get $count))
      (i32.const 16)))
  (core instance $i (instantiate $m (with "env" (instance (export "new" (func $new))))))
  (alias core export $i "memory" (core memory $memory))
  (export $thing "thing" (type $thing'))
  (func (export "make") (param "count" u32) (result (list (own $thing)))
    (canon lift (core func $i "make") (memory $memory)))
  (func (export "dropped") (result u32) (canon lift (core func $d "dropped"))))`

attack(
  'E73',
  'Gives out 100,000 resources at once, which the application gives up at once',
  'made into objects in turns of the event loop; dropped one after the other, and no call is refused for it',
  async () => {
    const host = await createHost({ limits: { timeoutMs: 60_000 } })
    onTestFinished(() => host.close())
    const { exports } = await host.load(await assemble(THINGS))
    const made: Disposable[] = await exports.make(100_000)
    expect(made).toHaveLength(100_000)
    // More than the queue of calls has places for.
    for (const thing of made.splice(0, 2_000)) thing[Symbol.dispose]()
    let dropped = 0
    while (dropped < 2_000) {
      const now = await exports.dropped()
      expect(now).toBeGreaterThanOrEqual(dropped)
      dropped = now
    }
    expect(dropped).toBe(2_000)
  },
)
