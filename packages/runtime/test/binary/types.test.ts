import type { FuncType, InstanceType, TypeExport } from '@wasm-plugin/runtime'
import { describe, expect, it } from 'vitest'
import { construct, decodeText } from './wat.js'

const labels = (count: number) => Array.from({ length: count }, (_, i) => `"l${i}"`).join(' ')

construct('primitive types', {
  good: ['(type bool)', '(type (tuple s8 u8 s16 u16 s32 u32 s64 u64 f32 f64 char string error-context))'],
  bad: {},
})

construct('records', {
  good: [
    '(type (record (field "a" u8) (field "b-c" string)))',
    '(type $r (record (field "a" u8))) (type (list $r))',
  ],
  bad: {
    '(type (record))': /^INVALID_COMPONENT: .*a record is empty/,
    '(type (record (field "a" u8) (field "A" u8)))': /conflicts with an earlier one/,
    '(type (record (field "aB" u8)))': /not in kebab case/,
    '(type (record (field "a" 7)))': /type 7 is out of bounds/,
    '(type $f (func)) (type (record (field "a" $f)))': /not a value type, but a func type/,
  },
})

construct('variants', {
  good: ['(type (variant (case "a") (case "b" u8)))'],
  bad: {
    '(type (variant))': /a variant is empty/,
    '(type (variant (case "a") (case "a" u8)))': /conflicts/,
    '(type (variant (case "")))': /not in kebab case/,
  },
})

construct('tuples, lists, options, results', {
  good: [
    '(type (tuple u8))',
    '(type (list (list string)))',
    '(type (option (option u8)))',
    '(type (result)) (type (result u8)) (type (result (error u8))) (type (result u8 (error string)))',
  ],
  bad: {
    '(type (tuple))': /a tuple is empty/,
    '(type (list 3))': /type 3 is out of bounds/,
    '(type (option 3))': /type 3 is out of bounds/,
    '(type (result (error 3)))': /type 3 is out of bounds/,
  },
})

construct('lists of fixed length', {
  good: ['(type (list u8 4))', '(type (list u8 268435455))'],
  bad: {
    '(type (list u8 0))': /no elements/,
    '(type (list u8 268435456))': /2\^28 bytes or more/,
    '(type (list u64 536870912))': /2\^28 bytes or more/,
    // 2^27 bytes with the pointers of a 32-bit memory, 2^28 with those of a 64-bit one
    '(type (list string 16777216))': /2\^28 bytes or more/,
  },
})

construct('flags', {
  good: ['(type (flags "a"))', `(type (flags ${labels(32)}))`],
  bad: {
    '(type (flags))': /flags is empty/,
    [`(type (flags ${labels(33)}))`]: /33 labels, over the maximum of 32/,
    '(type (flags "a" "A"))': /conflicts/,
  },
})

construct('enums', {
  good: ['(type (enum "a"))', `(type (enum ${labels(300)}))`],
  bad: { '(type (enum))': /an enum is empty/, '(type (enum "x-y" "X-y"))': /conflicts/ },
})

construct('handles', {
  good: ['(type $r (resource (rep i32))) (type (own $r)) (type (borrow $r))'],
  bad: {
    '(type $r u8) (type (own $r))': /type 0 is not a resource type/,
    '(type (borrow 0))': /type 0 is out of bounds/,
    '(type $r (resource (rep i32))) (type (list $r))': /not a value type, but a resource type/,
  },
})

construct('streams, futures and maps', {
  good: [
    '(type (stream u8)) (type (stream)) (type (future string)) (type (future))',
    '(type (map string u8))',
  ],
  bad: {
    '(type (stream char))': /a stream cannot carry char/,
    '(type $r (resource (rep i32))) (type $b (borrow $r)) (type (future $b))':
      /a future cannot carry a borrow/,
    '(type (map f32 u8))': /f32 cannot be the key of a map/,
  },
})

construct('resources', {
  good: [
    '(type (resource (rep i32)))',
    '(core module $m (func (export "d") (param i32))) (core instance $i (instantiate $m)) (alias core export $i "d" (core func $d)) (type (resource (rep i32) (dtor $d)))',
  ],
  bad: {
    '(type (resource (rep i32) (dtor 0)))': /core function 0 is out of bounds/,
    '(core module $m (func (export "d"))) (core instance $i (instantiate $m)) (alias core export $i "d" (core func $d)) (type (resource (rep i32) (dtor $d)))':
      /destructor of a resource is not of type \(i32\) -> \(\)/,
    '(type (component (type (resource (rep i32)))))': /cannot be defined inside of a type/,
    '(type (resource (rep f32)))': /cannot be represented by core type 0x7d/,
    '(type (resource (rep i64)))': /^UNSUPPORTED_FEATURE: .*resources represented by i64/,
  },
})

