import { type Component, type ImportObject, PluginError } from '@wasm-plugin/runtime'
import { memberName, staticName } from '@wasm-plugin/runtime/internal'
import { describe, expect, it, vi } from 'vitest'
import { compileWat, type Exports } from './wat.js'

/** Exports a resource `counter` whose representation is its count, and functions that take handles of it. */
const exporter = `(component
  (core module $dtor-module
    (global $dropped (mut i32) (i32.const 0))
    (func (export "dtor") (param i32) (global.set $dropped (local.get 0)))
    (func (export "dropped") (result i32) (global.get $dropped)))
  (core instance $d (instantiate $dtor-module))
  (type $counter' (resource (rep i32) (dtor (core func $d "dtor"))))
  (core func $new (canon resource.new $counter'))
  (core func $rep (canon resource.rep $counter'))
  (core func $drop (canon resource.drop $counter'))
  (core module $m
    (import "env" "new" (func $new (param i32) (result i32)))
    (import "env" "rep" (func $rep (param i32) (result i32)))
    (import "env" "drop" (func $drop (param i32)))
    (func (export "construct") (param i32) (result i32) (call $new (local.get 0)))
    (func (export "value") (param i32) (result i32) (local.get 0))
    (func (export "consume") (param i32) (result i32) (local $v i32)
      (local.set $v (call $rep (local.get 0)))
      (call $drop (local.get 0))
      (local.get $v))
    (func (export "forge") (param i32) (result i32) (local.get 0)))
  (core instance $i (instantiate $m (with "env" (instance
    (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))
  (export $counter "counter" (type $counter'))
  (func (export "[constructor]counter") (param "start" u32) (result (own $counter))
    (canon lift (core func $i "construct")))
  (func (export "[method]counter.value") (param "self" (borrow $counter)) (result u32)
    (canon lift (core func $i "value")))
  (func (export "[static]counter.of") (param "start" u32) (result (own $counter))
    (canon lift (core func $i "construct")))
  (func (export "consume") (param "counter" (own $counter)) (result u32)
    (canon lift (core func $i "consume")))
  (func (export "forge") (param "index" u32) (result (own $counter))
    (canon lift (core func $i "forge")))
  (func (export "dropped") (result u32) (canon lift (core func $d "dropped"))))`

