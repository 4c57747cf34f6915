import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { type CompileOptions, Component, type ImportObject, type Instance } from '@wasm-plugin/runtime'
import { describe, expect, it, vi } from 'vitest'
import { fc } from '../../../../test/property.js'
import { FIXUP, GIVEN, shimmed } from '../link/shim.js'

const MAX = 64 << 20
const PAGE = 4_096
const NO_NAMES = { nameOf: () => undefined, maxBytes: MAX }
const NO_OBJECTS = () => undefined

// biome-ignore lint/suspicious/noExplicitAny: the exports of components that the test itself wrote.
type Exports = Record<string, any>

async function compile(text: string, options: CompileOptions = {}): Promise<Component> {
  return await Component.compile(await parse(text), { snapshot: true, ...options })
}

function start(component: Component, imports: ImportObject = {}): Instance & { exports: Exports } {
  return component.instantiate(imports, { fuel: 10_000_000 }) as never
}

function goOn(
  component: Component,
  bytes: Uint8Array,
  {
    imports = {},
    objectOf = NO_OBJECTS,
  }: { imports?: ImportObject; objectOf?: (name: string) => object | undefined } = {},
): Instance & { exports: Exports } {
  return component.instantiate(imports, { fuel: 10_000_000, restore: { bytes, objectOf } }) as never
}

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'none'
}

/** Nothing that it keeps is exported, and what it starts with is counted by the application. */
const HIDDEN = `(component
  (import "started" (func $started'))
  (core func $started (canon lower (func $started')))
  (core module $m
    (import "" "started" (func $started))
    (memory 1 100)
    (global $i (mut i32) (i32.const 7))
    (global $l (mut i64) (i64.const -1))
    (global $f (mut f32) (f32.const 0.5))
    (global $d (mut f64) (f64.const -0))
    (global $fixed i32 (i32.const 3))
    (global $nf (mut f32) (f32.const 0)) (global $nd (mut f64) (f64.const 0))
    (table 2 funcref) (elem (i32.const 1) func $next)
    (type $t (func (result i32)))
    (data (i32.const 8) "\\01\\02\\03\\04")
    (data (i32.const 20000) "cleared")
    (func $start (call $started) (global.set $i (i32.const 100)))
    (start $start)
    (func $next (result i32) (global.set $i (i32.add (global.get $i) (i32.const 1))) (global.get $i))
    (func (export "next") (result i32) (call_indirect (type $t) (i32.const 1)))
    (func (export "change")
      (global.set $l (i64.const 0x7fffffffffffffff)) (global.set $f (f32.const 0.1)) (global.set $d (f64.const nan))
      (global.set $nf (f32.const -nan:0x2bcdef)) (global.set $nd (f64.const -nan:0x4000123456789))
      (drop (memory.grow (i32.const 3)))
      (memory.fill (i32.const 20000) (i32.const 0) (i32.const 7))
      (i32.store8 (i32.const 200000) (i32.const 42)))
    (func (export "l") (result i64) (global.get $l))
    (func (export "f") (result f32) (global.get $f))
    (func (export "d") (result f64) (global.get $d))
    (func (export "nf") (result i32) (i32.reinterpret_f32 (global.get $nf)))
    (func (export "nd") (result i64) (i64.reinterpret_f64 (global.get $nd)))
    (func (export "byte") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "size") (result i32) (memory.size))
    (func (export "trap") unreachable))
  (core instance $i (instantiate $m (with "" (instance (export "started" (func $started))))))
  (func (export "next") (result u32) (canon lift (core func $i "next")))
  (func (export "change") (canon lift (core func $i "change")))
  (func (export "l") (result s64) (canon lift (core func $i "l")))
  (func (export "f") (result f32) (canon lift (core func $i "f")))
  (func (export "d") (result f64) (canon lift (core func $i "d")))
  (func (export "nf") (result u32) (canon lift (core func $i "nf")))
  (func (export "nd") (result u64) (canon lift (core func $i "nd")))
  (func (export "byte") (param "at" u32) (result u32) (canon lift (core func $i "byte")))
  (func (export "size") (result u32) (canon lift (core func $i "size")))
  (func (export "trap") (canon lift (core func $i "trap"))))`

