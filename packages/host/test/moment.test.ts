import { createHost, type Plugin } from '@wasm-plugin/host'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { assemble } from './helpers/guests.js'

/** Gives back the bytes that it is given, or that a function of the application answers. */
const ECHO = `(component
  (import "give" (func $give (result (list u8))))
  (core module $libc
    (memory (export "memory") 64)
    (global $next (mut i32) (i32.const 4096))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
      (if (i32.gt_u (global.get $next) (i32.const 2000000)) (then (global.set $next (i32.const 4096))))
      (local.set $at (global.get $next))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (local.get $at)))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))
  (core func $give' (canon lower (func $give) (memory $memory) (realloc $realloc)))
  (core module $m
    (import "env" "give" (func $give (param i32)))
    (import "env" "memory" (memory 0))
    (func (export "echo") (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1)) (i32.const 16))
    (func (export "ask") (result i32) (call $give (i32.const 32)) (i32.const 32)))
  (core instance $i (instantiate $m (with "env" (instance
    (export "give" (func $give')) (export "memory" (memory $memory))))))
  (func (export "echo") (param "bytes" (list u8)) (result (list u8))
    (canon lift (core func $i "echo") (memory $memory) (realloc $realloc)))
  (func (export "ask") (result (list u8)) (canon lift (core func $i "ask") (memory $memory))))`

interface Exports {
  echo(bytes: Uint8Array): Promise<Uint8Array>
  ask(): Promise<Uint8Array>
}

/** By shared memory, by message, and by message in pieces. */
const SIZES = [3, 100_000, 600_000]

let component: Uint8Array
let plugin: Plugin<Exports>
let give: () => Uint8Array
beforeAll(async () => {
  component = await assemble(ECHO)
})
beforeEach(async () => {
  const host = await createHost()
  onTestFinished(() => host.close())
  plugin = await host.load<Exports>(component, { imports: { give: () => give() } })
})

/** What comes of two calls, the second of which waits for the first, when `change` follows at once. */
async function echoed(bytes: Uint8Array, change: () => void): Promise<Uint8Array[]> {
  const calls = [plugin.exports.echo(bytes), plugin.exports.echo(bytes)]
  change()
  return await Promise.all(calls)
}

describe.each(SIZES)('bytes are as they were at the call: %i of them', (size) => {
  const same = new Uint8Array(size).fill(1)
  const expectSame = (all: Uint8Array[]) => {
    for (const bytes of all) expect(Buffer.compare(bytes, same)).toBe(0)
  }

  it('where the array is written to', async () => {
    const bytes = same.slice()
    expectSame(await echoed(bytes, () => bytes.fill(9)))
  })

  it('where its memory is given away', async () => {
    const bytes = same.slice()
    const change = () => structuredClone(bytes, { transfer: [bytes.buffer] })
    expectSame(await echoed(bytes, change))
  })

  it('where its memory grows or shrinks', async () => {
    for (const length of [2 * size, 1]) {
      const memory = Reflect.construct(ArrayBuffer, [size, { maxByteLength: 2 * size }])
      const bytes = new Uint8Array(memory).fill(1)
      expectSame(await echoed(bytes, () => memory.resize(length)))
    }
  })

  it('and stay those of the application, as those that its functions answer', async () => {
    const bytes = same.slice()
    await echoed(bytes, () => {})
    give = () => {
      setImmediate(() => bytes.fill(9))
      return bytes.fill(1)
    }
    expectSame([await plugin.exports.ask()])
    expectSame([await plugin.exports.ask()])
    expect(bytes).toHaveLength(size)
  })
})
