import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco-transpile/wasm-tools'
import { Component, type InstanceLimits, type PluginError } from '@wasm-plugin/runtime'
import { describe, expect, it } from 'vitest'
import { compileWat, type Exports } from '../abi/wat.js'
import { FIXUP, GIVEN, SHIM, shimmed, type Variant } from './shim.js'

/** Which core modules are compiled. */
const compiled = (component: Component) => component.transfer().modules.map((module) => module !== null)
const ALL = [true, true, true]
const WITHOUT = [true, false, false]

const imports = (logged: string[] = []) => ({
  log: (text: string) => void logged.push(text),
  size: (text: string) => text.length,
})

function run(component: Component, codeGeneration = true): { result: unknown; logged: string[] } {
  const logged: string[] = []
  const { exports } = component.instantiate(imports(logged), { codeGeneration }) as { exports: Exports }
  return { result: exports.run(), logged }
}

describe('the modules between a module and functions that need its memory', () => {
  it.each([true, false])('are left out where they do nothing else (generated code: %s)', async (code) => {
    const component = await compileWat(shimmed())
    expect(compiled(component)).toEqual(WITHOUT)
    expect(run(component, code)).toEqual({ result: 5, logged: ['hello'] })
    expect(run(Component.revive(component.transfer()), code)).toEqual({ result: 5, logged: ['hello'] })
  })

  it('are left out as the toolchain writes them', async () => {
    const core = await parse(`(module
      (import "test:shim/io" "log" (func $log (param i32 i32)))
      (import "[export]test:shim/things" "[resource-new]thing" (func $new (param i32) (result i32)))
      (memory (export "memory") 1) (data (i32.const 16) "hello")
      (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
      (global $dropped (mut i32) (i32.const 0))
      (func (export "test:shim/things#[dtor]thing") (param i32) (global.set $dropped (local.get 0)))
      (func (export "test:shim/things#[constructor]thing") (result i32) (call $new (i32.const 7)))
      (func (export "test:shim/things#dropped") (result i32) (global.get $dropped))
      (func (export "_initialize") (call $log (i32.const 16) (i32.const 5))))`)
    const witSource = `package test:shim;
      interface io { log: func(text: string); }
      interface things { resource thing { constructor(); } dropped: func() -> u32; }
      world plugin { import io; export things; }`
    const binary = await componentEmbed({ witSource, binary: core, world: 'plugin', dummy: false })
    const component = await Component.compile(await componentNew(binary, []))
    expect(compiled(component)).toEqual(WITHOUT)
    const logged: string[] = []
    const { exports } = component.instantiate({ 'test:shim/io': imports(logged) })
    const { Thing, dropped } = exports['test:shim/things'] as Exports
    // Its `_initialize` runs once the functions are there.
    expect(logged).toEqual(['hello'])
    new Thing()[Symbol.dispose]()
    expect(dropped()).toBe(7)
  })

  it('are left out of the components inside of a component', async () => {
    const inner = shimmed().replace('(component', '(component $inner')
    const component = await compileWat(`(component
      (import "log" (func $log (param "text" string)))
      (import "size" (func $size (param "text" string) (result u32)))
      ${inner}
      (instance $i (instantiate $inner (with "log" (func $log)) (with "size" (func $size))))
      (export "run" (func $i "run")))`)
    expect(compiled(component)).toEqual(WITHOUT)
    expect(run(component)).toEqual({ result: 5, logged: ['hello'] })
  })

  it('are found whatever they are called and in whichever order they have things', async () => {
    const names = (text: string) => text.replaceAll('"0"', '"b"').replaceAll('"1"', '"a"')
    const component = await compileWat(
      shimmed({
        fixup: names(`(type $s (func (param i32 i32) (result i32))) (type $l (func (param i32 i32)))
          (import "" "1" (func $1 (type $s))) (import "" "$imports" (table 2 2 funcref))
          (import "" "0" (func $0 (type $l))) (elem (i32.const 0) func $0 $1)`),
        given: names(GIVEN),
      }),
    )
    expect(compiled(component)).toEqual(WITHOUT)
    expect(run(component)).toEqual({ result: 5, logged: ['hello'] })
  })

  it('let a call that comes before they are connected trap, with and without them', async () => {
    const early = shimmed({ main: '(start $early) (func $early (call $log (i32.const 16) (i32.const 5)))' })
    const reasons: unknown[] = []
    for (const options of [{}, { fuel: true }]) {
      const component = await Component.compile(await parse(early), options)
      try {
        component.instantiate(imports(), { fuel: 1_000 })
      } catch (error) {
        reasons.push(error)
      }
    }
    const trap = { code: 'GUEST_TRAP', data: { reason: 'null function or function signature mismatch' } }
    expect(reasons).toEqual([expect.objectContaining(trap), expect.objectContaining(trap)])
  })

  it('stay where fuel is counted, since their instructions use some', async () => {
    const component = await Component.compile(await parse(shimmed()), { fuel: true })
    expect(compiled(component)).toEqual(ALL)
    const instance = component.instantiate(imports(), { fuel: 1_000 })
    const before = instance.fuel!.remaining
    expect((instance.exports as Exports).run()).toBe(5)
    expect(before - instance.fuel!.remaining).toBeGreaterThan(6 + 2 * 4)
  })

  it('count towards every limit as if they were there', async () => {
    const left = await compileWat(shimmed())
    const kept = await compileWat(shimmed({ shim: SHIM.replace('local.get 0', 'nop local.get 0') }))
    expect([compiled(left), compiled(kept)]).toEqual([WITHOUT, ALL])
    const least = (component: Component, limit: keyof InstanceLimits) => {
      const fits = (value: number) => {
        try {
          component.instantiate(imports(), { limits: { [limit]: value } })
          return true
        } catch (error) {
          expect(error).toMatchObject({ code: 'LIMIT_EXCEEDED', data: { limit } })
          return false
        }
      }
      let [low, high] = [0, 1 << 20]
      while (low < high) {
        const middle = (low + high) >> 1
        if (fits(middle)) high = middle
        else low = middle + 1
      }
      return low
    }
    expect(least(left, 'moduleHeapBytes')).toBe(least(kept, 'moduleHeapBytes'))
    await expect(
      Component.compile(await parse(shimmed()), { memory: { tableElements: 1 } }),
    ).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', data: { limit: 'tableElements', value: 2 } })
  })
})