describe.each([
  ['as it is', {}],
  ['metered', { fuel: true }],
  ['with clamped memories', { memory: { memoryBytes: 8 << 16 } }],
])('an instance that goes on where another was, %s', (_, options: CompileOptions) => {
  it('has its memories and its globals, and does not start again', async () => {
    const component = await compile(HIDDEN, options)
    const started = vi.fn()
    const first = start(component, { started })
    expect(started).toHaveBeenCalledTimes(1)
    expect([first.exports.next(), first.exports.next()]).toEqual([101, 102])
    first.exports.change()
    const bytes = first.save(NO_NAMES)
    // What is zero takes no room.
    expect(bytes.length).toBeLessThan(4 * PAGE)
    const second = goOn(component, bytes, { imports: { started } })
    expect(started).toHaveBeenCalledTimes(1)
    const { l, f, d, nf, nd, byte, size, next } = second.exports
    // Bit for bit, of what is not a number too.
    expect([nf(), nd()]).toEqual([0xffabcdef, 0xfff4000123456789n])
    expect([l(), f(), d()]).toEqual([0x7fffffffffffffffn, Math.fround(0.1), Number.NaN])
    expect([8, 11, 20_000, 20_006, 200_000].map(byte)).toEqual([1, 4, 0, 0, 42])
    expect([size(), second.memoryBytes]).toEqual([4, 4 << 16])
    expect(next()).toBe(103)
    // The other one is as it was, and may go on too.
    expect(first.exports.next()).toBe(103)
    expect(goOn(component, second.save(NO_NAMES), { imports: { started } }).exports.next()).toBe(104)
  })
})

describe.each([false, true])('a module that is started by another one, metered: %s', (fuel) => {
  it('is not started again', async () => {
    const text = shimmed({
      main: `(global $n (mut i32) (i32.const 0))
        (func (export "init") (global.set $n (i32.add (global.get $n) (i32.const 1))))
        (func (export "count") (result i32) (global.get $n))`,
      fixup: `${FIXUP} (import "" "init" (func $init)) (start $init)`,
      given: GIVEN.replace(/$/, ' (export "init" (func $m "init"))'),
      more: '(func (export "count") (result u32) (canon lift (core func $m "count")))',
    })
    const component = await compile(text, { fuel })
    const imports = { log() {}, size: (text: string) => text.length }
    const first = start(component, imports)
    expect([first.exports.count(), first.exports.run()]).toEqual([1, 5])
    const second = goOn(component, first.save(NO_NAMES), { imports })
    expect([second.exports.count(), second.exports.run()]).toEqual([1, 5])
  })
})

/** A resource of its own, and one of the application, of which it keeps what it is given. */
const HOLDER = `(component
  (import "files" (instance $files (export "file" (type (sub resource)))))
  (alias export $files "file" (type $file))
  (core func $drop (canon resource.drop $file))
  (type $item' (resource (rep i32)))
  (core func $new (canon resource.new $item')) (core func $rep (canon resource.rep $item'))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32))) (import "" "rep" (func $rep (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (global $file (mut i32) (i32.const 0)) (global $item (mut i32) (i32.const 0))
    (func (export "keep") (param i32) (global.set $file (local.get 0)))
    (func (export "close") (call $drop (global.get $file)))
    (func (export "make") (param i32) (global.set $item (call $new (local.get 0))))
    (func (export "worth") (result i32) (call $rep (global.get $item))))
  (core instance $i (instantiate $m (with "" (instance
    (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))
  (func (export "keep") (param "file" (own $file)) (canon lift (core func $i "keep")))
  (func (export "close") (canon lift (core func $i "close")))
  (func (export "make") (param "worth" u32) (canon lift (core func $i "make")))
  (func (export "worth") (result u32) (canon lift (core func $i "worth"))))`

