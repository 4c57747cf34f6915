import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { inspect, isDeepStrictEqual, types } from 'node:util'
import { ComponentError, createHost, type Isolation } from '@wasm-plugin/host'
import { camelCase, memberName, staticName } from '@wasm-plugin/runtime/internal'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble } from '../helpers/guests.js'

// biome-ignore lint/suspicious/noExplicitAny: the contract is made here, and TypeScript has no types of it
type Any = any

/**
 * Every name that the language has on what it calls by itself, as far as WIT can spell it: `toJSON` is `to-j-s-o-n`. And
 * what stands for a resource could be tempted to keep something under.
 */
const NAMES: readonly string[] = [
  ...new Set(
    [
      ...[
        Object,
        Function,
        Promise,
        Array,
        Error,
        RegExp,
        Date,
        String,
        Number,
        Map,
        Set,
        Symbol,
        Proxy,
      ].flatMap((base) => [...Reflect.ownKeys(base), ...Reflect.ownKeys(base.prototype ?? {})]),
      ...Reflect.ownKeys(Object.getPrototypeOf(Object.getPrototypeOf([].values()))),
      ...'toJSON next return throw done value get set has inspect raw proto'.split(' '),
      ...'id held handle home place own resource type wrapped gone'.split(' '),
    ]
      .map((key) => (typeof key === 'symbol' ? String(key.description).replace('Symbol.', '') : key))
      .map((name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))
      .filter((name) => /^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/.test(name)),
  ),
]

const each = (text: (name: string, i: number) => string, names = NAMES) => names.map(text).join('\n')
const labels = NAMES.slice(0, 32)

/** A function, a method, a static function, a field and a flag of each name; what is called counts, and answers 1. */
const EXPORTS = `
  (component $api
    (type $thing' (resource (rep i32)))
    (core func $new (canon resource.new $thing'))
    (core module $m
      (import "env" "new" (func $new (param i32) (result i32)))
      (memory (export "memory") 1)
      (global $calls (mut i32) (i32.const 0))
      (func $count (result i32) (global.set $calls (i32.add (global.get $calls) (i32.const 1))) (i32.const 1))
      (func (export "plain") (result i32) (call $count))
      (func (export "method") (param i32) (result i32) (call $count))
      (func (export "make") (result i32) (call $new (i32.const 5)))
      (func (export "calls") (result i32) (global.get $calls))
      (func (export "flags") (result i32) (i32.const -1))
      (func (export "data") (result i32) (local $i i32)
        (loop $next
          (i32.store (i32.add (i32.const 1024) (i32.mul (local.get $i) (i32.const 4))) (i32.const 1))
          (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${NAMES.length}))))
        (i32.store (i32.const ${1024 + 4 * NAMES.length}) (call $new (i32.const 6)))
        (i32.const 1024))
      (func (export "fail") (result i32)
        (i32.store (i32.const 16) (i32.const 1))
        (i32.store (i32.const 20) (call $new (i32.const 7)))
        (i32.const 16)))
    (core instance $i (instantiate $m (with "env" (instance (export "new" (func $new))))))
    (alias core export $i "memory" (core memory $memory))
    (export $thing "thing" (type $thing'))
    (type $data' (record ${each((name) => `(field "${name}" u32)`)} (field "the-thing" (own $thing))))
    (export $data "a-record" (type $data'))
    (type $flags' (flags ${each((name) => `"${name}"`, labels)}))
    (export $flags "some-flags" (type $flags'))
    ${each(
      (name) => `
        (func (export "${name}") (result u32) (canon lift (core func $i "plain")))
        (func (export "[method]thing.${name}") (param "self" (borrow $thing)) (result u32)
          (canon lift (core func $i "method")))`,
    )}
    (func (export "make-one") (result (own $thing)) (canon lift (core func $i "make")))
    (func (export "give-data") (result $data) (canon lift (core func $i "data") (memory $memory)))
    (func (export "give-flags") (result $flags) (canon lift (core func $i "flags")))
    (func (export "fail") (result (result (error (own $thing)))) (canon lift (core func $i "fail") (memory $memory)))
    (func (export "count-calls") (result u32) (canon lift (core func $i "calls"))))
  (component $statics
    (type $thing' (resource (rep i32)))
    (core module $m (func (export "static") (result i32) (i32.const 1)))
    (core instance $i (instantiate $m))
    (export $thing "thing" (type $thing'))
    ${each(
      (name) => `(func (export "[static]thing.${name}") (result u32) (canon lift (core func $i "static")))`,
    )})
  (instance $api (instantiate $api))
  (instance $statics (instantiate $statics))
  (export "a:b/api" (instance $api))
  (export "a:b/statics" (instance $statics))
  ${each((name) => `(export "${name}" (func $api "${name}"))`)}`

