import { Worker } from 'node:worker_threads'
import { ComponentError, createHost, type Host, type Plugin } from '@wasm-plugin/host'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { assemble } from './helpers/guests.js'

/** Calls of one function after which nothing about it is new. */
const WARM = 20

const ECHO = `(component
  (import "log" (func $log (param "value" u32)))
  (core module $libc
    (memory (export "memory") 64)
    (global $next (mut i32) (i32.const 4096))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
      (if (i32.gt_u (global.get $next) (i32.const 2000000)) (then (global.set $next (i32.const 4096))))
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (local.get $at)))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))
  (core func $log' (canon lower (func $log)))
  (core module $m
    (import "env" "log" (func $log (param i32)))
    (import "env" "memory" (memory 0))
    (global $calls (mut i32) (i32.const 0))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "nothing"))
    (func (export "count") (result i32)
      (global.set $calls (i32.add (global.get $calls) (i32.const 1))) (global.get $calls))
    (func (export "echo") (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 0)) (i32.store (i32.const 20) (local.get 1)) (i32.const 16))
    (func (export "check") (param i32) (result i32)
      (i32.store8 (i32.const 32) (i32.eqz (local.get 0)))
      (i32.store (i32.const 36) (i32.const 48)) (i32.store (i32.const 40) (i32.const 2))
      (i32.store (i32.const 48) (i32.const 0x6f6e)) (i32.const 32))
    (func (export "say") (param i32) (call $log (local.get 0)))
    (func (export "fault") unreachable)
    (func (export "loop") (loop $l (br $l)))
    (func (export "say-and-loop") (call $log (i32.const 1)) (loop $l (br $l))))
  (core instance $i (instantiate $m (with "env" (instance
    (export "log" (func $log')) (export "memory" (memory $memory))))))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  (func (export "nothing") (canon lift (core func $i "nothing")))
  (func (export "count") (result u32) (canon lift (core func $i "count")))
  (func (export "echo") (param "text" string) (result string)
    (canon lift (core func $i "echo") (memory $memory) (realloc $realloc)))
  (func (export "bytes") (param "bytes" (list u8)) (result (list u8))
    (canon lift (core func $i "echo") (memory $memory) (realloc $realloc)))
  (func (export "check") (param "value" u32) (result (result (error string)))
    (canon lift (core func $i "check") (memory $memory)))
  (func (export "say") (param "value" u32) (canon lift (core func $i "say")))
  (func (export "fault") (canon lift (core func $i "fault")))
  (func (export "loop") (canon lift (core func $i "loop")))
  (func (export "say-and-loop") (canon lift (core func $i "say-and-loop"))))`

interface Exports {
  add(a: number, b: number): Promise<number>
  nothing(): Promise<void>
  count(): Promise<number>
  echo(text: string): Promise<string>
  bytes(bytes: Uint8Array): Promise<Uint8Array>
  check(value: number): Promise<void>
  say(value: number): Promise<void>
  fault(): Promise<void>
  loop(): Promise<void>
  sayAndLoop(): Promise<void>
}

/** Set in the run in which nothing goes by shared memory. */
const byMessage = process.env.WASM_PLUGIN_LANE === 'off'

let component: Uint8Array
let host: Host
let plugin: Plugin<Exports>
let log: (value: number) => unknown

beforeAll(async () => {
  component = await assemble(ECHO)
})
beforeEach(async () => {
  host = await createHost()
  log = () => {}
  plugin = await host.load<Exports>(component, { imports: { log: (value: number) => log(value) } })
})
afterEach(() => host.close())

/** What is posted to threads while `run` runs. */
async function posted(run: () => Promise<unknown>): Promise<string[]> {
  const post = vi.spyOn(Worker.prototype, 'postMessage')
  try {
    await run()
    return post.mock.calls.map(([message]) => message.type)
  } finally {
    post.mockRestore()
  }
}

async function times(count: number, call: (i: number) => unknown): Promise<void> {
  for (let i = 0; i < count; i++) await call(i)
}