describe('handles', () => {
  class File {
    isOpen = true;
    [Symbol.dispose]() {
      this.isOpen = false
    }
  }
  const imports = { files: { File } }

  it('of the plugin go on, in their places', async () => {
    const component = await compile(HOLDER)
    const first = start(component, imports)
    for (const worth of [1, 2, 3]) first.exports.make(worth)
    const second = goOn(component, first.save(NO_NAMES), { imports })
    expect(second.exports.worth()).toBe(3)
    second.exports.make(4)
    expect(second.exports.worth()).toBe(4)
  })

  it('of the host go on where they have names, and keep an instance from being saved where not', async () => {
    const component = await compile(HOLDER)
    const first = start(component, imports)
    const file = new File()
    first.exports.keep(file)
    expect(() => first.save(NO_NAMES)).toThrow('"file" is open')
    expect(codeOf(() => first.save(NO_NAMES))).toBe('SNAPSHOT_REFUSED')
    const bytes = first.save({
      nameOf: (object) => (object === file ? 'the file' : undefined),
      maxBytes: MAX,
    })
    const other = new File()
    const second = goOn(component, bytes, {
      imports,
      objectOf: (name) => (name === 'the file' ? other : undefined),
    })
    second.exports.close()
    expect([file.isOpen, other.isOpen]).toEqual([true, false])
    first.exports.close()
    expect(first.save(NO_NAMES)).toBeInstanceOf(Uint8Array)
  })

  it('of the host are not made of what is there no more, or of another class', async () => {
    const component = await compile(HOLDER)
    const first = start(component, imports)
    first.exports.keep(new File())
    const bytes = first.save({ nameOf: () => 'it', maxBytes: MAX })
    for (const objectOf of [NO_OBJECTS, () => ({ isOpen: true }), () => new Map()])
      expect(codeOf(() => goOn(component, bytes, { imports, objectOf }))).toBe('SNAPSHOT_UNUSABLE')
  })
})

describe('a component that keeps what cannot be read', () => {
  const USES = '(table $t 2 10 funcref) (elem $e func $f) (memory 1) (data $d "a") (func $f)'
  it.each([
    ['changes its tables', `${USES} (func (table.set $t (i32.const 0) (ref.func $f)))`],
    ['changes its tables', `${USES} (func (drop (table.grow $t (ref.null func) (i32.const 1))))`],
    ['changes its tables', `${USES} (func (table.fill $t (i32.const 0) (ref.null func) (i32.const 1)))`],
    ['changes its tables', `${USES} (func (table.copy $t $t (i32.const 0) (i32.const 0) (i32.const 1)))`],
    ['changes its tables', `${USES} (func (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1)))`],
    ['drops its segments', `${USES} (func (elem.drop $e))`],
    ['drops its segments', `${USES} (func (data.drop $d))`],
    ['keeps a reference in a global', '(global (mut funcref) (ref.null func))'],
    ['keeps a reference in a global', '(global (mut externref) (ref.null extern))'],
    ['keeps a vector in a global', '(global (mut v128) (v128.const i64x2 0 0))'],
    ['has memory that threads share', '(memory 1 1 shared)'],
  ])('is refused when it is compiled: it %s', async (reason, fields) => {
    const text = `(component (core module (func)) (core module ${fields}))`
    await expect(compile(text)).rejects.toMatchObject({
      code: 'SNAPSHOT_UNSUPPORTED',
      data: { reason: `core module 1 ${reason}` },
    })
    await compile(text, { snapshot: false })
  })

  it.each([
    ['of what it does not change', '(global funcref (ref.null func)) (global v128 (v128.const i64x2 0 0))'],
    [
      'of tables that are called through',
      '(table 1 funcref) (type $t (func)) (func (call_indirect (type $t) (i32.const 0)))',
    ],
    [
      'of segments that are copied',
      '(memory 1) (data $d "a") (func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)))',
    ],
  ])('is none because %s', async (_, fields) => {
    await compile(`(component (core module ${fields}))`)
  })
})