/** Imports the same names of the application, and calls them one after the other: the sum of what they answered. */
const IMPORTS = `
  (import "a:b/app" (instance $app
    (export "thing" (type $thing (sub resource)))
    (export "[constructor]thing" (func (result (own $thing))))
    ${each(
      (name) => `
        (export "${name}" (func (result u32)))
        (export "[method]thing.${name}" (func (param "self" (borrow $thing)) (result u32)))`,
    )}
    (export "give-one" (func (result (own $thing))))
    (export "take-one" (func (param "thing" (own $thing))))))
  (import "a:b/statics" (instance $statics
    (export "thing" (type $thing (sub resource)))
    ${each((name) => `(export "[static]thing.${name}" (func (result u32)))`)}))
  (core func $make (canon lower (func $app "[constructor]thing")))
  (core func $give (canon lower (func $app "give-one")))
  (core func $take (canon lower (func $app "take-one")))
  ${each(
    (name, i) => `
      (core func $plain${i} (canon lower (func $app "${name}")))
      (core func $method${i} (canon lower (func $app "[method]thing.${name}")))
      (core func $static${i} (canon lower (func $statics "[static]thing.${name}")))`,
  )}
  (core module $m
    (import "env" "make" (func $make (result i32)))
    (import "env" "give" (func $give (result i32)))
    (import "env" "take" (func $take (param i32)))
    ${each(
      (_, i) => `
        (import "env" "plain${i}" (func $plain${i} (result i32)))
        (import "env" "method${i}" (func $method${i} (param i32) (result i32)))
        (import "env" "static${i}" (func $static${i} (result i32)))`,
    )}
    (func (export "run") (result i32) (local $sum i32) (local $thing i32)
      (call $take (call $give))
      (local.set $thing (call $make))
      ${each((_, i) =>
        [`(call $plain${i})`, `(call $method${i} (local.get $thing))`, `(call $static${i})`]
          .map((call) => `(local.set $sum (i32.add (local.get $sum) ${call}))`)
          .join('\n'),
      )}
      (local.get $sum)))
  (core instance $i (instantiate $m (with "env" (instance
    (export "make" (func $make)) (export "give" (func $give)) (export "take" (func $take))
    ${each((_, i) =>
      ['plain', 'method', 'static'].map((kind) => `(export "${kind}${i}" (func $${kind}${i}))`).join('\n'),
    )}))))
  (func (export "run") (result u32) (canon lift (core func $i "run")))`

let bytes: Uint8Array

beforeAll(async () => {
  bytes = await assemble(`(component ${EXPORTS})`)
})

/** What nobody handled while a test ran. */
function watchRejections(): unknown[] {
  const unhandled: unknown[] = []
  const onRejection = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', onRejection)
  onTestFinished(() => void process.off('unhandledRejection', onRejection))
  return unhandled
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Everything that the language and Node do to an object by themselves. Awaiting it must give the object. */
async function use(value: Any): Promise<void> {
  const sink = new Console({ stdout: new Writable({ write: (_chunk, _encoding, done) => done() }) })
  expect((await Promise.all([value]))[0]).toBe(value)
  expect(await (async () => value)()).toBe(value)
  expect(await new Promise((resolve) => resolve(value))).toBe(value)
  // A table has no prototype and is no text, and so is a record with a field \`toString\`.
  const textOf = (text: () => unknown) => {
    try {
      expect(typeof text()).not.toBe('object')
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError)
    }
  }
  textOf(() => `${value}`)
  textOf(() => value + 1)
  textOf(() => value < 1)
  // biome-ignore lint/suspicious/noDoubleEquals: it converts
  textOf(() => value == '1')
  textOf(() => [value].toLocaleString())
  textOf(() => Object.keys({ [value]: 1 })[0])
  JSON.stringify([value])
  sink.log(value, '%s %o %j', value, value, value)
  sink.table([value])
  inspect(value, { depth: 5, showHidden: true, getters: true, showProxy: true })
  isDeepStrictEqual(value, { ...value })
  types.isPromise(value)
  Object.prototype.toString.call(value)
  Array.from(value as ArrayLike<unknown>)
  if (typeof value === 'function') class_(value)
  await turn()
}

