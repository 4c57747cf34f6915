import { createHost } from '@wasm-plugin/host'
import { expect } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble } from '../helpers/guests.js'

attack(
  'E8',
  'Makes events faster than the application looks at them',
  'waits: events do not pile up',
  async () => {
    const flood = await assemble(`(component
    (import "wasi:cli/environment@0.2.0" (instance $env
      (export "get-environment" (func (result (list (tuple string string)))))))
    (import "done" (func $done))
    (core func $done (canon lower (func $done)))
    (core module $libc (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
    (core instance $libc (instantiate $libc))
    (alias core export $libc "memory" (core memory $memory))
    (core func $read (canon lower (func $env "get-environment")
      (memory $memory) (realloc (core func $libc "realloc"))))
    (core module $m
      (import "env" "read" (func $read (param i32)))
      (import "env" "done" (func $done))
      (func (export "run") (local $i i32)
        (loop $l
          (call $read (i32.const 16))
          (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 10000))))
        (call $done)))
    (core instance $i (instantiate $m (with "env" (instance
      (export "read" (func $read)) (export "done" (func $done))))))
    (func (export "run") (canon lift (core func $i "run"))))`)
    const host = await createHost()
    let seen = 0
    let seenWhenDone = 0
    host.on('allowed', () => {
      if (seen++ > 0) return
      // An application that is busy: without waiting, the plugin makes all of its events meanwhile.
      const until = performance.now() + 1_000
      while (performance.now() < until);
    })
    const done = () => {
      seenWhenDone = seen
    }
    const plugin = await host.load(flood, {
      grants: { env: { A: 'b' } },
      imports: { done },
      limits: { timeoutMs: 15_000 },
    })
    await plugin.exports.run()
    expect(seenWhenDone).toBeGreaterThan(8_000)
    await host.close()
  },
)
