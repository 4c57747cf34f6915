import { ComponentError, type ImportObject, PluginError } from '@wasm-plugin/runtime'
import { errors } from '@wasm-plugin/runtime/internal'
import { describe, expect, it, vi } from 'vitest'
import { compileWat, type Exports } from '../abi/wat.js'

/** `run` calls the import `call`; the other exports go wrong by themselves. */
const guest = `(component
  (import "call" (func $call (result (result u32 (error u32)))))
  (core module $memory-module (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 256)))
  (core instance $mm (instantiate $memory-module))
  (alias core export $mm "memory" (core memory $memory))
  (core func $call-core (canon lower (func $call) (memory (core memory $memory))))
  (core module $m
    (import "env" "call" (func $call (param i32)))
    (import "env" "memory" (memory 1))
    (func (export "run") (result i32) (call $call (i32.const 16)) (i32.const 16))
    (func (export "swallow") (result i32)
      (loop $again
        try i32.const 16 call $call catch_all end
        try i32.const 16 call $call catch_all br $again end)
      (i32.const 7))
    (func $deep (export "deep") (call $deep))
    (func $edge (export "edge") (param $n i32)
      try
        local.get $n i32.const 1 i32.add call $edge
      catch_all
        try i32.const 16 call $call catch_all end
      end)
    (func (export "divide") (param i32 i32) (result i32) (i32.div_u (local.get 0) (local.get 1)))
    (tag $t)
    (func (export "throw") (throw $t)))
  (core instance $i (instantiate $m (with "env" (instance
    (export "call" (func $call-core)) (export "memory" (memory $memory))))))
  (func (export "run") (result (result u32 (error u32)))
    (canon lift (core func $i "run") (memory (core memory $memory))))
  (func (export "swallow") (result u32) (canon lift (core func $i "swallow")))
  (func (export "edge") (param "n" u32) (canon lift (core func $i "edge")))
  (func (export "deep") (canon lift (core func $i "deep")))
  (func (export "divide") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "divide")))
  (func (export "throw") (canon lift (core func $i "throw"))))`