function class_(Class: Any): void {
  expect([Class.name, typeof Class.length, typeof Class.bind, typeof Class.call]).toEqual([
    'Thing',
    'number',
    'function',
    'function',
  ])
  expect(Object.create(Class.prototype)).toBeInstanceOf(Class)
}

describe.each<Isolation>(['worker', 'inline'])('names that JavaScript itself calls (%s)', (isolation) => {
  attack(
    'D40',
    'Names functions, methods, static functions, fields and flags as the language names what it calls: `then`, `toString`, `toJSON`, `constructor`, all of them',
    'nothing is called by itself, `await` gives the object, no rejection is lost; each is called by its name with `_`',
    async () => {
      const unhandled = watchRejections()
      const host = await createHost()
      onTestFinished(() => host.close())
      const { exports }: Any = await host.load(bytes, {
        isolation,
        limits: { startMs: 60_000, timeoutMs: 60_000 },
      })
      const api = exports['a:b/api']
      const { Thing } = exports['a:b/statics']

      const thing = await api.makeOne()
      const data = await api.giveData()
      const flags = await api.giveFlags()
      const failure = await Promise.resolve()
        .then(() => api.fail())
        .catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(ComponentError)
      for (const value of [
        exports,
        api,
        Thing,
        thing,
        api.Thing,
        data,
        data.theThing,
        flags,
        failure.payload,
      ])
        await use(value)
      await use(failure)
      expect(await api.countCalls()).toBe(0)
      expect(unhandled).toEqual([])

      // Data is data by its own name, and nothing that could be called.
      for (const name of NAMES) expect([name, data[camelCase(name)]]).toEqual([name, 1])
      for (const name of labels) expect([name, flags[camelCase(name)]]).toEqual([name, true])
      for (const name of NAMES) {
        expect([name, await exports[memberName(name)]()]).toEqual([name, 1])
        expect([name, await api[memberName(name)]()]).toEqual([name, 1])
        expect([name, await thing[memberName(name)]()]).toEqual([name, 1])
        expect([name, await Thing[staticName(name)]()]).toEqual([name, 1])
      }
      expect(await api.countCalls()).toBe(3 * NAMES.length)
      expect(unhandled).toEqual([])
    },
  )

  it('are what the application gives with `_`, and nothing that every object has', async () => {
    const unhandled = watchRejections()
    const host = await createHost()
    onTestFinished(() => host.close())
    const calling = await assemble(`(component ${IMPORTS})`)
    const one = () => 1
    class Thing {}
    class Statics {}
    const taken: unknown[] = []
    const app: Any = {
      Thing,
      giveOne: () => new Thing(),
      takeOne: (thing: unknown) => void taken.push(thing),
    }
    const options = { isolation, imports: { 'a:b/app': app, 'a:b/statics': { Thing: Statics } } }
    // Every object and every class has these, and none is the application's.
    await expect(host.load(calling, options)).rejects.toMatchObject({
      code: expect.stringMatching(/MISSING/),
    })
    for (const name of NAMES) {
      app[memberName(name)] = one
      Object.defineProperty(Thing.prototype, memberName(name), { value: one })
      Object.defineProperty(Statics, staticName(name), { value: one })
    }
    const plugin: Any = await host.load(calling, options)
    expect(await plugin.exports.run()).toBe(3 * NAMES.length)
    expect(taken).toEqual([expect.any(Thing)])
    expect(unhandled).toEqual([])
  })
})