describe('what was saved', () => {
  const bytesOf = async () => {
    const component = await compile(HIDDEN)
    const first = start(component, { started() {} })
    first.exports.change()
    return { component, bytes: first.save(NO_NAMES) }
  }
  /** The same with another header. */
  const withHeader = (bytes: Uint8Array, change: (header: Exports) => void): Uint8Array => {
    const length = new DataView(bytes.buffer).getUint32(0, true)
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)))
    change(header)
    const text = new TextEncoder().encode(JSON.stringify(header))
    const changed = new Uint8Array(4 + text.length + bytes.length - 4 - length)
    new DataView(changed.buffer).setUint32(0, text.length, true)
    changed.set(text, 4)
    changed.set(bytes.subarray(4 + length), 4 + text.length)
    return changed
  }
  const imports = { started() {} }

  it.each<[string, (header: Exports) => void]>([
    ['a memory less', (h) => h.memories.pop()],
    ['a memory more', (h) => h.memories.push(h.memories[0])],
    ['a global less', (h) => h.globals--],
    ['globals beyond its end', (h) => (h.globals = 2 ** 40)],
    ['no number of globals', (h) => (h.globals = '5')],
    ['a memory that is smaller', (h) => (h.memories[0].bytes = 0)],
    ['a memory of half a page', (h) => (h.memories[0].bytes += 100)],
    ['a memory above its limit', (h) => (h.memories[0].bytes = 200 << 16)],
    ['a memory without end', (h) => (h.memories[0].bytes = Number.MAX_SAFE_INTEGER)],
    ['pages behind its memory', (h) => (h.memories[0].runs[0] = 1_000_000)],
    ['pages in another order', (h) => h.memories[0].runs.reverse()],
    ['pages twice', (h) => h.memories[0].runs.push(0, 1)],
    ['more pages than there are', (h) => h.memories[0].runs.splice(1, 1, 1_000)],
    ['pages that nobody has', (h) => h.memories[0].runs.splice(0, 2)],
    ['half a run', (h) => h.memories[0].runs.pop()],
    ['a negative run', (h) => (h.memories[0].runs[1] = -1)],
    ['a handle of no resource', (h) => h.handles[0].push([0, 1])],
    ['a handle that is none', (h) => h.handles[0].push([0, {}])],
    ['no handles', (h) => delete h.handles],
    ['no list of them', (h) => (h.handles = { length: 1 })],
    ['a table more', (h) => h.handles.push([])],
  ])('is not gone on with where it has %s', async (_, change) => {
    const { component, bytes } = await bytesOf()
    expect(codeOf(() => goOn(component, withHeader(bytes, change), { imports }))).toBe('SNAPSHOT_UNUSABLE')
  })

  it('is not gone on with where it is no text, or cut off anywhere', async () => {
    const { component, bytes } = await bytesOf()
    for (const part of [0, 3, 4, 20, bytes.length - PAGE, bytes.length - 1].map((end) =>
      bytes.subarray(0, end),
    ))
      expect(codeOf(() => goOn(component, part, { imports }))).toBe('SNAPSHOT_UNUSABLE')
    const none = bytes.slice()
    none.fill(0xff, 4, 8)
    expect(codeOf(() => goOn(component, none, { imports }))).toBe('SNAPSHOT_UNUSABLE')
  })

  it('makes an instance or nothing, whatever it is changed to', async () => {
    const { component, bytes } = await bytesOf()
    const length = new DataView(bytes.buffer).getUint32(0, true) + 4
    const edit = fc.tuple(fc.nat(length - 1), fc.integer({ min: 0, max: 255 }))
    const changes = fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const changed = bytes.slice()
      for (const [at, value] of edits) changed[at] = value
      const code = codeOf(() =>
        expect(goOn(component, changed, { imports }).exports.size()).toBeGreaterThan(0),
      )
      expect(['none', 'SNAPSHOT_UNUSABLE', 'LIMIT_EXCEEDED']).toContain(code)
    })
    fc.assert(changes)
  })

  it('is as large as its limit at most', async () => {
    const { component, bytes } = await bytesOf()
    const instance = goOn(component, bytes, { imports })
    // What is around its pages does not count.
    expect(instance.save({ ...NO_NAMES, maxBytes: 2 * PAGE })).toEqual(bytes)
    expect(codeOf(() => instance.save({ ...NO_NAMES, maxBytes: 2 * PAGE - 1 }))).toBe('SNAPSHOT_REFUSED')
  })

  it('is nothing of an instance that a fault ended, or of a component that does not keep it', async () => {
    const component = await compile(HIDDEN)
    const first = start(component, imports)
    expect(codeOf(() => first.exports.trap())).toBe('GUEST_TRAP')
    expect(codeOf(() => first.save(NO_NAMES))).toBe('CANNOT_ENTER')
    const { bytes } = await bytesOf()
    const plain = await compile(HIDDEN, { snapshot: false })
    expect(codeOf(() => start(plain, imports).save(NO_NAMES))).toBe('SNAPSHOT_UNSUPPORTED')
    expect(codeOf(() => goOn(plain, bytes, { imports }))).toBe('SNAPSHOT_UNUSABLE')
  })
})