construct('function types', {
  good: [
    '(type (func))',
    '(type (func (param "a" u8) (param "b" string) (result (list u8))))',
    '(type (func async))',
  ],
  bad: {
    '(type (func (param "a" u8) (param "A" u8)))': /conflicts/,
    '(type (func (param "a!" u8)))': /not in kebab case/,
    '(type $r (resource (rep i32))) (type $b (borrow $r)) (type $l (list $b)) (type (func (result $l)))':
      /the result of a function has a borrow/,
  },
})

construct('instance and component types', {
  good: [
    '(type (instance (export "f" (func)) (export "t" (type (sub resource)))))',
    '(type (component (import "a" (func)) (export "b" (instance))))',
    '(type $t u8) (type (instance (alias outer 1 $t (type $u)) (export "t" (type (eq $u)))))',
    '(type (instance (type $i (instance (export "r" (type (sub resource))))) (export "i" (instance $x (type $i))) (alias export $x "r" (type $r)) (type $o (own $r)) (export "f" (func (result $o)))))',
  ],
  bad: {
    '(type (instance (export "f" (func)) (export "F" (func))))': /conflicts/,
    '(type (component (import "a" (func)) (import "a" (func))))': /conflicts/,
    '(type (instance (alias outer 2 0 (type))))': /leaves the component/,
    '(type (instance (alias outer 1 0 (type))))': /type 0 is out of bounds/,
    '(component $c) (type (instance (alias outer 1 $c (component))))':
      /inside of a type cannot name a component/,
    '(type $f (func)) (type (instance (export "i" (instance (type 0)))))': /type 0 is out of bounds/,
    '(type $f (func)) (import "i" (instance (type $f)))': /type 0 is not an instance type/,
  },
})

construct('core types', {
  good: [
    '(core type (func (param i32) (result i64)))',
    '(core type $f (func)) (core type (module (alias outer 1 $f (type $g)) (import "a" "b" (func (type $g))) (export "m" (memory 1))))',
    '(core type (struct (field i32))) (core type (array (mut i8)))',
    '(core type $s (sub (struct))) (core type (sub $s (struct (field i32)))) (core type (func (param (ref null $s))))',
  ],
  bad: {
    '(core type (module (import "a" "b" (func (type 3)))))': /core type 3 is out of bounds/,
    '(core type (module (export "a" (func)) (export "a" (func))))': /declared twice/,
    '(core type (module (import "a" "b" (func)) (import "a" "b" (func))))': /is there twice/,
    '(core type $m (module)) (core type (module (alias outer 1 $m (type))))': /cannot alias a module type/,
    '(core type (module (import "a" "m" (memory 65537))))': /larger than 4 GiB/,
    '(core type (module (import "a" "m" (memory 2 1))))': /maximum of a memory is below its minimum/,
    '(core type $f (func)) (import "m" (core module (type $f)))': /not a module type/,
    '(core type $m (module)) (core type (func (param (ref $m))))': /core type 0 is a module type/,
    '(core type (func (param (ref 9))))': /core type 9 is out of bounds/,
    '(core type $s (struct)) (core type (sub $s (struct)))': /core type 0 is final and cannot be extended/,
  },
})

describe('identity of types', () => {
  it('keeps one object for a type that is exported, aliased and used', async () => {
    const { root } = await decodeText(`(component
      (type $api-type (instance
        (type $p (record (field "x" s32)))
        (export "point" (type $point (eq $p)))
        (export "origin" (func (result $point)))))
      (import "a:b/shapes" (instance $api (type $api-type)))
      (alias export $api "point" (type $point))
      (import "draw" (func (param "at" $point))))`)
    const shapes = root.type.imports.get('a:b/shapes') as InstanceType
    const point = (shapes.exports.get('point') as TypeExport).type
    expect((shapes.exports.get('origin') as FuncType).result).toBe(point)
    expect((root.type.imports.get('draw') as FuncType).params[0]!.type).toBe(point)
  })

  it('gives every use of an instance type resources of its own', async () => {
    const { root } = await decodeText(`(component
      (type $t (instance
        (export "file" (type $file (sub resource)))
        (export "open" (func (result (own $file))))))
      (import "a:b/one" (instance (type $t)))
      (import "a:b/two" (instance (type $t))))`)
    const resources = ['a:b/one', 'a:b/two'].map((name) => {
      const instance = root.type.imports.get(name) as InstanceType
      const { type } = instance.exports.get('file') as TypeExport
      expect((instance.exports.get('open') as FuncType).result).toMatchObject({ kind: 'own' })
      expect((instance.exports.get('open') as FuncType).result).toHaveProperty('resource', type)
      return type
    })
    expect(resources[0]).toMatchObject({ kind: 'resource', name: 'file' })
    expect(resources[0]).not.toBe(resources[1])
  })

  it('reads the world that a bindings generator embeds', async () => {
    const { root } = await decodeText(`(component
      (type $world (component
        (type (component
          (import "log" (func (param "text" string)))
          (export "run" (func (result u8)))))
        (export "a:b/world" (component (type 0)))))
      (export "world" (type $world)))`)
    const outer = root.type.exports.get('world') as TypeExport
    expect(outer.type).toMatchObject({ kind: 'component' })
  })
})