describe.each([true, false])('resources that a guest defines (generated code: %s)', (codeGeneration) => {
  const component = compileWat(exporter)
  const start = async () => {
    const instance = (await component).instantiate({}, { codeGeneration })
    return { instance, exports: instance.exports as Exports }
  }

  it.each(['prototype', 'name', 'length', 'call', 'constructor', 'to-string', 'then', 'next'])(
    'may have any name for a static function or a method, but none by which JavaScript finds it (%s)',
    async (name) => {
      const named = (from: string) => compileWat(exporter.replaceAll(from, from.replace(/\.\w+/, `.${name}`)))
      const start = (component: Component) => component.instantiate({}, { codeGeneration }).exports as Exports
      const method = start(await named('[method]counter.value'))
      expect(new method.Counter(3)[memberName(name)]()).toBe(3)
      const { Counter } = start(await named('[static]counter.of'))
      expect(Counter[staticName(name)](4)).toBeTypeOf('object')
      expect(Counter.name).toBe('Counter')
    },
  )

  it('are classes with a constructor, methods and statics', async () => {
    const { exports } = await start()
    const { Counter } = exports
    const counter = new Counter(5)
    expect(counter).toBeInstanceOf(Counter)
    expect(Counter.name).toBe('Counter')
    expect(counter.value()).toBe(5)
    expect(Counter.of(6).value()).toBe(6)
    expect(Counter.of(7)).toBeInstanceOf(Counter)
  })

  it('run the destructor once, when the host disposes them', async () => {
    const { exports } = await start()
    const counter = new exports.Counter(5)
    counter[Symbol.dispose]()
    expect(exports.dropped()).toBe(5)
    new exports.Counter(6)[Symbol.dispose]()
    counter[Symbol.dispose]()
    expect(exports.dropped()).toBe(6)
    expect(thrown(() => counter.value())).toMatchObject({
      code: 'RESOURCE_DROPPED',
      data: { how: 'dropped' },
    })
  })

  it('move to the guest that takes them', async () => {
    const { exports, instance } = await start()
    const counter = new exports.Counter(9)
    expect(exports.consume(counter)).toBe(9)
    expect(exports.dropped()).toBe(9)
    expect(thrown(() => counter.value())).toMatchObject({ code: 'RESOURCE_DROPPED', data: { how: 'moved' } })
    expect(thrown(() => exports.consume(counter))).toMatchObject({ code: 'RESOURCE_DROPPED' })
    counter[Symbol.dispose]()
    expect(instance.poisoned).toBe(null)
  })

  it('are told apart from other objects, and from those of another instance', async () => {
    const { exports, instance } = await start()
    const other = await start()
    for (const value of [
      undefined,
      null,
      {},
      5,
      new other.exports.Counter(1),
      Object.create(exports.Counter.prototype),
    ]) {
      expect(thrown(() => exports.consume(value))).toMatchObject({
        code: 'TYPE_MISMATCH',
        message: expect.stringMatching(/^consume\(arg0\): expected Counter, got /),
      })
    }
    expect(thrown(() => exports.Counter.prototype.value.call({}))).toMatchObject({ code: 'TYPE_MISMATCH' })
    expect(instance.poisoned).toBe(null)
  })

  it('cannot be forged by a handle that does not exist', async () => {
    const { exports, instance } = await start()
    expect(thrown(() => exports.forge(1))).toMatchObject({ code: 'ABI_TRAP' })
    expect(instance.poisoned).not.toBe(null)
  })

  it('cannot be used once the instance is gone, but can be disposed', async () => {
    const { exports } = await start()
    const counter = new exports.Counter(5)
    thrown(() => exports.forge(77))
    expect(thrown(() => counter.value())).toMatchObject({ code: 'CANNOT_ENTER' })
    counter[Symbol.dispose]()
  })

  it('without a constructor refuse `new`', async () => {
    const { exports } = (
      await compileWat(`(component
        (type $token' (resource (rep i32)))
        (export "token" (type $token')))`)
    ).instantiate({}, { codeGeneration })
    const { Token } = exports as Exports
    expect(thrown(() => new Token())).toMatchObject({ code: 'NO_CONSTRUCTOR', data: { resource: 'token' } })
  })

  it('count against the limit of handles', async () => {
    const instance = (await component).instantiate({}, { codeGeneration, limits: { handles: 0 } })
    expect(thrown(() => new (instance.exports as Exports).Counter(1))).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      data: { limit: 'handles' },
    })
  })
})

/** Imports a resource `file`; `op` of the core code is chosen per test. */
function importer(body: string): string {
  return `(component
    (import "acme:fs/files" (instance $files
      (export "file" (type $file (sub resource)))
      (export "[constructor]file" (func (param "name" u32) (result (own $file))))
      (export "[method]file.size" (func (param "self" (borrow $file)) (result u32)))
      (export "[static]file.count" (func (result u32)))
      (export "open" (func (result (own $file))))
      (export "close" (func (param "file" (own $file))))))
    (alias export $files "file" (type $file))
    (core func $new (canon lower (func $files "[constructor]file")))
    (core func $size (canon lower (func $files "[method]file.size")))
    (core func $count (canon lower (func $files "[static]file.count")))
    (core func $open (canon lower (func $files "open")))
    (core func $close (canon lower (func $files "close")))
    (core func $drop (canon resource.drop $file))
    (core module $m
      (import "env" "new" (func $new (param i32) (result i32)))
      (import "env" "size" (func $size (param i32) (result i32)))
      (import "env" "count" (func $count (result i32)))
      (import "env" "open" (func $open (result i32)))
      (import "env" "close" (func $close (param i32)))
      (import "env" "drop" (func $drop (param i32)))
      (func (export "own") (param i32) (result i32) (local $h i32) ${body}))
    (core instance $i (instantiate $m (with "env" (instance
      (export "new" (func $new)) (export "size" (func $size)) (export "count" (func $count))
      (export "open" (func $open)) (export "close" (func $close)) (export "drop" (func $drop))))))
    (func (export "take") (param "file" (own $file)) (result u32) (canon lift (core func $i "own")))
    (func (export "borrow") (param "file" (borrow $file)) (result u32) (canon lift (core func $i "own")))
    (func (export "give") (param "file" u32) (result (own $file)) (canon lift (core func $i "own"))))`
}

