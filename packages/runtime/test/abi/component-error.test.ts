import { ComponentError } from '@wasm-plugin/runtime'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { compileWat, type Exports } from './wat.js'

const guest = `(component
  (core module $m (memory (export "memory") 1) (data (i32.const 8) "\\01\\00\\00\\00\\20\\00\\00\\00\\04\\00\\00\\00")
    (data (i32.const 32) "gone") (func (export "run") (result i32) (i32.const 8)))
  (core instance $i (instantiate $m))
  (alias core export $i "memory" (core memory $memory))
  (func (export "run") (result (result u32 (error string)))
    (canon lift (core func $i "run") (memory $memory))))`

describe.each([true, false])('the err of a result (generated code: %s)', (codeGeneration) => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: ++minutes * 60_000 })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is an Error by name, brand and message, whose payload is the value', async () => {
    const error = await err(codeGeneration)
    expect(error).toBeInstanceOf(Error)
    expect(error).toBeInstanceOf(ComponentError)
    expect(ComponentError.is(error)).toBe(true)
    expect(error).toMatchObject({ name: 'ComponentError', message: 'gone', payload: 'gone' })
    expect(Object.prototype.toString.call(error)).toBe('[object Error]')
    expect(String(error)).toBe('ComponentError: gone')
    expect(Object.keys(error)).toEqual(['payload'])
  })

  it('has the stack of its call, once in a millisecond, and its first line otherwise', async () => {
    const frames = Error.stackTraceLimit
    const run = await runner(codeGeneration)
    const [first, second] = [run(), run()]
    expect(first.stack).toMatch(/^ComponentError: gone\n.*component-error\.test/s)
    expect(second.stack).toBe('ComponentError: gone')
    vi.setSystemTime(Date.now() + 1)
    expect(run().stack).toMatch(/^ComponentError: gone\n.*component-error\.test/s)
    // What it sets for a moment is a setting of all errors.
    expect(Error.stackTraceLimit).toBe(frames)
    expect(new Error('other').stack).toContain('component-error.test')
  })
})

describe('making a ComponentError', () => {
  it('gives the limit of frames back where there is no room for the error', () => {
    const frames = Error.stackTraceLimit
    const deep = (): number => {
      for (let i = 0; i < 4; i++) new ComponentError(i)
      return deep() + 1
    }
    expect(deep).toThrow(RangeError)
    expect(Error.stackTraceLimit).toBe(frames)
  })

  it.each([10, undefined])('works where the limit of frames is %s and frozen', (value) => {
    const before = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')!
    Object.defineProperty(Error, 'stackTraceLimit', { value, writable: false })
    try {
      for (let i = 0; i < 4; i++) expect(new ComponentError(i)).toMatchObject({ payload: i })
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', before)
    }
  })
})

let minutes = 0

async function err(codeGeneration: boolean): Promise<ComponentError> {
  return (await runner(codeGeneration))()
}

async function runner(codeGeneration: boolean): Promise<() => ComponentError> {
  const component = await compileWat(guest)
  const { run } = component.instantiate({}, { codeGeneration }).exports as Exports
  return () => {
    try {
      run()
    } catch (error) {
      return error as ComponentError
    }
    throw new Error('there is no error')
  }
}
