import { runInNewContext } from 'node:vm'
import { ComponentError, createHost, type Host, type Isolation, PluginError } from '@wasm-plugin/host'
import { PluginError as AnyError } from '@wasm-plugin/runtime'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { assemble } from './helpers/guests.js'

/**
 * Gives back what it is given, whatever way it comes: as an argument, as the answer of the application's function, as the
 * `err` of one. Arguments of more than 16 core values lie in memory as an answer does, so `echo` returns its pointer.
 */
const ECHO = `(component
  (type $doc' (record (field "name" string) (field "size" u32) (field "big" u64) (field "tags" (list string))
    (field "bytes" (list u8)) (field "at" (tuple u32 s8)) (field "mode" $mode) (field "kind" $kind)
    (field "more" (option string)) (field "to-string" u8)))
  (import "doc" (type $doc (eq $doc')))
  (import "give" (func $give (result $doc)))
  (import "fail" (func $fail (result (result (error $doc)))))
  (core module $libc
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 4096))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (local.get $at)))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (alias core export $libc "realloc" (core func $realloc))
  (core func $give' (canon lower (func $give) (memory $memory) (realloc $realloc)))
  (core func $fail' (canon lower (func $fail) (memory $memory) (realloc $realloc)))
  (core module $m
    (import "env" "give" (func $give (param i32)))
    (import "env" "fail" (func $fail (param i32)))
    (func (export "echo") (param i32) (result i32) (local.get 0))
    (func (export "ask") (result i32) (call $give (i32.const 512)) (i32.const 512))
    (func (export "ask-error") (result i32) (call $fail (i32.const 1024)) (i32.const 1024)))
  (core instance $i (instantiate $m (with "env" (instance
    (export "give" (func $give')) (export "fail" (func $fail'))))))
  (func (export "echo") (param "doc" $doc) (param "filler" u32) (result $doc)
    (canon lift (core func $i "echo") (memory $memory) (realloc $realloc)))
  (func (export "ask") (result $doc) (canon lift (core func $i "ask") (memory $memory)))
  (func (export "ask-error") (result (result (error $doc)))
    (canon lift (core func $i "ask-error") (memory $memory))))`
  .replace('(type $doc\'', `(type $mode' (flags "fast" "safe")) (import "mode" (type $mode (eq $mode')))
  (type $kind' (variant (case "none") (case "text" string))) (import "kind" (type $kind (eq $kind')))
  (type $doc'`) // biome-ignore format: a table

/** A fresh value, and what comes back for it. */
const plain = () => ({
  name: 'x',
  size: 7,
  big: 5n,
  tags: ['a', 'b'],
  bytes: new Uint8Array([1, 2, 3]),
  at: [1, -1],
  mode: { fast: true, safe: false },
  kind: { tag: 'text', val: 't' },
  more: undefined as string | null | undefined,
  toString: 9,
})
type Part = keyof ReturnType<typeof plain>

const put = (part: Part, value: unknown) => ({ ...plain(), [part]: value })
const getter = (part: Part, get: () => unknown) => Object.defineProperty(plain(), part, { get })
const boom = () => {
  throw new Error('it cannot be read')
}
const hostile = { get: boom, has: boom, ownKeys: boom, getPrototypeOf: boom, getOwnPropertyDescriptor: boom }

class Doc {
  readonly #doc = plain()
  onChange = () => {}
  self = this
  toString = 9 as never
  get name() {
    return this.#doc.name
  }
  get size() {
    return this.#doc.size
  }
  get big() {
    return this.#doc.big
  }
  get tags() {
    return this.#doc.tags
  }
  get bytes() {
    return this.#doc.bytes
  }
  get at() {
    return this.#doc.at
  }
  get mode() {
    return this.#doc.mode
  }
  get kind() {
    return this.#doc.kind
  }
}

class Tags extends Array<string> {
  onChange = () => {}
}

class Text {
  readonly format = () => ''
  get tag() {
    return 'text'
  }
  get val() {
    return 't'
  }
}

const shared = () => {
  const array = new Uint8Array(new SharedArrayBuffer(8), 4, 3)
  array.set([1, 2, 3])
  return array
}

const detached = () => {
  const array = new Uint8Array(8)
  structuredClone(array, { transfer: [array.buffer] })
  return array
}

