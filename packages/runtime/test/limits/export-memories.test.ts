import { Component } from '@wasm-plugin/runtime'
import { exportMemories } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { run, wat } from './wat.js'

describe('exportMemories', () => {
  it.each([
    ['nothing', '', []],
    ['a memory with a name', '(memory (export "m") 2)', ['m']],
    ['one with two', '(memory (export "m") 2) (export "n" (memory 0))', ['n']],
    ['one without', '(memory 2)', ['memory 0']],
    ['one beside what has its name', '(memory 2) (func (export "memory 0"))', ["memory 0'"]],
    ['code, data and a start', '(func $f) (start $f) (memory 2) (data (i32.const 0) "abc")', ['memory 0']],
    ['elements alone', '(memory 2) (table 1 funcref) (func $f) (elem (i32.const 0) func $f)', ['memory 0']],
    ['a name that begins with a mark of the byte order', '(memory (export "\\ef\\bb\\bfm") 2)', ['\ufeffm']],
  ])('gives the name of each that a module defines: %s', async (_, fields, names) => {
    const exported = exportMemories(await wat(`(module ${fields})`))
    expect(exported.names).toEqual(names)
    const instance = run(exported.bytes)
    for (const name of names) expect(instance[name].buffer.byteLength).toBeGreaterThan(0)
  })

  it.each([
    ['of two, of which one has a name', '(memory 1) (memory (export "m") 2)', ['memory 0', 'm']],
    ['but for what it imports', '(import "a" "m" (memory 1)) (memory 2)', ['memory 1']],
  ])('in a module that not every engine takes: %s', async (_, fields, names) => {
    const { bytes, ...exported } = exportMemories(await wat(`(module ${fields})`))
    expect(exported.names).toEqual(names)
    expect(exportMemories(bytes)).toEqual({ bytes, names })
  })

  it('returns a module as it is that has names for all', async () => {
    const bytes = await wat('(module (memory (export "m") 1))')
    expect(exportMemories(bytes).bytes).toBe(bytes)
  })
})

it('an instance knows the size of all its memories', async () => {
  const component = await Component.compile(
    await wat(`(component
      (core module $a (memory (export "m") 1))
      (core module $b (import "a" "m" (memory 1)))
      (core module $c (memory 2) (func (export "grow") (drop (memory.grow (i32.const 3)))))
      (core instance $a (instantiate $a)) (core instance (instantiate $b (with "a" (instance $a))))
      (core instance $c (instantiate $c))
      (func (export "grow") (canon lift (core func $c "grow"))))`),
  )
  const instance = component.instantiate()
  expect(instance.memoryBytes).toBe(3 * 65_536)
  ;(instance.exports.grow as () => void)()
  expect(instance.memoryBytes).toBe(6 * 65_536)
})
