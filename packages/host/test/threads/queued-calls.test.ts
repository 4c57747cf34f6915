import { Worker } from 'node:worker_threads'
import { createHost, type Host, type Plugin } from '@wasm-plugin/host'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble } from '../helpers/guests.js'

const PLUGIN = `(component
  (import "wait" (func $wait (param "value" u32)))
  (core func $wait' (canon lower (func $wait)))
  (core module $m
    (import "env" "wait" (func $wait (param i32)))
    (memory (export "memory") 1)
    (global $calls (mut i32) (i32.const 0))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "count") (result i32)
      (global.set $calls (i32.add (global.get $calls) (i32.const 1))) (global.get $calls))
    (func (export "sum") (param $at i32) (param $left i32) (result i32) (local $sum i32)
      (loop $next
        (if (local.get $left) (then
          (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (local.set $left (i32.sub (local.get $left) (i32.const 1)))
          (br $next))))
      (local.get $sum))
    (func (export "ask") (param i32) (call $wait (local.get 0)))
    (func (export "loop") (loop $l (br $l))))
  (core instance $i (instantiate $m (with "env" (instance (export "wait" (func $wait'))))))
  (alias core export $i "memory" (core memory $memory))
  (alias core export $i "realloc" (core func $realloc))
  (func (export "count") (result u32) (canon lift (core func $i "count")))
  (func (export "sum") (param "bytes" (list u8)) (result u32)
    (canon lift (core func $i "sum") (memory $memory) (realloc $realloc)))
  (func (export "ask") (param "value" u32) (canon lift (core func $i "ask")))
  (func (export "loop") (canon lift (core func $i "loop"))))`

interface Exports {
  count(): Promise<number>
  sum(bytes: Uint8Array | number[]): Promise<number>
  ask(value: number): Promise<void>
  loop(): Promise<void>
}

/** Set in the run in which nothing goes by shared memory. */
const byMessage = process.env.WASM_PLUGIN_LANE === 'off'

let component: Uint8Array
let host: Host
/** Answers the function that the plugin waits for. */
let answers: (() => void)[]

beforeAll(async () => {
  component = await assemble(PLUGIN)
})
beforeEach(async () => {
  answers = []
  host = await createHost()
})
afterEach(() => host.close())

async function load(options: { instances?: number; queue?: number } = {}): Promise<Plugin<Exports>> {
  const wait = () => new Promise<void>((resolve) => answers.push(resolve))
  return await host.load<Exports>(component, { imports: { wait }, pool: options })
}

/** A call that has begun and does not end before it is answered. */
async function busy(plugin: Plugin<Exports>): Promise<{ answer: () => void; done: Promise<void> }> {
  const before = answers.length
  const done = plugin.exports.ask(1)
  done.catch(() => {})
  await vi.waitUntil(() => answers.length > before)
  return { answer: answers[before] as () => void, done }
}

it.skipIf(byMessage)(
  'calls that wait for one that runs make no message each, and keep their order',
  async () => {
    const plugin = await load()
    const { answer } = await busy(plugin)
    const post = vi.spyOn(Worker.prototype, 'postMessage')
    const counts = Array.from({ length: 60 }, () => plugin.exports.count())
    expect(plugin.stats.waiting).toBe(60)
    answer()
    expect(await Promise.all(counts)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
    expect(post.mock.calls.filter(([message]) => message.type === 'call')).toEqual([])
    post.mockRestore()
  },
)

it('more calls than fit there wait as well, and all are answered', async () => {
  const plugin = await load()
  const { answer } = await busy(plugin)
  const counts = Array.from({ length: 500 }, () => plugin.exports.count())
  expect(plugin.stats.waiting).toBe(500)
  answer()
  expect(await Promise.all(counts)).toEqual(Array.from({ length: 500 }, (_, i) => i + 1))
  expect(plugin.stats.waiting).toBe(0)
})

it('a call that waits has the arguments that it was called with', async () => {
  const plugin = await load()
  const { answer } = await busy(plugin)
  const bytes = new Uint8Array([1, 2, 3])
  const list = [4, 5, 6]
  const sums = [plugin.exports.sum(bytes), plugin.exports.sum(list)]
  bytes.fill(0)
  list.fill(0)
  answer()
  expect(await Promise.all(sums)).toEqual([6, 15])
})

it('reading the arguments of one may make another', async () => {
  const plugin = await load()
  const { answer } = await busy(plugin)
  let inner: Promise<number> | undefined
  const list = Object.defineProperty([1, 2], 0, {
    get() {
      inner ??= plugin.exports.sum([40, 2])
      return 1
    },
  })
  const outer = plugin.exports.sum(list)
  answer()
  expect(await Promise.all([outer, inner])).toEqual([3, 42])
})

it('a call that waits ends at its deadline or is aborted, and the one that runs goes on', async () => {
  const plugin = await load()
  const { answer, done } = await busy(plugin)
  const aborter = new AbortController()
  const late = plugin.with({ timeoutMs: 20 }).exports.count()
  const aborted = plugin.with({ signal: aborter.signal }).exports.count()
  const third = plugin.exports.count()
  aborter.abort()
  await expect(aborted).rejects.toMatchObject({ code: 'CALL_ABORTED' })
  await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  answer()
  await done
  // Neither of the others has run.
  expect(await third).toBe(1)
})

it('more calls than the queue holds are refused, and those in it are not', async () => {
  const plugin = await load({ queue: 2 })
  const { answer } = await busy(plugin)
  const waiting = [plugin.exports.count(), plugin.exports.count()]
  await expect(plugin.exports.count()).rejects.toMatchObject({ code: 'POOL_SATURATED' })
  answer()
  expect(await Promise.all(waiting)).toEqual([1, 2])
  expect(await plugin.exports.count()).toBe(3)
})

it('calls that wait fail when the plugin is closed', async () => {
  const plugin = await load()
  const { done } = await busy(plugin)
  const waiting = Array.from({ length: 5 }, () => plugin.exports.count())
  const outcomes = Promise.allSettled([done, ...waiting])
  await plugin.close()
  for (const outcome of await outcomes)
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'PLUGIN_CLOSED' } })
})

it('a call that waits behind one instance is run by another that is idle', async () => {
  const plugin = await load({ instances: 2 })
  const both = await Promise.all([busy(plugin), busy(plugin)])
  const waiting = Array.from({ length: 10 }, () => plugin.exports.count())
  both[1].answer()
  expect(await Promise.all(waiting)).toEqual(expect.arrayContaining([10]))
  both[0].answer()
})

attack(
  'E150',
  'Never answers while other calls wait for its instance',
  'its thread is ended at the deadline, and the calls that had not begun are run by another one',
  async () => {
    const plugin = await load()
    const endless = plugin.with({ timeoutMs: 200 }).exports.loop()
    endless.catch(() => {})
    const counts = Array.from({ length: 20 }, () => plugin.exports.count())
    const sum = plugin.exports.sum(new Uint8Array([1, 2, 3]))
    await expect(endless).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', export: 'loop' })
    expect((await Promise.all(counts)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    )
    expect(await sum).toBe(6)
  },
)
