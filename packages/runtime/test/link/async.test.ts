import { ComponentError, type ImportObject, type PluginError } from '@wasm-plugin/runtime'
import { describe, expect, it } from 'vitest'
import { compileWat, type Exports } from '../abi/wat.js'

const component = compileWat(`(component
  (import "fetch" (func $fetch (param "id" u32) (result (result u32 (error u32)))))
  (core module $mm (memory (export "memory") 1))
  (core instance $mm (instantiate $mm))
  (alias core export $mm "memory" (core memory $memory))
  (core func $fetch-core (canon lower (func $fetch) (memory (core memory $memory))))
  (core module $m
    (import "env" "fetch" (func $fetch (param i32 i32)))
    (func (export "run") (param i32) (result i32) (call $fetch (local.get 0) (i32.const 16)) (i32.const 16))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m (with "env" (instance (export "fetch" (func $fetch-core))))))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  (func (export "run") (param "id" u32) (result (result u32 (error u32)))
    (canon lift (core func $i "run") (memory (core memory $memory)))))`)

async function start(fetch: unknown) {
  const instance = (await component).instantiate({ fetch } as ImportObject, { async: true })
  return { instance, exports: instance.exports as Exports }
}

/** Waits in a constructor and in a destructor. */
const holding = (start: string) => `(component
  (import "wait" (func $wait))
  (core func $wait-core (canon lower (func $wait)))
  (core module $d (import "env" "wait" (func $wait))
    (func (export "drop") (param i32) (call $wait)) ${start})
  (core instance $d (instantiate $d (with "env" (instance (export "wait" (func $wait-core))))))
  (type $r (resource (rep i32) (dtor (core func $d "drop"))))
  (export $thing "thing" (type $r))
  (core func $new (canon resource.new $r))
  (core func $drop (canon resource.drop $r))
  (core module $m
    (import "env" "wait" (func $wait)) (import "env" "new" (func $new (param i32) (result i32)))
    (import "env" "drop" (func $drop (param i32)))
    (func (export "make") (result i32) (call $wait) (call $new (i32.const 7)))
    (func (export "drop-it") (param i32) (call $drop (local.get 0))))
  (core instance $i (instantiate $m (with "env" (instance
    (export "wait" (func $wait-core)) (export "new" (func $new)) (export "drop" (func $drop))))))
  (func (export "[constructor]thing") (result (own $thing)) (canon lift (core func $i "make")))
  (func (export "drop-it") (param "it" (own $thing)) (canon lift (core func $i "drop-it"))))`

async function startHostModule(fetch: (id: number) => unknown) {
  const component = await compileWat(`(component
    (import "host" (core module $host (export "fetch" (func (param i32) (result i32)))))
    (core instance $h (instantiate $host))
    (core module $m
      (import "host" "fetch" (func $fetch (param i32) (result i32)))
      (func (export "run") (param i32) (result i32) (call $fetch (local.get 0))))
    (core instance $i (instantiate $m (with "host" (instance $h))))
    (func (export "run") (param "id" u32) (result u32) (canon lift (core func $i "run"))))`)
  const instance = component.instantiate({ host: () => ({ fetch }) } as ImportObject, { async: true })
  return { instance, exports: instance.exports as Exports }
}

const canSuspend = 'Suspending' in WebAssembly
const later = <T>(value: T) => new Promise<T>((resolve) => setTimeout(resolve, 1, value))