describe.each([true, false])('resources of the host (generated code: %s)', (codeGeneration) => {
  const disposed: unknown[] = []
  const closed: unknown[] = []

  class File {
    static count() {
      return 42
    }
    constructor(readonly bytes: number) {}
    size() {
      return this.bytes
    }
    [Symbol.dispose]() {
      disposed.push(this)
    }
  }
  class BigFile extends File {
    override size() {
      return 1000 + this.bytes
    }
  }
  const opened = new File(3)
  const files = { File, open: () => opened, close: (file: File) => void closed.push(file) }

  async function start(body: string) {
    const component = await compileWat(importer(body))
    const instance = component.instantiate({ 'acme:fs/files': files } as ImportObject, { codeGeneration })
    disposed.length = 0
    closed.length = 0
    return { instance, exports: instance.exports as Exports }
  }

  it('are made by `new`, and called by method and static', async () => {
    const { exports } = await start(`
      (local.set $h (call $new (i32.const 8)))
      (i32.add (call $count) (call $size (local.get $h)))
      (call $drop (local.get $h))
      (call $drop (local.get 0))`)
    const file = new File(1)
    expect(exports.take(file)).toBe(50)
    expect(disposed).toEqual([new File(8), file])
  })

  it('call the method of a derived class', async () => {
    const { exports } = await start('(call $size (local.get 0)) (call $drop (local.get 0))')
    expect(exports.take(new BigFile(7))).toBe(1007)
  })

  it('come back as the very objects that were passed', async () => {
    const { exports } = await start('(call $open)')
    expect(exports.give(0)).toBe(opened)
    const closing = await start('(call $close (local.get 0)) (i32.const 0)')
    const file = new File(1)
    closing.exports.take(file)
    expect(closed).toEqual([file])
    expect(closed[0]).toBe(file)
    expect(disposed).toEqual([])
  })

  it('must be of the class', async () => {
    const { exports, instance } = await start('(i32.const 0)')
    expect(thrown(() => exports.take({ size: () => 1 }))).toMatchObject({ code: 'TYPE_MISMATCH' })
    expect(instance.poisoned).toBe(null)
  })

  it.each([
    ['a borrow kept after the call', 'borrow', '(i32.const 0)', /kept 1 borrowed handle/],
    [
      'a borrow given away',
      'borrow',
      '(call $close (local.get 0)) (i32.const 0)',
      /borrowed and cannot be given away/,
    ],
    [
      'a handle dropped twice',
      'take',
      '(call $drop (local.get 0)) (call $drop (local.get 0)) (i32.const 0)',
      /not exist/,
    ],
    ['a handle that never was', 'take', '(call $size (i32.const 99))', /handle 99 does not exist/],
    ['handle 0', 'take', '(call $size (i32.const 0))', /handle 0 does not exist/],
    ['handle -1', 'take', '(call $size (i32.const -1))', /does not exist/],
  ])('trap on %s', async (_, name, body, reason) => {
    const { exports, instance } = await start(body)
    expect(thrown(() => exports[name](new File(1)))).toMatchObject({
      code: 'ABI_TRAP',
      data: { reason: expect.stringMatching(reason) },
    })
    expect(instance.poisoned).not.toBe(null)
  })

  it('may be borrowed and dropped within the call', async () => {
    const { exports } = await start('(call $size (local.get 0)) (call $drop (local.get 0))')
    for (let i = 0; i < 3; i++) expect(exports.borrow(new File(4))).toBe(4)
    expect(disposed).toEqual([])
  })

  it('end the instance when their dispose throws', async () => {
    const { exports, instance } = await start('(call $drop (local.get 0)) (i32.const 0)')
    const file = Object.assign(new File(1), {
      [Symbol.dispose]: vi.fn(() => {
        throw new Error('dispose failed')
      }),
    })
    expect(thrown(() => exports.take(file))).toMatchObject({ code: 'HOST_FUNCTION_FAILED' })
    expect(instance.poisoned).not.toBe(null)
  })
})

