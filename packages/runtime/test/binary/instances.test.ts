import type { FuncType, InstanceType, TypeExport } from '@wasm-plugin/runtime'
import { describe, expect, it } from 'vitest'
import { construct, decodeText } from './wat.js'

construct('core instances', {
  good: [
    '(core module $m) (core instance (instantiate $m))',
    '(core module $a (func (export "f"))) (core module $b (import "a" "f" (func))) (core instance $i (instantiate $a)) (core instance (instantiate $b (with "a" (instance $i))))',
    '(core module $a (memory (export "m") 2 3)) (core module $b (import "a" "m" (memory 1 4))) (core instance $i (instantiate $a)) (core instance (instantiate $b (with "a" (instance $i))))',
    '(core module $a (table (export "t") 2 2 funcref) (global (export "g") (mut i32) (i32.const 1)) (tag (export "e") (param i32))) (core module $b (import "a" "t" (table 1 funcref)) (import "a" "g" (global (mut i32))) (import "a" "e" (tag (param i32)))) (core instance $i (instantiate $a)) (core instance (instantiate $b (with "a" (instance $i))))',
    '(core instance)',
  ],
  bad: {
    '(core instance (instantiate 0))': /core module 0 is out of bounds/,
    '(core module $b (import "a" "f" (func))) (core instance (instantiate $b))':
      /missing core import "a" "f"/,
    '(core module $a (func (export "f") (param i32))) (core module $b (import "a" "f" (func))) (core instance $i (instantiate $a)) (core instance (instantiate $b (with "a" (instance $i))))':
      /expected \(\) -> \(\), found \(i32\) -> \(\)/,
    '(core module $a (memory (export "m") 1)) (core module $b (import "a" "m" (memory 2))) (core instance $i (instantiate $a)) (core instance (instantiate $b (with "a" (instance $i))))':
      /limits of the memory do not fit/,
    '(core module $a (memory (export "m") 1)) (core module $b (import "a" "m" (memory 1 2))) (core instance $i (instantiate $a)) (core instance (instantiate $b (with "a" (instance $i))))':
      /limits of the memory do not fit/,
    '(core module $a (table (export "t") 1 funcref)) (core module $b (import "a" "t" (table 1 externref))) (core instance $i (instantiate $a)) (core instance (instantiate $b (with "a" (instance $i))))':
      /expected externref, found funcref/,
    '(core module $a (global (export "g") i32 (i32.const 1))) (core module $b (import "a" "g" (global (mut i32)))) (core instance $i (instantiate $a)) (core instance (instantiate $b (with "a" (instance $i))))':
      /globals differ in being mutable/,
    '(core module $a (func (export "x"))) (core module $b (import "a" "x" (memory 1))) (core instance $i (instantiate $a)) (core instance (instantiate $b (with "a" (instance $i))))':
      /expected memory, found func/,
    '(core module $m) (core instance $i) (core instance (instantiate $m (with "a" (instance $i)) (with "a" (instance $i))))':
      /core argument "a" is given twice/,
    '(core module $m (func (export "f"))) (core instance $i (instantiate $m)) (alias core export $i "f" (core func $f)) (core instance (export "g" (func $f)) (export "g" (func $f)))':
      /core export "g" is defined twice/,
    '(core module $m (func (export "f"))) (core instance $i (instantiate $m)) (alias core export $i "g" (core func))':
      /core instance 0 has no export "g"/,
    '(core module $m (func (export "f"))) (core instance $i (instantiate $m)) (alias core export $i "f" (core memory))':
      /is not what the alias says/,
    '(core module (import "a" "b" (func)) (import "a" "b" (func)))': /is there twice/,
  },
})