/** Definitions of the main module: a function, and a table that it shares. */
const OWN = '(func (export "own") (param i32 i32) (result i32) (i32.const 6))'
const SEES = '(import "s" "$imports" (table 2 2 funcref))'

const both = (from: string, to: string): Variant => ({
  shim: SHIM.replace(from, to),
  fixup: FIXUP.replace(from, to),
})
const lifted = (core: string) => `(func (export "lifted") (param "a" u32) (param "b" u32) (result u32)
  (canon lift (core func ${core})))`

/** With what `run` answers, or the code of its error. */
const LOOK_ALIKES: [string, Variant, unknown][] = [
  ['changes a value', { shim: SHIM.replace('i32.const 1 call', 'i32.const 2 i32.sub i32.const 1 call') }, 3],
  ['swaps two values', { shim: SHIM.replace('0 local.get 1 i32.const 1', '1 local.get 0 i32.const 1') }, 16],
  ['has one more instruction', { shim: SHIM.replace('local.get 0', 'nop local.get 0') }, 5],
  ['has a local', { shim: SHIM.replace('local.get 0', '(local i32) local.get 0') }, 5],
  ['calls another number', { shim: SHIM.replace('i32.const 1 call', 'i32.const 0 call') }, 'GUEST_TRAP'],
  [
    'calls by another type',
    { shim: SHIM.replace('indirect (type $s)', 'indirect (type $l) i32.const 3') },
    'GUEST_TRAP',
  ],
  ['has a larger table', both('2 2 funcref', '3 3 funcref'), 5],
  ['has a table that can grow', both('2 2 funcref', '2 3 funcref'), 5],
  ['has a table without a maximum', both('2 2 funcref', '2 funcref'), 5],
  ['has one more function', { shim: `${SHIM} (func $2)` }, 5],
  ['has a function under two names', { shim: `${SHIM} (export "2" (func $0))` }, 5],
  ['has a memory', { shim: `${SHIM} (memory 1)` }, 5],
  ['has a global', { shim: `${SHIM} (global i32 i32.const 1)` }, 5],
  ['runs something at its start', { shim: `${SHIM} (func $start) (start $start)` }, 5],
  ['fills its table itself', { shim: `${SHIM} (elem (i32.const 0) func $0)` }, 5],
  ['writes one place on', { fixup: FIXUP.replace('0) func $0 $1', '1) func $0') }, 'GUEST_TRAP'],
  ['writes fewer functions', { fixup: FIXUP.replace('func $0 $1', 'func $0') }, 'GUEST_TRAP'],
  ['writes twice', { fixup: `${FIXUP} (elem (i32.const 0) func $0)` }, 5],
  ['writes its own', { fixup: `${FIXUP.replace('$0 $1)', '$0 $2)')} (func $2 (type $s) i32.const 8)` }, 8],
  ['writes them in another order', { fixup: FIXUP.replace('func $0 $1', 'func $1 $0') }, 'GUEST_TRAP'],
  ['exports something', { fixup: `${FIXUP} (export "0" (func $0))` }, 5],
  ['is given a function of a module', { main: OWN, given: GIVEN.replace('$size', '$own') }, 6],
  ['is given its own function', { given: GIVEN.replace('$size', '$stub-size') }, 'STACK_EXHAUSTED'],
  ['is instantiated twice', { more: '(core instance (instantiate $shim))' }, 5],
  ['is connected twice', { more: '(core instance (instantiate $fixup (with "" (instance $given))))' }, 5],
  ['shows its table', { main: SEES, mainArgs: '(with "s" (instance $s))' }, 5],
  ['is lifted', { more: lifted('$stub-size') }, 5],
  ['is hidden', { more: `(alias core export $env "size" (core func $again)) ${lifted('$again')}` }, 5],
  ['is shared', { more: '(component (alias outer 1 $shim (core module)))' }, 5],
]

describe('what only looks like these modules', () => {
  it.each(LOOK_ALIKES)('and %s stays as it is', async (_, variant, outcome) => {
    const component = await compileWat(shimmed(variant))
    expect(compiled(component)).toEqual(ALL)
    expect(outcomeOf(component)).toEqual(outcome)
  })
})

function outcomeOf(component: Component): unknown {
  try {
    return run(component).result
  } catch (error) {
    return (error as PluginError).code
  }
}