describe.each([true, false])('resources between components (generated code: %s)', (codeGeneration) => {
  /** `$maker` defines a resource; `$user` makes one, uses it, and drops it. */
  const composed = (use: string) => `(component
    (component $Maker
      (core module $dm
        (global $g (mut i32) (i32.const 0))
        (func (export "dtor") (param i32) (global.set $g (i32.add (global.get $g) (local.get 0))))
        (func (export "dropped") (result i32) (global.get $g)))
      (core instance $d (instantiate $dm))
      (type $r' (resource (rep i32) (dtor (core func $d "dtor"))))
      (core func $new (canon resource.new $r'))
      (core module $m
        (import "env" "new" (func $new (param i32) (result i32)))
        (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
        (func (export "get") (param i32) (result i32) (local.get 0)))
      (core instance $i (instantiate $m (with "env" (instance (export "new" (func $new))))))
      (export $r "r" (type $r'))
      (func (export "make") (param "rep" u32) (result (own $r)) (canon lift (core func $i "make")))
      (func (export "get") (param "r" (borrow $r)) (result u32) (canon lift (core func $i "get")))
      (func (export "dropped") (result u32) (canon lift (core func $d "dropped"))))
    (component $User
      (import "maker" (instance $maker
        (export "r" (type $r (sub resource)))
        (export "make" (func (param "rep" u32) (result (own $r))))
        (export "get" (func (param "r" (borrow $r)) (result u32)))))
      (alias export $maker "r" (type $r))
      (core func $make (canon lower (func $maker "make")))
      (core func $get (canon lower (func $maker "get")))
      (core func $drop (canon resource.drop $r))
      (core module $m
        (import "env" "make" (func $make (param i32) (result i32)))
        (import "env" "get" (func $get (param i32) (result i32)))
        (import "env" "drop" (func $drop (param i32)))
        (func (export "use") (result i32) (local $h i32) ${use}))
      (core instance $i (instantiate $m (with "env" (instance
        (export "make" (func $make)) (export "get" (func $get)) (export "drop" (func $drop))))))
      (func (export "use") (result u32) (canon lift (core func $i "use"))))
    (instance $maker (instantiate $Maker))
    (instance $user (instantiate $User (with "maker" (instance $maker))))
    (export "use" (func $user "use"))
    (export "dropped" (func $maker "dropped")))`

  it('cross as handles of each table, and die in the component that defines them', async () => {
    const component = await compileWat(
      composed(
        '(local.set $h (call $make (i32.const 30))) (call $get (local.get $h)) (call $drop (local.get $h))',
      ),
    )
    const exports = component.instantiate({}, { codeGeneration }).exports as Exports
    expect([exports.use(), exports.use(), exports.dropped()]).toEqual([30, 30, 60])
  })

  it('trap on a foreign handle', async () => {
    const component = await compileWat(composed('(call $get (i32.const 1))'))
    const instance = component.instantiate({}, { codeGeneration })
    expect(thrown(() => (instance.exports as Exports).use())).toMatchObject({ code: 'ABI_TRAP' })
    expect(thrown(() => (instance.exports as Exports).dropped())).toMatchObject({ code: 'CANNOT_ENTER' })
  })
})

function thrown(call: () => unknown): PluginError {
  try {
    call()
  } catch (error) {
    if (PluginError.is(error)) return error
    throw error
  }
  throw new TypeError('nothing was thrown')
}