construct('instantiation', {
  good: [
    '(component $c (import "f" (func))) (import "f" (func $f)) (instance (instantiate $c (with "f" (func $f))))',
    '(component $c) (import "f" (func $f)) (instance (instantiate $c (with "unused" (func $f))))',
    // more than was asked for
    '(component $c (import "i" (instance (export "f" (func))))) (import "i" (instance $i (export "f" (func)) (export "g" (func)))) (instance (instantiate $c (with "i" (instance $i))))',
    '(component $c (import "m" (core module (import "a" "b" (func)) (export "f" (func))))) (core module $m (func (export "f")) (func (export "g"))) (instance (instantiate $c (with "m" (core module $m))))',
    '(component $c (import "c" (component (import "f" (func)) (export "g" (func))))) (component $d (import "f" (func $f)) (export "g" (func $f))) (instance (instantiate $c (with "c" (component $d))))',
    '(component $c (import "r" (type $r (sub resource))) (import "f" (func (param "x" (own $r))))) (type $r (resource (rep i32))) (import "s" (type $s (sub resource))) (import "f" (func $f (param "x" (own $s)))) (instance (instantiate $c (with "r" (type $s)) (with "f" (func $f))))',
  ],
  bad: {
    '(instance (instantiate 0))': /component 0 is out of bounds/,
    '(component $c (import "f" (func))) (instance (instantiate $c))': /missing import "f"/,
    '(component $c (import "f" (func (param "a" u8)))) (import "f" (func $f (param "a" s8))) (instance (instantiate $c (with "f" (func $f))))':
      /at "f": expected u8, found s8/,
    '(component $c (import "f" (func (param "a" u8)))) (import "f" (func $f (param "b" u8))) (instance (instantiate $c (with "f" (func $f))))':
      /expected "parameter a", found "parameter b"/,
    '(component $c (import "f" (func (result u8)))) (import "f" (func $f)) (instance (instantiate $c (with "f" (func $f))))':
      /expected "result", found "no result"/,
    '(component $c (import "f" (func async))) (import "f" (func $f)) (instance (instantiate $c (with "f" (func $f))))':
      /expected "async", found "sync"/,
    '(component $c (import "f" (func))) (component $d) (instance (instantiate $c (with "f" (component $d))))':
      /expected func, found component/,
    '(component $c (import "i" (instance (export "f" (func))))) (import "i" (instance $i)) (instance (instantiate $c (with "i" (instance $i))))':
      /at "i": missing export "f"/,
    '(component $c (import "m" (core module (export "f" (func))))) (core module $m) (instance (instantiate $c (with "m" (core module $m))))':
      /missing core export "f"/,
    '(component $c (import "m" (core module))) (core module $m (import "a" "b" (func))) (instance (instantiate $c (with "m" (core module $m))))':
      /missing core import "a" "b"/,
    '(component $c (import "c" (component))) (component $d (import "f" (func))) (instance (instantiate $c (with "c" (component $d))))':
      /missing import "f"/,
    '(component $c (import "f" (func))) (import "f" (func $f)) (instance (instantiate $c (with "f" (func $f)) (with "f" (func $f))))':
      /argument "f" is given twice/,
    // two resources that are not the same
    '(component $c (import "r" (type $r (sub resource))) (import "f" (func (param "x" (own $r))))) (import "r" (type $r (sub resource))) (import "s" (type $s (sub resource))) (import "f" (func $f (param "x" (own $s)))) (instance (instantiate $c (with "r" (type $r)) (with "f" (func $f))))':
      /expected resource "r", found resource "s"/,
  },
})

const sameTypes = (expected: string, actual: string) =>
  `(component $c (type $t ${expected}) (import "t" (type (eq $t)))) (type $t ${actual}) (instance (instantiate $c (with "t" (type $t))))`

