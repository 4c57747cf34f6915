import { Component } from '@wasm-plugin/runtime'
import { describe, expect, it } from 'vitest'
import { allocator, compileWat, instantiateWat } from './wat.js'

const greeter = `(component
  (import "acme:site/log@0.1.0" (instance $log (export "log" (func (param "message" string)))))
  (alias export $log "log" (func $log-f))
  ${allocator}
  (core func $log-core (canon lower (func $log-f) (memory (core memory $memory))))
  (core module $main
    (import "env" "memory" (memory 1))
    (import "env" "log" (func $log (param i32 i32)))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "greet") (param i32 i32) (result i32)
      (call $log (local.get 0) (local.get 1))
      (i32.store (i32.const 16) (local.get 0))
      (i32.store (i32.const 20) (local.get 1))
      (i32.const 16)))
  (core instance $m (instantiate $main (with "env" (instance
    (export "memory" (memory $memory)) (export "log" (func $log-core))))))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $m "add")))
  (func $greet (param "name" string) (result string)
    (canon lift (core func $m "greet") (memory (core memory $memory)) (realloc (core func $realloc))))
  (instance $render (export "greet-all" (func $greet)))
  (export "acme:site/render@0.1.0" (instance $render)))`

describe('a component end to end', () => {
  it('calls exports and imports', async () => {
    const lines: string[] = []
    const { exports } = await instantiateWat(greeter, {
      'acme:site/log@0.1.0': { log: (line: string) => void lines.push(line) },
    })
    expect(exports.add(2, 4294967295)).toBe(1)
    expect(exports['acme:site/render@0.1.0'].greetAll('wörld')).toBe('wörld')
    expect(lines).toEqual(['wörld'])
  })

  it('instantiates a transferred component without compiling again', async () => {
    const component = await compileWat(greeter)
    const revived = Component.revive(structuredClone(component.transfer()))
    const { exports } = revived.instantiate({ 'acme:site/log@0.1.0': { log() {} } })
    expect((exports.add as (a: number, b: number) => number)(1, 2)).toBe(3)
  })

  it('transfers what was decoded, custom sections included, and not the modules that it was compiled from', async () => {
    const component = await compileWat(greeter)
    const { content } = component.transfer()
    expect(content).not.toHaveProperty('bytes')
    const { imports, exports, customSections } = Component.revive(structuredClone(component.transfer()))
    expect(imports).toEqual(component.imports)
    expect(exports).toEqual(component.exports)
    expect(customSections).toEqual(component.customSections)
    expect(customSections.length).toBeGreaterThan(0)
  })

  it('transfers the bytes of a component that has more to write down than is written in one go', async () => {
    const name = (i: number) => `${'long-'.repeat(700)}${i}`.replace(/-(\d)/, '-x$1')
    const component = await compileWat(
      `(component ${Array.from(
        { length: 400 },
        (_, i) => `(import "${name(i)}" (func $f${i} (result u32)))`,
      ).join(' ')} (export "first" (func $f7)))`,
    )
    const transferred = structuredClone(component.transfer())
    expect(transferred.content).toHaveProperty('bytes')
    const revived = Component.revive(transferred)
    expect(revived.imports).toEqual(component.imports)
    expect(revived.exports).toEqual(component.exports)
  })

  it('refuses modules that do not belong to the component', async () => {
    const transferred = (await compileWat(greeter)).transfer()
    const revived = Component.revive({ ...transferred, modules: transferred.modules.toReversed() })
    expect(() => revived.instantiate({ 'acme:site/log@0.1.0': { log() {} } })).toThrow(
      expect.objectContaining({ code: 'LINK_FAILED' }),
    )
  })
})