const revoked = (target: object) => {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

const fits: [string, () => unknown][] = [
  ['a plain object', plain],
  ['a frozen object', () => Object.freeze(plain())],
  ['an object without a prototype', () => Object.assign(Object.create(null), plain())],
  ['an instance of a class with accessors, private and further members', () => new Doc()],
  ['an object that inherits all of it', () => Object.create(plain(), { toString: { value: 9 } })],
  ['an object with further fields', () => ({ ...plain(), log() {}, [Symbol('s')]: 1, other: new WeakMap() })],
  ['accessors', () => getter('size', () => 7)],
  ['a Proxy', () => new Proxy(plain(), {})],
  ['a Proxy of a list', () => put('tags', new Proxy(['a', 'b'], {}))],
  ['a list of a class of its own', () => put('tags', Tags.from(['a', 'b']))],
  ['a list with further fields', () => put('tags', Object.assign(['a', 'b'], { onChange() {} }))],
  ['null for an option', () => put('more', null)],
  ['a case of a class of its own', () => put('kind', new Text())],
  ['a list of numbers for bytes', () => put('bytes', [1, 2, 3])],
  ['a Buffer', () => put('bytes', Buffer.from([1, 2, 3]))],
  ['a part of a larger array', () => put('bytes', new Uint8Array([0, 1, 2, 3, 4]).subarray(1, 4))],
  ['an array of shared memory', () => put('bytes', shared())],
  ['an array of another realm', () => put('bytes', runInNewContext('new Uint8Array([1, 2, 3])'))],
  ['an array with further fields', () => put('bytes', Object.assign(plain().bytes, { onChange() {} }))],
]

/** What does not fit, and where it is found. */
const misfits: [string, () => unknown, string][] = [
  ['nothing', () => undefined, ''],
  ['a function', () => () => 1, ''],
  ['a list', () => [plain()], '.name'],
  ['a promise', () => put('name', Promise.resolve('x')), '.name'],
  ['a function for a text', () => put('name', () => 'x'), '.name'],
  ['a symbol for a text', () => put('name', Symbol('x')), '.name'],
  ['an object with a text', () => put('name', new String('x')), '.name'],
  ['an accessor that throws', () => getter('size', boom), '.size'],
  ['an accessor that throws nothing to read', () => getter('size', () => { throw null }), '.size'], // biome-ignore format: a table
  ['a number that is too large', () => put('size', 2 ** 32), '.size'],
  ['a bigint for a number', () => put('size', 7n), '.size'],
  ['a number for a bigint', () => put('big', 5), '.big'],
  ['a bigint that is too large', () => put('big', 1n << 64n), '.big'],
  ['a Set for a list', () => put('tags', new Set(['a'])), '.tags'],
  ['an object that looks like a list', () => put('tags', { length: 1, 0: 'a' }), '.tags'],
  ['a list with holes', () => put('tags', new Array(2)), '.tags[0]'],
  ['a list with a function', () => put('tags', ['a', () => 'b']), '.tags[1]'],
  ['a Proxy of a list that throws', () => put('tags', new Proxy(['a'], hostile)), '.tags'],
  ['a Proxy of a list that was revoked', () => put('tags', revoked(['a'])), '.tags'],
  ['an accessor of a list', () => put('tags', Object.defineProperty(['a'], 0, { get: boom })), '.tags[0]'],
  ['a detached array', () => put('bytes', detached()), '.bytes'],
  ['an array of another kind', () => put('bytes', new Int8Array(3)), '.bytes'],
  ['a buffer', () => put('bytes', new ArrayBuffer(3)), '.bytes'],
  ['shared memory', () => put('bytes', new SharedArrayBuffer(3)), '.bytes'],
  ['a view', () => put('bytes', new DataView(new ArrayBuffer(3))), '.bytes'],
  ['a Proxy of an array', () => put('bytes', new Proxy(new Uint8Array(3), {})), '.bytes'],
  ['a number among bytes that is too large', () => put('bytes', [1, 256]), '.bytes[1]'],
  ['a text among bytes', () => put('bytes', ['1']), '.bytes[0]'],
  ['a list of bytes with a hole', () => put('bytes', new Array(2)), '.bytes[0]'],
  ['a function among bytes', () => put('bytes', [1, () => 2]), '.bytes[1]'],
  ['a tuple that is too short', () => put('at', [1]), '.at'],
  ['a tuple with an object', () => put('at', [1, {}]), '.at[1]'],
  ['flags that are not of the type', () => put('mode', { fast: true, sfae: true }), '.mode.sfae'],
  ['flags with a function beside them', () => put('mode', { fast: true, other() {} }), '.mode.other'],
  ['a list of flags', () => put('mode', ['fast']), '.mode'],
  ['a list of no flags', () => put('mode', []), '.mode'],
  ['a Set of flags', () => put('mode', new Set(['fast'])), '.mode'],
  ['a flag that is a function', () => put('mode', { fast: () => true }), '.mode.fast'],
  ['a flag that throws', () => put('mode', { get safe() { return boom() } }), '.mode.safe'], // biome-ignore format: a table
  ['an unknown case', () => put('kind', { tag: 'toString', val: 1 }), '.kind.tag'],
  ['a case that is a symbol', () => put('kind', { tag: Symbol('text') }), '.kind.tag'],
  ['a payload that is a function', () => put('kind', { tag: 'text', val() {} }), '.kind.val'],
  ['a payload that throws', () => put('kind', { tag: 'text', get val() { return boom() } }), '.kind.val'], // biome-ignore format: a table
  ['an option of another type', () => put('more', Symbol('x')), '.more'],
  ['a field that every object has', () => { const { toString: _, ...doc } = plain(); return doc }, '.toString'], // biome-ignore format: a table
]

/** What throws for whoever asks it whether it is a promise. */
const unreadable: typeof misfits = [
  ['a Proxy that throws', () => new Proxy({}, hostile), '.name'],
  ['a Proxy that was revoked', () => revoked({}), '.name'],
]

let bytes: Uint8Array
let host: Host

beforeAll(async () => {
  bytes = await assemble(ECHO)
})
beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

describe.each<Isolation>(['worker', 'inline'])('values of the application (%s)', (isolation) => {
  /** The plugin is asked for what `make` makes, by three ways. */
  async function start(make: () => unknown) {
    const imports = {
      give: make,
      fail() {
        throw new ComponentError(make())
      },
    }
    const { exports } = await host.load(bytes, { isolation: isolation as 'worker', imports })
    return { argument: async () => exports.echo(make(), 1), answer: async () => exports.ask(), exports }
  }

  it.each(fits)('are read by their types: %s', async (_, make) => {
    const { argument, answer, exports } = await start(make)
    expect(await argument()).toEqual(plain())
    expect(await answer()).toEqual(plain())
    const error = await (async () => exports.askError())().catch((thrown) => thrown)
    expect(error).toBeInstanceOf(ComponentError)
    expect(error.payload).toEqual(plain())
  })

  const refusalOf = async (call: () => unknown) => {
    const error = await (async () => call())().catch((thrown) => thrown)
    return PluginError.is(error) ? error : expect.fail(`not refused: ${String(error)}`)
  }

  it.each([...misfits, ...unreadable])('are the fault of the application: %s', async (_, make, path) => {
    const { argument, exports } = await start(make)
    const refused = await refusalOf(argument)
    expect(refused).toMatchObject({ code: 'TYPE_MISMATCH', origin: 'app' })
    expect(refused.data).toMatchObject({ path: `echo(arg0${path})` })
    const failed = await refusalOf(exports.askError)
    expect(failed).toMatchObject({ code: 'HOST_FUNCTION_FAILED', origin: 'app' })
    expect(failed.cause).toMatchObject({ code: 'TYPE_MISMATCH', data: { path: `fail().payload${path}` } })
    // Neither has harmed the plugin.
    expect(await exports.echo(plain(), 1)).toEqual(plain())
  })

  it.each(misfits)('are no answer of the application: %s', async (_, make, path) => {
    const { answer } = await start(make)
    const failed = await refusalOf(answer)
    expect(failed).toMatchObject({ code: 'HOST_FUNCTION_FAILED', origin: 'app' })
    expect(failed.cause).toMatchObject({ code: 'TYPE_MISMATCH', data: { path: `give()${path}` } })
  })

  it.each(unreadable)('are no answer of the application: %s', async (_, make) => {
    const { answer } = await start(make)
    expect(await refusalOf(answer)).toMatchObject({ code: 'HOST_FUNCTION_FAILED', origin: 'app' })
  })

  it('keep an error with a code that reading them throws', async () => {
    const make = () =>
      getter('size', () => {
        throw new AnyError({ code: 'MINE', message: 'm', hint: 'h', origin: 'app' })
      })
    const { argument, answer } = await start(make)
    await expect(argument()).rejects.toMatchObject({ code: 'MINE' })
    await expect(answer()).rejects.toMatchObject({ code: 'MINE' })
  })

  it('are those of the moment of the call', async () => {
    const doc = plain()
    const { exports } = await start(plain)
    const answer = exports.echo(doc, 1)
    doc.name = 'changed'
    doc.tags.push('c')
    expect(await answer).toEqual(plain())
  })
})