describe('asynchronous instances', () => {
  it('return promises, for values, errors and faults', async () => {
    const { exports, instance } = await start((id: number) => {
      if (id > 100) throw new ComponentError(id)
      return id + 1
    })
    await expect(exports.add(1, 2)).resolves.toBe(3)
    await expect(exports.run(1)).resolves.toBe(2)
    await expect(exports.run(101)).rejects.toMatchObject({ payload: 101 })
    await expect(exports.add(1, 'x')).rejects.toMatchObject({ code: 'TYPE_MISMATCH' })
    expect(instance.poisoned).toBe(null)
  })

  it.skipIf(canSuspend)('refuse a promise of the host where the engine cannot suspend', async () => {
    const { exports, instance } = await start(() => later(1))
    await expect(exports.run(1)).rejects.toMatchObject({ code: 'ASYNC_UNSUPPORTED' })
    expect(instance.poisoned).not.toBe(null)
  })

  // Needs JSPI: Node 24 and later.
  describe.runIf(canSuspend)('suspend the plugin', () => {
    it('until the promise settles', async () => {
      const { exports, instance } = await start((id: number) =>
        id > 100 ? later(0).then(() => Promise.reject(new ComponentError(id))) : later(id + 1),
      )
      expect(await exports.run(5)).toBe(6)
      await expect(exports.run(101)).rejects.toMatchObject({ payload: 101 })
      expect(await exports.run(6)).toBe(7)
      expect(instance.poisoned).toBe(null)
    })

    it('and refuse calls meanwhile', async () => {
      const { exports } = await start(() => later(1))
      const running = exports.run(1)
      await expect(exports.add(1, 2)).rejects.toMatchObject({ code: 'CANNOT_ENTER' })
      expect(await running).toBe(1)
      expect(await exports.add(1, 2)).toBe(3)
    })

    it('and end it when the promise rejects, or brings a wrong value', async () => {
      const bug = new Error('late bug')
      const rejecting = await start(() => later(0).then(() => Promise.reject(bug)))
      const error: PluginError = await rejecting.exports.run(1).catch((e: PluginError) => e)
      expect(error).toMatchObject({ code: 'HOST_FUNCTION_FAILED', cause: bug })
      expect(rejecting.instance.poisoned).toBe(error)
      const wrong = await start(() => later('x'))
      await expect(wrong.exports.run(1)).rejects.toMatchObject({ code: 'HOST_FUNCTION_FAILED' })
    })

    it('after what has to be waited for before each call out', async () => {
      const order: string[] = []
      const fetch = (id: number) => {
        order.push('fetch')
        return id
      }
      const onCallOut = () =>
        later(0).then(() => {
          order.push('paused')
        })
      const instance = (await component).instantiate({ fetch } as ImportObject, { async: true, onCallOut })
      expect(await (instance.exports as Exports).run(5)).toBe(5)
      expect(order).toEqual(['paused', 'fetch'])
    })

    it('where it waits for a function of a core module of the host', async () => {
      const { exports } = await startHostModule((id) => later(id + 1))
      expect(await exports.run(5)).toBe(6)
      const bug = new Error('late bug')
      const failing = await startHostModule(() => later(0).then(() => Promise.reject(bug)))
      await expect(failing.exports.run(5)).rejects.toMatchObject({ cause: bug })
    })

    it('but not while it starts', async () => {
      const starting = await compileWat(holding('(start $wait)'))
      const start = () => starting.instantiate({ wait: () => later(1) } as ImportObject, { async: true })
      expect(starting.instantiate({ wait() {} } as ImportObject, { async: true }).poisoned).toBe(null)
      expect(start).toThrow(expect.objectContaining({ code: 'CANNOT_SUSPEND', data: { name: 'wait' } }))
    })

    it('nor while it makes or drops a resource, which ends it', async () => {
      const holds = await compileWat(holding(''))
      let answer: () => unknown = () => undefined
      const open = () => {
        const instance = holds.instantiate({ wait: () => answer() } as ImportObject, { async: true })
        return { instance, exports: instance.exports as Exports }
      }
      const cannot = expect.objectContaining({ code: 'CANNOT_SUSPEND' })
      const making = open()
      answer = () => later(1)
      expect(() => new making.exports.Thing()).toThrow(cannot)
      answer = () => undefined
      const { exports, instance } = open()
      const [thing, other] = [new exports.Thing(), new exports.Thing()]
      // What has not to be waited for works there.
      await exports.dropIt(other)
      answer = () => later(1)
      // The guest itself drops it, under a call that can be suspended.
      await expect(exports.dropIt(thing)).rejects.toEqual(cannot)
      expect(instance.poisoned).toEqual(cannot)
    })
  })
})