describe.each([true, false])('faults (generated code: %s)', (codeGeneration) => {
  const component = compileWat(guest)
  const start = async (call: unknown) => {
    const instance = (await component).instantiate({ call } as ImportObject, { codeGeneration })
    return { instance, exports: instance.exports as Exports }
  }

  it('passes both cases of a result, and stays usable', async () => {
    const call = vi.fn()
    const { exports, instance } = await start(call)
    call.mockReturnValueOnce(5)
    expect(exports.run()).toBe(5)
    call.mockImplementationOnce(() => {
      throw new ComponentError(6)
    })
    expect(thrown(() => exports.run())).toMatchObject({ name: 'ComponentError', payload: 6 })
    call.mockReturnValueOnce(7)
    expect(exports.run()).toBe(7)
    expect(instance.poisoned).toBe(null)
  })

  it('ends the instance when a host function throws, and gives the error to the caller', async () => {
    const bug = new TypeError('host bug')
    const { exports, instance } = await start(() => {
      throw bug
    })
    const error = thrown(() => exports.run())
    expect(error).toMatchObject({ code: 'HOST_FUNCTION_FAILED', cause: bug, data: { name: 'call' } })
    expect(instance.poisoned).toBe(error)
    expect(thrown(() => exports.divide(4, 2))).toMatchObject({ code: 'CANNOT_ENTER', cause: error })
  })

  it('passes a coded error of a host function to the caller as it is', async () => {
    const denied = errors.LIMIT_EXCEEDED({ limit: 'logLines', value: 11, max: 10 })
    const { exports, instance } = await start(() => {
      throw denied
    })
    expect(thrown(() => exports.run())).toBe(denied)
    expect(instance.poisoned).toBe(denied)
  })

  it.each([
    ['a value out of range', () => -1, 'call(): expected u32 (an integer in range), got number -1'],
    ['a wrong type', () => ({}), 'call(): expected u32 (an integer in range), got an object'],
    [
      'a wrong error payload',
      () => {
        throw new ComponentError('text')
      },
      'call().payload: expected u32 (an integer in range), got the string "text"',
    ],
  ])('blames the host function that returns %s', async (_, call, message) => {
    const { exports, instance } = await start(call)
    const error = thrown(() => exports.run())
    expect(error).toMatchObject({ code: 'HOST_FUNCTION_FAILED', cause: { code: 'TYPE_MISMATCH', message } })
    expect(instance.poisoned).toBe(error)
  })

  it('refuses a promise, and leaves no unhandled rejection', async () => {
    const { exports } = await start(async () => {
      throw new Error('late')
    })
    expect(thrown(() => exports.run())).toMatchObject({ code: 'ASYNC_UNSUPPORTED', data: { name: 'call' } })
    // By then the runner has heard of a rejection that nobody handled, and fails.
    await new Promise((resolve) => setImmediate(resolve))
  })

  it('is not fooled by a guest that catches everything and goes on', async () => {
    let calls = 0
    const bug = new Error('host bug')
    const { exports, instance } = await start(() => {
      calls++
      throw bug
    })
    expect(thrown(() => exports.swallow())).toMatchObject({ code: 'HOST_FUNCTION_FAILED', cause: bug })
    expect(calls).toBe(1)
    expect(instance.poisoned).not.toBe(null)
  })

  it('notices a guest that calls out where there is no stack left, and catches what comes of it', async () => {
    const { exports, instance } = await start(() => 1)
    let error: unknown
    try {
      exports.edge(0)
    } catch (caught) {
      error = caught
    }
    // Engines differ in whether a guest may catch the end of its stack; no call may end half done and stay usable.
    if (error !== undefined) expect(error).toMatchObject({ code: 'STACK_EXHAUSTED' })
    expect(instance.poisoned).toBe(error ?? null)
    if (error === undefined) expect(exports.run()).toBe(1)
  })

  it('refuses re-entrance, and ends the instance whose host function let that error through', async () => {
    let inner: unknown
    const { exports, instance } = await start(() => {
      inner = thrown(() => exports.divide(4, 2))
      return 1
    })
    expect(exports.run()).toBe(1)
    expect(inner).toMatchObject({ code: 'CANNOT_ENTER', message: expect.stringMatching(/a call is running/) })
    expect(instance.poisoned).toBe(null)

    const careless = await start(() => careless.exports.divide(4, 2))
    expect(thrown(() => careless.exports.run())).toMatchObject({ code: 'CANNOT_ENTER' })
    expect(careless.instance.poisoned).not.toBe(null)
  })

  it.each([
    ['divide', [1, 0], 'GUEST_TRAP', /divide by zero/],
    ['deep', [], 'STACK_EXHAUSTED', /stack/],
    ['throw', [], 'GUEST_TRAP', /an exception was not caught/],
  ])('%s(%j) is %s', async (name, args, code, message) => {
    const { exports, instance } = await start(() => 1)
    const error = thrown(() => exports[name](...args))
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(instance.poisoned).toBe(error)
    expect(thrown(() => exports.divide(4, 2))).toMatchObject({ code: 'CANNOT_ENTER' })
  })

  it.each([
    [
      'nested in its own',
      `(component $child
        (core module $m (func (export "f")))
        (core instance $i (instantiate $m))
        (func (export "f") (canon lift (core func $i "f"))))
      (instance $child (instantiate $child))
      (core func $f (canon lower (func $child "f")))
      (core module $m (import "" "f" (func $f)) (func (export "g") (call $f)))
      (core instance $i (instantiate $m (with "" (instance (export "f" (func $f))))))
      (func (export "g") (canon lift (core func $i "g")))`,
    ],
    [
      'that its own is nested in',
      `(core module $m (func (export "f")))
      (core instance $i (instantiate $m))
      (func $f (canon lift (core func $i "f")))
      (component $child
        (import "f" (func $f))
        (core func $g (canon lower (func $f)))
        (core module $m (import "" "f" (func $f)) (func (export "g") (call $f)))
        (core instance $i (instantiate $m (with "" (instance (export "f" (func $g))))))
        (func (export "g") (canon lift (core func $i "g"))))
      (instance $child (instantiate $child (with "f" (func $f))))
      (export "g" (func $child "g"))`,
    ],
  ])('traps a guest that enters an instance %s', async (_, definitions) => {
    const component = await compileWat(`(component ${definitions})`)
    const instance = component.instantiate({}, { codeGeneration })
    expect(() => (instance.exports as Exports).g()).toThrow(/it cannot enter a component instance/)
    expect(instance.poisoned).toMatchObject({ code: 'ABI_TRAP', origin: 'plugin' })
  })

  it('stays usable after wrong arguments', async () => {
    const { exports, instance } = await start(() => 1)
    expect(thrown(() => exports.divide(1, '2'))).toMatchObject({
      code: 'TYPE_MISMATCH',
      message: 'divide(arg1): expected u32 (an integer in range), got the string "2"',
    })
    expect(thrown(() => exports.divide(1))).toMatchObject({ code: 'TYPE_MISMATCH' })
    expect(instance.poisoned).toBe(null)
    expect(exports.divide(4, 2)).toBe(2)
  })

  it.each(['realloc', 'post-return'])('traps a guest that calls out of %s', async (where) => {
    const leaky = await compileWat(`(component
      (import "call" (func $call))
      (core func $call-core (canon lower (func $call)))
      (core module $m
        (import "env" "call" (func $call))
        (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32)
          ${where === 'realloc' ? '(call $call)' : ''} (i32.const 16))
        (func (export "done") (param i32) (call $call))
        (func (export "f") (param i32 i32) (result i32) (i32.const 1)))
      (core instance $i (instantiate $m (with "env" (instance (export "call" (func $call-core))))))
      (alias core export $i "memory" (core memory $memory))
      (func (export "f") (param "text" string) (result u32)
        (canon lift (core func $i "f") (memory (core memory $memory)) (realloc (core func $i "realloc"))
          (post-return (core func $i "done")))))`)
    const call = vi.fn()
    const instance = leaky.instantiate({ call }, { codeGeneration })
    expect(thrown(() => (instance.exports as Exports).f('x'))).toMatchObject({ code: 'ABI_TRAP' })
    expect(call).not.toHaveBeenCalled()
    expect(instance.poisoned).not.toBe(null)
  })

  it('gives the fault of a start function to the caller of instantiate', async () => {
    const failing = await compileWat(`(component
      (core module $m (func $start unreachable) (start $start))
      (core instance (instantiate $m)))`)
    expect(thrown(() => failing.instantiate({}, { codeGeneration }))).toMatchObject({ code: 'GUEST_TRAP' })
  })
})

describe('fuel', () => {
  const looping = `(component
    (core module $m
      (func (export "spin") (loop $l (br $l)))
      (func (export "one") (result i32) (i32.const 1)))
    (core instance $i (instantiate $m))
    (func (export "spin") (canon lift (core func $i "spin")))
    (func (export "one") (result u32) (canon lift (core func $i "one"))))`

  it('ends an endless loop, and can be refilled before that', async () => {
    const { Component } = await import('@wasm-plugin/runtime')
    const { parse } = await import('@bytecodealliance/jco-transpile/wasm-tools')
    const component = await Component.compile(await parse(looping), { fuel: true })
    const instance = component.instantiate({}, { fuel: 1000 })
    const exports = instance.exports as Exports
    expect(exports.one()).toBe(1)
    instance.fuel!.refill(5000)
    const error = thrown(() => exports.spin())
    expect(error).toMatchObject({ code: 'OUT_OF_FUEL', data: { fuel: 5000 } })
    expect(instance.poisoned).toBe(error)
    expect(instance.fuel!.remaining).toBe(0)
    const other = component.instantiate({}, { fuel: 1000 })
    expect((other.exports as Exports).one()).toBe(1)
  })
})

function thrown(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    if (PluginError.is(error) || ComponentError.is(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
