import { ComponentError, type ImportObject } from '@wasm-plugin/runtime'
import { describe, expect, it } from 'vitest'
import { compileWat, type Exports } from './wat.js'

/** Passes whatever the host gives or answers: a record, a list, bytes and a tuple, as an argument or as a result. */
const TYPES = {
  record: '(record (field "name" string) (field "size" u32))',
  list: '(list string)',
  bytes: '(list u8)',
  tuple: '(tuple u32 string)',
  variant: '(variant (case "a" u32) (case "b" string))',
  result: '(result (list u8) (error string))',
} as const

const component = (type: string, isNamed: boolean) => {
  const name = isNamed ? '(import "t" (type $t (eq $given)))' : ''
  return compileWat(`(component
    (type $given ${type})
    ${name}
    (import "give" (func $give (result ${isNamed ? '$t' : '$given'})))
    (core module $libc
      (memory (export "memory") 1)
      (global $end (mut i32) (i32.const 1024))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
        (local.set $at (global.get $end))
        (global.set $end (i32.and (i32.add (i32.add (global.get $end) (local.get 3)) (i32.const 7)) (i32.const -8)))
        (local.get $at)))
    (core instance $libc (instantiate $libc))
    (alias core export $libc "memory" (core memory $memory))
    (alias core export $libc "realloc" (core func $realloc))
    (core func $give' (canon lower (func $give) (memory $memory) (realloc $realloc)))
    (core module $m
      (import "env" "give" (func $give (param i32)))
      (func (export "ask") (call $give (i32.const 512)))
      (func (export "take") (param i32 i32 i32) )
      (func (export "take2") (param i32 i32))
      (func (export "take4") (param i32 i32 i32 i32)))
    (core instance $i (instantiate $m (with "env" (instance (export "give" (func $give'))))))
    (func (export "ask") (canon lift (core func $i "ask")))
    (func (export "take") (param "value" ${isNamed ? '$t' : '$given'}) (canon lift
      (core func $i "${type.startsWith('(list') ? 'take2' : 'take'}") (memory $memory) (realloc $realloc))))`)
}

const boom = () => {
  throw new Error('it cannot be read')
}
const detached = () => {
  const bytes = new Uint8Array(8)
  structuredClone(bytes, { transfer: [bytes.buffer] })
  return bytes
}
const proxy = (target: object) =>
  new Proxy(target, { get: boom, has: boom, getPrototypeOf: boom, ownKeys: boom })
/** Is read well the first time, when it is checked. */
const once = (value: unknown) => {
  let left = 1
  return () => (left-- > 0 ? value : boom())
}

const VALUES: [keyof typeof TYPES, string, () => unknown][] = [
  ['record', 'an accessor', () => ({ name: 'x', get size() { return boom() } })], // biome-ignore format: a table
  [
    'record',
    'an accessor that fails later',
    () => Object.defineProperty({ name: 'x' }, 'size', { get: once(1) }),
  ],
  ['record', 'a Proxy', () => proxy({})],
  ['list', 'an accessor', () => Object.defineProperty(['x'], 0, { get: boom })],
  ['list', 'a Proxy', () => proxy([])],
  ['bytes', 'a detached array', detached],
  ['bytes', 'a Proxy', () => proxy(new Uint8Array(1))],
  ['tuple', 'an accessor', () => Object.defineProperty([1, 'x'], 1, { get: boom })],
  ['variant', 'a tag', () => ({ get tag() { return boom() } })], // biome-ignore format: a table
  ['variant', 'a payload', () => ({ tag: 'b', get val() { return boom() } })], // biome-ignore format: a table
]

describe.each([true, false])(
  'values of the host that cannot be read (generated code: %s)',
  (codeGeneration) => {
    const start = async (kind: keyof typeof TYPES, give: () => unknown) => {
      const named = !['list', 'bytes', 'tuple', 'result'].includes(kind)
      const instance = (await component(TYPES[kind], named)).instantiate({ give } as ImportObject, {
        codeGeneration,
      })
      return { instance, exports: instance.exports as Exports }
    }

    it.each(VALUES)('%s with %s, as an argument, is a mistake of the caller', async (kind, what, make) => {
      const { instance, exports } = await start(kind, boom)
      expect(() => exports.take(make())).toThrow(
        expect.objectContaining({ code: 'TYPE_MISMATCH', origin: 'app' }),
      )
      // What fails only when it is passed has filled the memory in part.
      expect(instance.poisoned === null).toBe(!what.includes('later'))
    })

    it.each(VALUES)('%s with %s, as an answer, is a failure of the function', async (kind, _, make) => {
      const { instance, exports } = await start(kind, make)
      expect(() => exports.ask()).toThrow(
        expect.objectContaining({ code: 'HOST_FUNCTION_FAILED', origin: 'app' }),
      )
      expect(instance.poisoned).toMatchObject({ code: 'HOST_FUNCTION_FAILED' })
    })

    it.each([
      ['a detached array', detached],
      ['a Proxy', () => proxy(new Uint8Array(1))],
    ])('the err of a result is %s', async (_, make) => {
      const { exports } = await start('result', () => {
        throw new ComponentError(make())
      })
      expect(() => exports.ask()).toThrow(expect.objectContaining({ code: 'HOST_FUNCTION_FAILED' }))
      const ok = await start('result', make)
      expect(() => ok.exports.ask()).toThrow(expect.objectContaining({ code: 'HOST_FUNCTION_FAILED' }))
    })
  },
)