describe('calls into a thread one after the other', () => {
  it.skipIf(byMessage)('go by shared memory, without a message for each', async () => {
    const messages = await posted(() =>
      times(500, async (i) => expect(await plugin.exports.add(i, 1)).toBe(i + 1)),
    )
    expect(messages).not.toContain('call')
    expect(messages.length).toBeLessThan(100)
  })

  it('bring every value as it is, on every way that it may go', async () => {
    const { echo, bytes, nothing, check } = plugin.exports
    await times(WARM, async (i) => {
      for (const text of ['', 'a', 'zwölf', '\u{1f600}', 'x'.repeat(1_000 * i), 'é'.repeat(10_000 * i)])
        expect(await echo(text)).toBe(text)
      const given = new Uint8Array(i * 20_000).fill(i)
      expect(await bytes(given)).toEqual(given)
      expect(await nothing()).toBeUndefined()
      expect(await check(1)).toBeUndefined()
      const error = await check(0).catch((error) => error)
      expect(ComponentError.is(error) && error.payload).toBe('no')
    })
  })

  it('refuse what is not of its type as ever, and run nothing', async () => {
    const { add, count } = plugin.exports
    await times(WARM, async (i) => {
      await expect(add('1' as never, 2)).rejects.toMatchObject({
        code: 'TYPE_MISMATCH',
        message: expect.stringContaining('add(arg0)'),
      })
      await expect(add(1, 2)).resolves.toBe(3)
      expect(await count()).toBe(i + 1)
    })
  })

  it('and calls by message take turns', async () => {
    const large = 'x'.repeat(300_000)
    await times(WARM, async () => {
      expect(await plugin.exports.add(1, 2)).toBe(3)
      expect(await plugin.exports.echo(large)).toBe(large)
    })
  })

  it('leave the event loop its turns, also where each is awaited at once', async () => {
    await times(WARM, () => plugin.exports.add(1, 2))
    let turned = false
    setImmediate(() => {
      turned = true
    })
    // Each takes a microsecond or more: all would take a second.
    await times(500_000, async () => turned || (await plugin.exports.add(1, 2)))
    expect(turned).toBe(true)
  })

  it('run at once as far as there are instances, and in their order', async () => {
    await times(WARM, () => plugin.exports.count())
    const counts = await Promise.all(Array.from({ length: 64 }, () => plugin.exports.count()))
    expect(counts).toEqual(Array.from({ length: 64 }, (_, i) => WARM + i + 1))
  })
})

describe('a call by shared memory', () => {
  beforeEach(() => times(WARM, () => Promise.all([plugin.exports.add(1, 2), plugin.exports.say(0)])))

  it('waits for a function of the application, as long as that takes', async () => {
    const heard: number[] = []
    log = async (value) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      heard.push(value)
    }
    await times(5, (i) => plugin.exports.say(i))
    expect(heard).toEqual([0, 1, 2, 3, 4])
  })

  it('is heard of after the events in it', async () => {
    const order: string[] = []
    host.on('call', ({ export: name }) => void order.push(name))
    log = () => void order.push('log')
    await times(3, () => plugin.exports.say(1))
    expect(order).toEqual(['log', 'say', 'log', 'say', 'log', 'say'])
  })

  it('ends at its deadline, and the next one has a thread', async () => {
    const loop = plugin.with({ timeoutMs: 50 }).exports.loop
    await expect(loop()).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', export: 'loop' })
    expect(await plugin.exports.add(1, 2)).toBe(3)
  })

  it('ends when it is aborted, and when its signal is aborted while its arguments are read', async () => {
    const soon = new AbortController()
    log = () => void setImmediate(() => soon.abort())
    await expect(plugin.with({ signal: soon.signal }).exports.sayAndLoop()).rejects.toMatchObject({
      code: 'CALL_ABORTED',
    })
    const now = new AbortController()
    const bytes = Object.defineProperty([0], 0, {
      get() {
        now.abort()
        return 1
      },
    })
    await expect(plugin.call('bytes', [bytes], { signal: now.signal })).rejects.toMatchObject({
      code: 'CALL_ABORTED',
    })
    expect(await plugin.exports.add(1, 2)).toBe(3)
  })

  it('ends when the plugin is closed', async () => {
    const ended = expect(plugin.exports.loop()).rejects.toMatchObject({ code: 'PLUGIN_CLOSED' })
    await plugin.close()
    await ended
  })

  it('fails with a fault, and the next one has a fresh instance', async () => {
    await times(WARM, async () => {
      await plugin.exports.count()
      await expect(plugin.exports.fault()).rejects.toMatchObject({ code: 'GUEST_TRAP', export: 'fault' })
      expect(await plugin.exports.count()).toBe(1)
    })
  })

  it('is refused at once where it waits for the function that makes it', async () => {
    log = () => plugin.exports.add(1, 2)
    await expect(plugin.exports.say(1)).rejects.toMatchObject({ code: 'CALL_DEADLOCK' })
  })

  it('has the fuel of one call', async () => {
    const metered = await host.load<Exports>(component, {
      name: 'metered',
      imports: { log: () => {} },
      limits: { fuel: 100_000 },
    })
    await times(WARM, () => metered.exports.add(1, 2))
    await expect(metered.exports.loop()).rejects.toMatchObject({ code: 'OUT_OF_FUEL' })
    await times(WARM, () => metered.exports.add(1, 2))
  })

  it('has no more values than the plugin may be given', async () => {
    const small = await host.load<Exports>(component, {
      name: 'small',
      imports: { log: () => {} },
      limits: { liftedValues: 100 },
    })
    await times(WARM, async () => {
      expect(await small.exports.echo('x'.repeat(1_000))).toHaveLength(1_000)
      await expect(small.exports.echo('x'.repeat(10_000))).rejects.toMatchObject({ code: 'VALUE_TOO_LARGE' })
    })
  })
})