construct('equality of value types', {
  good: [
    '(record (field "a" u8))',
    '(variant (case "a") (case "b" u8))',
    '(enum "a" "b")',
    '(flags "a" "b")',
    '(tuple u8 string)',
    '(option u8)',
    '(result u8 (error string))',
    '(list u8)',
    '(list u8 3)',
    '(stream u8)',
    '(map string u8)',
  ].map((type) => sameTypes(type, type)),
  bad: {
    [sameTypes('(record (field "a" u8))', '(record (field "b" u8))')]: /expected "field a", found "field b"/,
    [sameTypes('(record (field "a" u8))', '(record (field "a" u8) (field "b" u8))')]:
      /expected nothing more, found "field b"/,
    [sameTypes('(variant (case "a"))', '(variant (case "a" u8))')]:
      /expected "(case a with )?no payload", found "(case a with )?payload"/,
    [sameTypes('(variant (case "a"))', '(variant (case "b"))')]:
      /expected "case a with no payload", found "case b with no payload"/,
    [sameTypes('(enum "a")', '(enum "b")')]: /expected "label a", found "label b"/,
    [sameTypes('(flags "a" "b")', '(flags "a")')]: /expected "label b", found nothing more/,
    [sameTypes('(tuple u8 u8)', '(tuple u8)')]: /expected "item 1", found nothing more/,
    [sameTypes('(option u8)', '(list u8)')]: /expected option, found list/,
    [sameTypes('(result u8)', '(result (error u8))')]: /expected "ok payload", found "no ok payload"/,
    [sameTypes('(list u8 3)', '(list u8 4)')]: /expected "length 3", found "length 4"/,
    [sameTypes('(list u8)', '(list u8 4)')]: /expected "any length", found "length 4"/,
    [sameTypes('(record (field "a" (list u8)))', '(record (field "a" (list u16)))')]:
      /expected u8, found u16/,
    // alike in what a message shows of them
    [sameTypes(`(enum "${'a'.repeat(200)}")`, `(enum "${'a'.repeat(199)}b")`)]:
      /^INVALID_COMPONENT: .*type mismatch/,
    [sameTypes('(list u8)', '(list u16)')]: /expected u8, found u16/,
    [sameTypes('(future)', '(future u8)')]:
      /expected "(case a with )?no payload", found "(case a with )?payload"/,
  },
})

construct('instances made of exports', {
  good: ['(import "f" (func $f)) (instance $i (export "g" (func $f))) (export "i" (instance $i))'],
  bad: {
    '(instance (export "g" (func 0)))': /function 0 is out of bounds/,
    '(import "f" (func $f)) (instance (export "g" (func $f)) (export "G" (func $f)))': /conflicts/,
    '(import "f" (func $f)) (instance (export "[method]r.g" (func $f)))': /first parameter is not "self"/,
    '(import "f" (func $f)) (instance (export "no good" (func $f)))': /not a valid import or export name/,
  },
})

construct('aliases', {
  good: [
    '(import "i" (instance $i (export "f" (func)))) (alias export $i "f" (func))',
    '(component $x) (component (alias outer 1 0 (component)))',
    '(core module) (component (alias outer 1 0 (core module)))',
    '(type $t (record (field "a" u8))) (component (alias outer 1 $t (type)))',
  ],
  bad: {
    '(import "i" (instance $i)) (alias export $i "f" (func))': /instance 0 has no export "f"/,
    '(import "i" (instance $i (export "f" (func)))) (alias export $i "f" (component))':
      /is not what the alias says/,
    '(alias export 0 "f" (func))': /instance 0 is out of bounds/,
    '(component (alias outer 9 0 (type)))': /leaves the component/,
    '(type $r (resource (rep i32))) (component (alias outer 1 $r (type)))':
      /carries a resource type across a component/,
    '(type $r (resource (rep i32))) (type $l (list (own $r))) (component (alias outer 1 $l (type)))':
      /carries a resource type across a component/,
  },
})

describe('types after instantiation', () => {
  it('puts the argument where the component had its import, and makes its own resources afresh', async () => {
    const { root } = await decodeText(`(component
      (component $c
        (import "in" (type $in (sub resource)))
        (type $own (resource (rep i32)))
        (export "out" (type $own))
        (type $f (func (param "a" (own $in))))
        (import "f" (func $g (type $f)))
        (export "h" (func $g)))
      (import "mine" (type $mine (sub resource)))
      (import "f" (func $f (param "a" (own $mine))))
      (instance $one (instantiate $c (with "in" (type $mine)) (with "f" (func $f))))
      (instance $two (instantiate $c (with "in" (type $mine)) (with "f" (func $f)))))`)
    const instances = root.definitions.flatMap((definition) =>
      definition.op === 'instantiate' ? [definition.type] : [],
    )
    const [one, two] = instances as [InstanceType, InstanceType]
    const mine = (root.type.imports.get('mine') as TypeExport).type
    expect((one.exports.get('h') as FuncType).params[0]!.type).toHaveProperty('resource', mine)
    const made = [one, two].map((instance) => (instance.exports.get('out') as TypeExport).type)
    expect(made[0]).not.toBe(made[1])
    expect(made[0]).not.toBe(mine)
  })
})
