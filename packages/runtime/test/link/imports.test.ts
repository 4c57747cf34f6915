import { type ImportObject, PluginError } from '@wasm-plugin/runtime'
import { memberName } from '@wasm-plugin/runtime/internal'
import { describe, expect, it, vi } from 'vitest'
import { compileWat, type Exports, instantiateWat } from '../abi/wat.js'

const importing = (name: string) => `(component
  (import "acme:site/log@0.1.0" (instance $log (export "${name}" (func (result u32)))))
  (core func $f (canon lower (func $log "${name}")))
  (core instance $i (export "f" (func $f)))
  (func (export "run") (result u32) (canon lift (core func $i "f"))))`

describe('imports', () => {
  it.each([
    [{}, 'MISSING_IMPORT', 'acme:site/log@0.1.0'],
    [{ 'acme:site/log@0.1.0': {} }, 'MISSING_IMPORT', 'acme:site/log@0.1.0#write-line'],
    [
      { 'acme:site/log@0.1.0': { 'write-line': () => 1 } },
      'MISSING_IMPORT',
      'acme:site/log@0.1.0#write-line',
    ],
    [{ 'acme:site/log@0.1.1': { writeLine: () => 1 } }, 'MISSING_IMPORT', 'acme:site/log@0.1.0'],
    [{ 'acme:site/log@0.1.0': 5 }, 'WRONG_IMPORT', 'acme:site/log@0.1.0'],
    [{ 'acme:site/log@0.1.0': { writeLine: 5 } }, 'WRONG_IMPORT', 'acme:site/log@0.1.0#write-line'],
  ])('%o is %s', async (imports, code, name) => {
    const component = await compileWat(importing('write-line'))
    expect(thrown(() => component.instantiate(imports as ImportObject))).toMatchObject({
      code,
      data: { name },
    })
  })

  it.each(['constructor', 'to-string', 'value-of', 'has-own-property', 'is-prototype-of'])(
    'a function that every object inherits does not answer for "%s"',
    async (name) => {
      const component = await compileWat(importing(name))
      const imports = { 'acme:site/log@0.1.0': {} } as ImportObject
      expect(thrown(() => component.instantiate(imports))).toMatchObject({ code: 'MISSING_IMPORT' })
      const exports = component.instantiate({
        'acme:site/log@0.1.0': { [memberName(name)]: () => 7 },
      }).exports as Exports
      expect(exports.run()).toBe(7)
    },
  )

  it.each(['constructor', 'to-string', 'has-own-property'])(
    'a method that every object inherits does not answer for "[method]thing.%s"',
    async (name) => {
      const component = await compileWat(`(component
        (import "acme:site/things" (instance $i
          (export "thing" (type $t (sub resource)))
          (export "[method]thing.${name}" (func (param "self" (borrow $t)) (result string))))))`)
      const Thing = class {}
      const imports = { 'acme:site/things': { Thing } } as ImportObject
      expect(thrown(() => component.instantiate(imports))).toMatchObject({ code: 'MISSING_IMPORT' })
    },
  )

  it('a static function that every class inherits does not answer', async () => {
    const component = await compileWat(`(component
      (import "acme:site/things" (instance $i
        (export "thing" (type $t (sub resource)))
        (export "[static]thing.call" (func)))))`)
    const imports = { 'acme:site/things': { Thing: class {} } } as ImportObject
    expect(thrown(() => component.instantiate(imports))).toMatchObject({ code: 'MISSING_IMPORT' })
  })

  it('are all looked up before any guest code runs', async () => {
    const ran = vi.fn()
    const component = await compileWat(`(component
      (import "first" (func $first))
      (core func $f (canon lower (func $first)))
      (core module $m (import "env" "f" (func $f)) (start $f))
      (core instance (instantiate $m (with "env" (instance (export "f" (func $f))))))
      (import "second" (func $second)))`)
    expect(thrown(() => component.instantiate({ first: ran }))).toMatchObject({ data: { name: 'second' } })
    expect(ran).not.toHaveBeenCalled()
    component.instantiate({ first: ran, second: ran })
    expect(ran).toHaveBeenCalledOnce()
  })

  it('functions get the interface object as their receiver, and no more arguments than in the contract', async () => {
    const exports = (
      await instantiateWat(importing('count'), {
        'acme:site/log@0.1.0': {
          total: 41,
          count(this: { total: number }, ...rest: unknown[]) {
            return this.total + 1 + rest.length
          },
        },
      })
    ).exports
    expect(exports.run()).toBe(42)
  })
})

describe('exports', () => {
  const exporting = (name: string) => `(component
    (core module $m (func (export "f") (result i32) (i32.const 7)))
    (core instance $i (instantiate $m))
    (func $f (export "${name}") (result u32) (canon lift (core func $i "f")))
    (instance $e (export "${name}" (func $f)))
    (export "acme:site/${name}" (instance $e)))`

  it.each([
    'then',
    'constructor',
    'to-string',
    'arguments',
    'eval',
    'await',
    'has-own-property',
    'toJSON'.toLowerCase(),
  ])('a function "%s" is one like any other, by a name that JavaScript does not look for', async (name) => {
    const { exports } = await instantiateWat(exporting(name))
    expect(exports[memberName(name)]()).toBe(7)
    expect(exports[`acme:site/${name}`][memberName(name)]()).toBe(7)
    expect(Object.keys(exports)).toHaveLength(2)
  })

  it('have no prototype and cannot be changed', async () => {
    const { exports } = await instantiateWat(exporting('render'))
    for (const object of [exports, exports['acme:site/render']]) {
      expect(Object.getPrototypeOf(object)).toBe(null)
      expect(Object.isFrozen(object)).toBe(true)
      expect(Object.hasOwn(object, '__proto__')).toBe(false)
    }
  })

  it('core names are never looked up on objects with a prototype', async () => {
    const { exports } = await instantiateWat(`(component
      (core module $a (func (export "__proto__") (result i32) (i32.const 3)))
      (core instance $a (instantiate $a))
      (core instance $b (export "constructor" (func $a "__proto__")) (export "__proto__" (func $a "__proto__")))
      (core module $m
        (import "__proto__" "constructor" (func $f (result i32)))
        (import "__proto__" "__proto__" (func $g (result i32)))
        (func (export "then") (result i32) (i32.add (call $f) (call $g))))
      (core instance $i (instantiate $m (with "__proto__" (instance $b))))
      (func (export "run") (result u32) (canon lift (core func $i "then"))))`)
    expect(exports.run()).toBe(6)
    expect(({} as Record<string, unknown>).then).toBe(undefined)
  })
})

function thrown(call: () => unknown): PluginError {
  try {
    call()
  } catch (error) {
    if (PluginError.is(error)) return error
    throw error
  }
  throw new TypeError('nothing was thrown')
}
