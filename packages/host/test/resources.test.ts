// On every Node: collection of what is forgotten, and threads.
import { setImmediate } from 'node:timers/promises'
import { createHost, type Host, type Isolation } from '@wasm-plugin/host'
import { afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import { assemble } from './helpers/guests.js'

// Counters of the plugin; `fail` traps, and what the destructor did can be asked for.
const COUNTERS = `(component
  (core module $d
    (global $dropped (mut i32) (i32.const 0))
    (func (export "dtor") (param i32)
      (if (i32.eq (local.get 0) (i32.const 666)) (then unreachable))
      (if (i32.eq (local.get 0) (i32.const 999)) (then (loop $for-ever (br $for-ever))))
      (global.set $dropped (i32.add (global.get $dropped) (local.get 0))))
    (func (export "dropped") (result i32) (global.get $dropped)))
  (core instance $d (instantiate $d))
  (type $counter' (resource (rep i32) (dtor (core func $d "dtor"))))
  (core func $new (canon resource.new $counter'))
  (core func $rep (canon resource.rep $counter'))
  (core func $drop (canon resource.drop $counter'))
  (core module $m
    (import "env" "new" (func $new (param i32) (result i32)))
    (import "env" "rep" (func $rep (param i32) (result i32)))
    (import "env" "drop" (func $drop (param i32)))
    (memory (export "memory") 1)
    (func (export "construct") (param i32) (result i32)
      (if (i32.eq (local.get 0) (i32.const 13)) (then unreachable))
      (call $new (local.get 0)))
    (func (export "value") (param i32) (result i32) (local.get 0))
    (func (export "plus") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "consume") (param i32) (result i32) (local $v i32)
      (local.set $v (call $rep (local.get 0)))
      (call $drop (local.get 0))
      (local.get $v))
    (func (export "pair") (param i32) (result i32)
      (i32.store (i32.const 16) (call $new (local.get 0)))
      (i32.store (i32.const 20) (call $new (i32.add (local.get 0) (i32.const 1))))
      (i32.store (i32.const 8) (i32.const 16))
      (i32.store (i32.const 12) (i32.const 2))
      (i32.const 8))
    (func (export "maybe") (param i32) (result i32)
      (i32.store (i32.const 32) (i32.const 1))
      (i32.store (i32.const 36) (call $new (local.get 0)))
      (i32.const 32))
    (func (export "fail") unreachable))
  (core instance $i (instantiate $m (with "env" (instance
    (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))
  (alias core export $i "memory" (core memory $memory))
  (export $counter "counter" (type $counter'))
  (func (export "[constructor]counter") (param "start" u32) (result (own $counter))
    (canon lift (core func $i "construct")))
  (func (export "[method]counter.value") (param "self" (borrow $counter)) (result u32)
    (canon lift (core func $i "value")))
  (func (export "[method]counter.plus") (param "self" (borrow $counter)) (param "other" (borrow $counter)) (result u32)
    (canon lift (core func $i "plus")))
  (func (export "[static]counter.of") (param "start" u32) (result (own $counter))
    (canon lift (core func $i "construct")))
  (func (export "consume") (param "counter" (own $counter)) (result u32)
    (canon lift (core func $i "consume")))
  (func (export "pair") (param "start" u32) (result (list (own $counter)))
    (canon lift (core func $i "pair") (memory $memory)))
  (func (export "refuse") (param "start" u32) (result (result (error (own $counter))))
    (canon lift (core func $i "maybe") (memory $memory)))
  (func (export "fail") (canon lift (core func $i "fail")))
  (func (export "dropped") (result u32) (canon lift (core func $d "dropped"))))`

// Takes files of the application in every way there is.
const FILES = `(component
  (import "acme:fs/files@1.0.0" (instance $files
    (export "file" (type $file (sub resource)))
    (export "[constructor]file" (func (param "name" u32) (result (own $file))))
    (export "[method]file.size" (func (param "self" (borrow $file)) (result u32)))
    (export "[static]file.count" (func (result u32)))
    (export "open" (func (param "name" u32) (result (own $file))))
    (export "look" (func (param "file" (borrow $file)) (result u32)))
    (export "close" (func (param "file" (own $file)) (result u32)))))
  (alias export $files "file" (type $file))
  (core func $new (canon lower (func $files "[constructor]file")))
  (core func $size (canon lower (func $files "[method]file.size")))
  (core func $count (canon lower (func $files "[static]file.count")))
  (core func $open (canon lower (func $files "open")))
  (core func $look (canon lower (func $files "look")))
  (core func $close (canon lower (func $files "close")))
  (core func $drop (canon resource.drop $file))
  (core module $m
    (import "env" "new" (func $new (param i32) (result i32)))
    (import "env" "size" (func $size (param i32) (result i32)))
    (import "env" "count" (func $count (result i32)))
    (import "env" "open" (func $open (param i32) (result i32)))
    (import "env" "look" (func $look (param i32) (result i32)))
    (import "env" "close" (func $close (param i32) (result i32)))
    (import "env" "drop" (func $drop (param i32)))
    (func (export "make-and-drop") (param i32) (result i32) (local $h i32) (local $v i32)
      (local.set $h (call $new (local.get 0)))
      (local.set $v (i32.add (call $size (local.get $h)) (call $look (local.get $h))))
      (call $drop (local.get $h))
      (local.get $v))
    (func (export "open-and-close") (param i32) (result i32) (call $close (call $open (local.get 0))))
    (func (export "keep") (param i32) (drop (call $open (local.get 0))))
    (func (export "trap") unreachable)
    (func (export "count") (result i32) (call $count))
    (func (export "take") (param i32) (result i32) (local $v i32)
      (local.set $v (call $size (local.get 0)))
      (call $drop (local.get 0))
      (local.get $v))
    (func (export "same") (param i32) (result i32) (local.get 0)))
  (core instance $i (instantiate $m (with "env" (instance
    (export "new" (func $new)) (export "size" (func $size)) (export "count" (func $count))
    (export "open" (func $open)) (export "look" (func $look)) (export "close" (func $close))
    (export "drop" (func $drop))))))
  (func (export "make-and-drop") (param "name" u32) (result u32) (canon lift (core func $i "make-and-drop")))
  (func (export "open-and-close") (param "name" u32) (result u32) (canon lift (core func $i "open-and-close")))
  (func (export "keep") (param "name" u32) (canon lift (core func $i "keep")))
  (func (export "trap") (canon lift (core func $i "trap")))
  (func (export "count") (result u32) (canon lift (core func $i "count")))
  (func (export "borrow") (param "file" (borrow $file)) (result u32) (canon lift (core func $i "take")))
  (func (export "take") (param "file" (own $file)) (result u32) (canon lift (core func $i "take")))
  (func (export "same") (param "file" (own $file)) (result (own $file)) (canon lift (core func $i "same"))))`

let host: Host
let counters: Uint8Array
let files: Uint8Array

beforeAll(async () => {
  counters = await assemble(COUNTERS)
  files = await assemble(FILES)
})
beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

const isolations: readonly Isolation[] = ['worker', 'inline']

describe.each(isolations)('resources of a plugin (%s)', (isolation) => {
  const load = () => host.load(counters, { isolation, name: 'counters' })

  it('are classes: constructor, methods, static functions, lists, the error of a result', async () => {
    const { exports } = await load()
    const { Counter } = exports
    const five = new Counter(5)
    expect(five).toBeInstanceOf(Counter)
    expect(await five.value()).toBe(5)
    const seven = await Counter.of(7)
    expect(await five.plus(seven)).toBe(12)
    const [one, two] = await exports.pair(1)
    expect([await one.value(), await two.value()]).toEqual([1, 2])
    const refused = await (async () => exports.refuse(9))().catch((error) => error)
    expect(await refused.payload.value()).toBe(9)
  })

  it('are called by name too, with the object first', async () => {
    const plugin = await load()
    if (!('call' in plugin)) return
    const counter = await plugin.call('[constructor]counter', [4])
    expect(await plugin.call('[method]counter.value', [counter])).toBe(4)
  })

  it('run their destructor once, when they are disposed', async () => {
    const { exports } = await load()
    {
      await using counter = new exports.Counter(30)
      expect(await counter.value()).toBe(30)
      await counter[Symbol.asyncDispose]()
    }
    expect(await exports.dropped()).toBe(30)
    new exports.Counter(12)[Symbol.dispose]()
    await expect.poll(() => exports.dropped()).toBe(42)
  })

  it('that are given away or disposed are refused', async () => {
    const { exports } = await load()
    const given = await exports.Counter.of(5)
    expect(await exports.consume(given)).toBe(5)
    await expect(async () => given.value()).rejects.toMatchObject({ code: 'RESOURCE_DROPPED' })
    await expect(async () => exports.consume(given)).rejects.toMatchObject({ code: 'RESOURCE_DROPPED' })
    expect(await exports.dropped()).toBe(5)
    const disposed = await exports.Counter.of(1)
    await disposed[Symbol.asyncDispose]()
    await expect(async () => disposed.value()).rejects.toMatchObject({ code: 'RESOURCE_DROPPED' })
  })

  it.each([{}, 1, null, undefined, 'x', new Date()])('are not taken for %j', async (value) => {
    const { exports } = await load()
    await expect(async () => exports.consume(value)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    await expect(async () => exports.Counter.prototype.value.call(value)).rejects.toMatchObject({
      code: 'TYPE_MISMATCH',
    })
  })

  it('of another plugin are refused', async () => {
    const { exports } = await load()
    const other = await host.load(counters, { isolation, name: 'other' })
    const foreign = await other.exports.Counter.of(1)
    await expect(async () => exports.consume(foreign)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    expect(await foreign.value()).toBe(1)
  })

  it('end with their instance', async () => {
    const { exports } = await load()
    const counter = await exports.Counter.of(5)
    await expect(async () => exports.fail()).rejects.toMatchObject({ code: 'GUEST_TRAP' })
    await expect(async () => counter.value()).rejects.toMatchObject({ code: 'RESOURCE_UNREACHABLE' })
    await counter[Symbol.asyncDispose]()
    expect(await exports.dropped()).toBe(0)
    expect(await (await exports.Counter.of(6)).value()).toBe(6)
  })

  it('whose destructor traps are a fault of the plugin', async () => {
    const { exports } = await load()
    const faults: string[] = []
    host.on('fault', ({ error }) => faults.push(error.code))
    const counter = await exports.Counter.of(666)
    await expect(async () => counter[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'GUEST_TRAP' })
    expect(faults).toEqual(['GUEST_TRAP'])
    expect(await exports.dropped()).toBe(0)
  })

  it('may have a static function that no class could have', async () => {
    const bytes = await assemble(COUNTERS.replace('[static]counter.of', '[static]counter.prototype'))
    const { exports } = await host.load(bytes, { isolation })
    expect(await (await exports.Counter.prototype_(7)).value()).toBe(7)
  })

  it('that nobody holds any more are dropped', async () => {
    if (globalThis.gc === undefined) throw new Error('this test needs --expose-gc')
    const { exports } = await load()
    for (let i = 0; i < 100; i++) await exports.Counter.of(1)
    // The engine tells when it likes to; the test runs out of time if it never does.
    while ((await exports.dropped()) === 0) {
      globalThis.gc()
      await setImmediate()
    }
    expect(await exports.dropped()).toBeLessThanOrEqual(100)
  })
})

interface Counter extends AsyncDisposable {
  value(): Promise<number>
}
interface Typed {
  Counter: { new (start: number): Counter; of(start: number): Promise<Counter> }
}

it('are typed as they are called: without promises in the thread of the application', async () => {
  const near = await host.load<Typed>(counters, { isolation: 'inline', name: 'near' })
  const counter = new near.exports.Counter(5)
  expectTypeOf(counter.value()).toEqualTypeOf<number>()
  expect(counter.value() + near.exports.Counter.of(3).value()).toBe(8)
  const far = await host.load<Typed>(counters, { name: 'far' })
  const value = new far.exports.Counter(5).value()
  expectTypeOf(value).toEqualTypeOf<Promise<number>>()
  expect(await value).toBe(5)
})

describe('resources of a plugin in a thread', () => {
  it('whose constructor fails, fail at the first use, and nobody else hears of it', async () => {
    const { exports } = await host.load(counters)
    const counter = new exports.Counter(13)
    // One instance answers in turn: after this the constructor has failed, with nobody there.
    expect(await exports.dropped()).toBe(0)
    await expect(counter.value()).rejects.toMatchObject({ code: 'GUEST_TRAP' })
    await counter[Symbol.asyncDispose]()
    expect(await new exports.Counter(14).value()).toBe(14)
  })

  it('whose constructor fails and that are never used, say so when they are given up', async () => {
    const { exports } = await host.load(counters)
    const unused = new exports.Counter(13)
    await expect(unused[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'GUEST_TRAP' })
    await unused[Symbol.asyncDispose]()
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
    new exports.Counter(13)[Symbol.dispose]()
    expect((await warned).message).toMatch(
      /^the constructor of Counter failed, and its object was never used: /,
    )
    expect(await new exports.Counter(14).value()).toBe(14)
  })

  it('stay with their instance while others take calls', async () => {
    const { exports } = await host.load(counters, { pool: { instances: 3 } })
    const made = await Promise.all([1, 2, 3, 4, 5, 6].map((start) => exports.Counter.of(start)))
    for (const round of [0, 1, 2]) {
      const values = await Promise.all(made.map((counter) => counter.value()))
      expect([round, ...values]).toEqual([round, 1, 2, 3, 4, 5, 6])
    }
  })

  it('whose destructor never ends are ended at the deadline', async () => {
    const { exports } = await host.load(counters, { limits: { timeoutMs: 3_000 } })
    const counter = await exports.Counter.of(999)
    await expect(counter[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    expect(await exports.dropped()).toBe(0)
  })

  it('are limited in number', async () => {
    const { exports } = await host.load(counters, { limits: { handles: 3 } })
    const held = await Promise.all([1, 2, 3].map((start) => exports.Counter.of(start)))
    await expect(exports.Counter.of(4)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
    await held[0][Symbol.asyncDispose]()
    expect(await (await exports.Counter.of(4)).value()).toBe(4)
  })
})

class File {
  static made = 0
  static live = new Set<File>()
  constructor(readonly name: number) {
    File.made++
    File.live.add(this)
  }
  async size() {
    await Promise.resolve()
    return this.name * 10
  }
  static count() {
    return File.made
  }
  [Symbol.dispose]() {
    File.live.delete(this)
  }
}

describe.each(isolations)('resources of the application (%s)', (isolation) => {
  class Sync extends File {
    // biome-ignore lint/suspicious/noExplicitAny: in the application's thread nothing can wait
    override size(): any {
      return this.name * 10
    }
  }
  const Class = isolation === 'inline' ? Sync : File
  const interfaces = {
    'acme:fs/files': {
      File: Class,
      open: (name: number) => new Class(name),
      look: (file: File) => file.name,
      close: (file: File) => {
        file[Symbol.dispose]()
        return file.name
      },
    },
  }
  const load = (options = {}) => host.load(files, { isolation, imports: interfaces, ...options })
  beforeEach(() => {
    File.made = 0
    File.live.clear()
  })

  it('are made, used, lent and dropped by the plugin', async () => {
    const { exports } = await load()
    expect(await exports.makeAndDrop(4)).toBe(44)
    expect(await exports.count()).toBe(1)
    expect(File.live.size).toBe(0)
  })

  it('are given and taken back', async () => {
    const { exports } = await load()
    expect(await exports.openAndClose(8)).toBe(8)
    expect(File.live.size).toBe(0)
    const file = new Class(3)
    expect(await exports.same(file)).toBe(file)
    expect(File.live.has(file)).toBe(true)
    expect(await exports.take(file)).toBe(30)
    expect(File.live.has(file)).toBe(false)
    const lent = new Class(2)
    expect(await exports.borrow(lent)).toBe(20)
    expect(File.live.has(lent)).toBe(true)
  })

  it.each([1, null, undefined, 'x'])('are objects, not %j', async (value) => {
    if (isolation === 'inline') return
    const { exports } = await load()
    await expect(exports.take(value)).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
  })
})

describe('resources of the application in a thread', () => {
  const imports = (look = (file: File) => file.name) => ({
    'acme:fs/files': { File, open: (name: number) => new File(name), look, close: (file: File) => file.name },
  })
  beforeEach(() => File.live.clear())

  it('are disposed when the instance that held them ends: by a fault, at the deadline, on close', async () => {
    const plugin = await host.load(files, { imports: imports() })
    await plugin.exports.keep(1)
    expect(File.live.size).toBe(1)
    await expect(plugin.exports.trap()).rejects.toMatchObject({ code: 'GUEST_TRAP' })
    expect(File.live.size).toBe(0)
    await plugin.exports.keep(2)
    await plugin.close()
    expect(File.live.size).toBe(0)
  })

  it('are disposed when their thread is ended in the middle of a call', async () => {
    const never = () => new Promise<number>(() => {})
    const plugin = await host.load(files, { imports: imports(never as never), limits: { timeoutMs: 200 } })
    await expect(plugin.exports.makeAndDrop(1)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    expect(File.live.size).toBe(0)
  })

  it('need their class and its methods at load', async () => {
    const { open, look, close } = imports()['acme:fs/files']
    for (const Class of [undefined, {}, class {}, class { size() {} }]) // biome-ignore format: a list
      await expect(
        host.load(files, { imports: { 'acme:fs/files': { File: Class, open, look, close } } }),
      ).rejects.toMatchObject({ code: 'HOST_FUNCTION_MISSING' })
  })
})
