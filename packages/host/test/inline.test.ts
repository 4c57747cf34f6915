// On every Node: what ends an instance differs with the engine.
import { ComponentError, createHost, type Host, PluginError } from '@wasm-plugin/host'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { assemble, guest } from './helpers/guests.js'

const API = 'test:kitchen/api'
let kitchen: Uint8Array
let host: Host

const imports = {
  'test:kitchen/host': {
    say() {},
    lookUp(key: string) {
      if (key === 'missing') throw new ComponentError('none')
      if (key === 'broken') throw new Error('gone')
      return `value of ${key}`
    },
  },
}

beforeAll(async () => {
  kitchen = await guest('kitchen')
})
beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

const inline = (limits = {}) => host.load(kitchen, { imports, isolation: 'inline', limits })

function codeOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (PluginError.is(error)) return error.code
    throw error
  }
  return expect.fail('expected a failure')
}

describe('a plugin in the application thread', () => {
  it('is called without a promise and keeps its state', async () => {
    const { exports } = await inline()
    expect(exports[API].add(2, 3)).toBe(5)
    expect(exports[API].echo('grüße')).toBe('grüße')
    expect([exports[API].count(), exports[API].count()]).toEqual([1, 2])
    expect(exports[API].lookUp('a')).toBe('value of a')
    expect(() => exports[API].lookUp('missing')).toThrow(ComponentError)
    expect(exports[API].count()).toBe(3)
  })

  it.each([
    ['spin', 'OUT_OF_FUEL'],
    ['boom', 'GUEST_TRAP'],
    ['recurse', 'STACK_EXHAUSTED'],
    ['outOfBounds', 'ABI_TRAP'],
  ])('ends %s with %s and starts over', async (name, code) => {
    const faults: string[] = []
    host.on('fault', (e) => faults.push(e.error.code))
    const { exports } = await inline({ fuel: 10_000_000 })
    exports[API].count()
    expect(codeOf(() => exports[API][name]())).toBe(code)
    expect(faults).toEqual([code])
    expect(exports[API].count()).toBe(1)
  })

  it('bounds the work of every call even when no fuel is set', async () => {
    const { exports } = await inline()
    expect(codeOf(() => exports[API].spin())).toBe('OUT_OF_FUEL')
  })

  it('reports host functions that fail, and wrong arguments, like a plugin in a thread', async () => {
    const { exports } = await inline()
    expect(codeOf(() => exports[API].lookUp('broken'))).toBe('HOST_FUNCTION_FAILED')
    expect(codeOf(() => exports[API].add(1, 'x'))).toBe('TYPE_MISMATCH')
    expect(codeOf(() => exports[API].add(1))).toBe('TYPE_MISMATCH')
  })

  it('is refused after close', async () => {
    const plugin = await inline()
    await plugin.close()
    await plugin.close()
    expect(codeOf(() => plugin.exports[API].count())).toBe('PLUGIN_CLOSED')
    expect(host.plugins.size).toBe(0)
  })

  it('takes resources of the application as classes', async () => {
    const bytes = await assemble(`(component
      (import "test:inline/store" (instance $store
        (export "counter" (type $counter (sub resource)))
        (export "[constructor]counter" (func (param "start" u32) (result (own $counter))))
        (export "[method]counter.next" (func (param "self" (borrow $counter)) (result u32)))))
      (core func $new (canon lower (func $store "[constructor]counter")))
      (core func $next (canon lower (func $store "[method]counter.next")))
      (core module $m
        (import "store" "new" (func $new (param i32) (result i32)))
        (import "store" "next" (func $next (param i32) (result i32)))
        (func (export "run") (param i32) (result i32)
          (local $handle i32)
          (local.set $handle (call $new (local.get 0)))
          (drop (call $next (local.get $handle)))
          (call $next (local.get $handle))))
      (core instance $i (instantiate $m (with "store" (instance
        (export "new" (func $new)) (export "next" (func $next))))))
      (func (export "run") (param "start" u32) (result u32) (canon lift (core func $i "run"))))`)
    class Counter {
      constructor(private value: number) {}
      next() {
        return ++this.value
      }
    }
    const resources = { 'test:inline/store': { Counter } }
    const plugin = await host.load(bytes, { imports: resources, isolation: 'inline' })
    expect(plugin.exports.run(40)).toBe(42)
  })
})
