import { parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { Component, ComponentError, type PluginError, type ValueType } from '@wasm-plugin/runtime'
import { flattenType } from '@wasm-plugin/runtime/internal'
import { expect, it } from 'vitest'
import { SEED, tries } from '../../../../test/seed.js'
import { echoWat } from './echo.js'
import { Random, randomType, randomValue } from './random.js'
import { throughAreas } from './through-areas.js'
import { TypeText } from './type-text.js'
import { compileWat } from './wat.js'

const TYPES = tries(100)
const VALUES = 20
const TIMEOUT = tries(30_000)

async function echoOf(type: ValueType, size?: number) {
  const writer = new TypeText()
  const text = writer.text(type)
  const definitions = writer.definitions.join('\n')
  const component = await Component.compile(
    await parse(echoWat(type, { type: text, encoding: 'utf8', definitions })),
  )
  const pass = (value: { tag: string; val: unknown }) => {
    if (type.kind !== 'result') return value
    if (value.tag === 'ok') return value.val
    throw new ComponentError(value.val)
  }
  const instance = component.instantiate({ pass })
  const entry = instance.exports.echo as (value: unknown) => unknown
  return { entry, ...throughAreas(component, instance, 'echo', size) }
}

function outcome(call: () => unknown) {
  try {
    return { ok: call() }
  } catch (error) {
    if (ComponentError.is(error)) return { err: error.payload }
    throw error
  }
}

it(`random values of random types are what they are in JavaScript, seed ${SEED}`, {
  timeout: TIMEOUT,
}, async () => {
  const random = new Random(SEED)
  let all = 0
  for (let i = 0; i < TYPES; i++) {
    const type = randomType(random, 1 + (i % 4))
    const { entry, call, copied } = await echoOf(type)
    for (let j = 0; j < VALUES; j++) {
      const value = randomValue(random, type)
      const expected = outcome(() => entry(value))
      expect({ type, value, ...outcome(() => call(value)) }).toEqual({ type, value, ...expected })
    }
    all += copied.count
  }
  expect(all).toBeGreaterThan(TYPES * VALUES * 0.5)
})

it(`random memory is what it is in JavaScript, or refused as there, seed ${SEED}`, {
  timeout: TIMEOUT,
}, async () => {
  const random = new Random(SEED)
  const seen = { copied: 0, refused: 0 }
  for (let i = 0; i < TYPES; i++) {
    const type = randomType(random, 1 + (i % 4))
    const component = await returningMemory(type)
    for (let j = 0; j < VALUES; j++) {
      const bytes = randomMemory(random)
      const [expected, { count: before }] = told(component, false, bytes)
      const [got, { count }] = told(component, true, bytes)
      expect({ type, bytes, ...got }).toEqual({ type, bytes, ...expected })
      seen.copied += count - before
      if ('code' in got) seen.refused++
    }
  }
  expect(seen.copied).toBeGreaterThan(TYPES)
  expect(seen.refused).toBeGreaterThan(TYPES)
})

/** A guest that returns what lies in the memory that it is given: at 16, or as a core value what is first there. */
async function returningMemory(type: ValueType): Promise<Component> {
  const writer = new TypeText()
  const text = writer.text(type)
  const flat = flattenType(type)
  const core = flat?.length === 1 ? flat[0] : 'i32'
  return await compileWat(`(component
    (core module $m
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 16))
      (func (export "f") (param i32 i32) (result ${core})
        ${flat?.length === 1 ? `(${core}.load (i32.const 16))` : '(i32.const 16)'}))
    (core instance $i (instantiate $m))
    ${writer.definitions.join('\n')}
    (func (export "f") (param "memory" (list u8)) (result ${text})
      (canon lift (core func $i "f") (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))`)
}

/** Mostly zero, and small numbers, which are places and lengths that are there. */
function randomMemory(random: Random): Uint8Array {
  const density = 1 + random.int(40)
  return Uint8Array.from({ length: 400 }, (_, i) => {
    if (random.int(density) > 0) return 0
    // The upper bytes of a place.
    if (i % 4 > 1 && random.int(8) > 0) return 0
    return random.pick([1, 2, 3, 8, 16, 65, 0xc3, 0xa9, 0xd8, 0xff, random.int(256)])
  })
}

function told(component: Component, isInAreas: boolean, bytes: Uint8Array) {
  const instance = component.instantiate({}, { limits: { valueBytes: 60_000 } })
  const { call, copied } = throughAreas(component, instance, 'f')
  const f = isInAreas ? call : (instance.exports.f as typeof call)
  try {
    return [outcome(() => f(bytes)), copied] as const
  } catch (error) {
    const { code, message } = error as PluginError
    expect(instance.poisoned).toBe(error)
    return [{ code, message }, copied] as const
  }
}

it('texts of every length and script', async () => {
  const { call, copied } = await echoOf({ kind: 'string' })
  let count = 0
  for (const script of ['a', 'é', '€', '\u{1f600}', '\ufeff', '\ufffd'])
    for (const length of [0, 1, 2, 3, 4, 5, 10, 31, 32, 33, 34, 35, 36, 37, 1_000, 10_000])
      for (const at of [0, length >>> 1, length]) {
        const text = 'a'.repeat(at) + script + 'a'.repeat(length - at)
        expect(call(text)).toBe(text)
        count++
      }
  expect(copied.count).toBe(count)
})

it('what does not fit the area is lifted, and the next one is copied', async () => {
  const list: ValueType = { kind: 'list', element: { kind: 'string' } }
  const { call, copied } = await echoOf(list, 1 << 12)
  const some = Array.from({ length: 200 }, (_, i) => `${i}`)
  expect(call(some)).toEqual(some)
  expect(copied.count).toBe(1)
  // What the guest makes of it is twice as long.
  const { call: twice, copied: fitting } = await doubled()
  for (const [size, copies] of [
    [100, 1],
    [1_000, 2],
    [1_900, 3],
    [3_000, 3],
    [100, 4],
  ] as const) {
    expect(twice('x'.repeat(size))).toBe('x'.repeat(size * 2))
    expect(fitting.count).toBe(copies)
  }
})

/** A guest that returns its text twice. */
async function doubled() {
  const component = await compileWat(`(component
    (core module $m
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
      (func (export "f") (param $at i32) (param $size i32) (result i32)
        (memory.copy (i32.add (local.get $at) (local.get $size)) (local.get $at) (local.get $size))
        (i32.store (i32.const 16) (local.get $at))
        (i32.store (i32.const 20) (i32.mul (local.get $size) (i32.const 2)))
        (i32.const 16)))
    (core instance $i (instantiate $m))
    (func (export "f") (param "text" string) (result string)
      (canon lift (core func $i "f") (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))`)
  return throughAreas(component, component.instantiate(), 'f', 1 << 12)
}
