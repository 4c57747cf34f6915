import { decodeComponent, refuseTypesOnly } from '@wasm-plugin/runtime/internal'
import { describe, expect, it } from 'vitest'
import { binary, construct, decodeText, refusal } from './wat.js'

const imported = (name: string) => `(import "${name}" (func))`
const imports = (...names: string[]) => names.map(imported).join(' ')
const bad = (error: RegExp, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [imported(name), error]))
const R = '(import "r" (type $r (sub resource)))'

construct('labels', {
  good: ['a', 'a1', 'a-1', 'is-XML', 'XML-parser', 'a-1b-C2'].map(imported),
  bad: bad(
    /not a valid import or export name/,
    '',
    '1',
    'A-',
    '-a',
    'aB',
    'a--b',
    'a_b',
    'a b',
    'ä',
    'a-b1C',
  ),
})

construct('interface names', {
  good: ['a:b/c', 'wasi:http/types@0.2.12', 'a-b:c-d/e-F', 'a:b/c@1.0.0-rc.1+build.5']
    .map(imported)
    .concat('(import "a:b/c@0.2" (instance))'),
  bad: {
    ...bad(
      /not a valid import or export name/,
      'a:b',
      'A:b/c',
      'a:B/c',
      ':b/c',
      'a:/c',
      'a:b/',
      'a:b/c/',
      'a:b/c d',
    ),
    ...bad(
      /does not end in a semantic version/,
      'a:b/c@',
      'a:b/c@1.2',
      'a:b/c@01.0.0',
      'a:b/c@1.0.0-',
      'a:b/c@v1.0.0',
    ),
    ...bad(/^UNSUPPORTED_FEATURE: .*nested interface name/, 'a:b:c/d', 'a:b/c/d'),
  },
})

construct('names of implementations', {
  good: [],
  bad: {
    ...bad(
      /^UNSUPPORTED_FEATURE: .*dependency name/,
      'unlocked-dep=<a:b>',
      'unlocked-dep=<a:b/c@*>',
      'unlocked-dep=<a:b@{>=1.0.0 <2.0.0}>',
      'locked-dep=<a:b@1.0.0>',
      'locked-dep=<a:b>,integrity=<sha256-YWJj>',
      'url=<https://a.example/b.wasm>',
      'integrity=<sha512-YWJj>',
    ),
    ...bad(
      /^INVALID_COMPONENT/,
      'unlocked-dep=a:b',
      'unlocked-dep=<a:b@1.0.0>',
      'locked-dep=<a:b@1.0>',
      'url=<<>',
      'integrity=<>',
      'integrity=<md5-YWJj>',
    ),
    '(import "f" (func $f)) (export "url=<a>" (func $f))': /not a valid export name/,
  },
})

construct('uniqueness', {
  good: [imports('a', 'a-b', 'ab', 'a:b/c', 'a:b/c@1.0.0')],
  bad: {
    [imports('a', 'a')]: /conflicts with an earlier one/,
    [imports('a', 'A')]: /conflicts with an earlier one/,
    [imports('a:b/c', 'a:b/C')]: /conflicts with an earlier one/,
    [`${R} (import "[method]r.a" (func (param "self" (borrow $r)))) (import "[static]r.a" (func))`]:
      /conflicts/,
    [`${R} (import "[static]r.r" (func))`]: /conflicts/,
  },
})

construct('constructors, methods and static functions', {
  good: [
    `${R} (import "[constructor]r" (func (param "a" u8) (result (own $r))))`,
    `${R} (import "[constructor]r" (func (result (result (own $r) (error string)))))`,
    `${R} (import "[method]r.m" (func (param "self" (borrow $r))))`,
    `${R} (import "[static]r.s" (func))`,
    '(type $t (instance (export "r" (type $r (sub resource))) (export "[method]r.m" (func (param "self" (borrow $r))))))',
  ],
  bad: {
    [`${R} (import "[constructor]r" (func))`]: /does not return an own handle/,
    [`${R} (import "[constructor]r" (func (result (borrow $r))))`]: /result of a function has a borrow/,
    [`${R} (import "[constructor]r" (func async (result (own $r))))`]: /a constructor cannot be async/,
    [`${R} (import "[constructor]s" (func (result (own $r))))`]: /does not return an own handle/,
    [`${R} (import "[constructor]r" (instance))`]: /is not a function/,
    [`${R} (import "[method]r.m" (func))`]: /first parameter is not "self"/,
    [`${R} (import "[method]r.m" (func (param "that" (borrow $r))))`]: /first parameter is not "self"/,
    [`${R} (import "[method]r.m" (func (param "self" (own $r))))`]: /first parameter is not "self"/,
    [`${R} (import "s" (type $s (sub resource))) (import "[method]r.m" (func (param "self" (borrow $s))))`]:
      /"self" is of another resource/,
    [`${R} (import "[method]r" (func (param "self" (borrow $r))))`]: /no member after the resource/,
    '(import "[static]r.s" (func))': /no resource of that name comes before it/,
    '(import "[getter]r.s" (func))': /not a valid import or export name/,
  },
})

construct('attributes', {
  good: [
    '(import "a:b/c@1" (versionsuffix ".2.3") (instance))',
    '(import "store" (implements "a:b/c@1.0.0") (instance))',
  ],
  bad: {
    '(import "a:b/c@1" (versionsuffix "2.3") (instance))': /do not make a version/,
    '(import "a:b/c@1.0.0" (versionsuffix ".1") (instance))': /do not make a version/,
    '(import "a:b/c@1" (versionsuffix ".2.3") (func))': /only an instance has a version suffix/,
    '(import "store" (implements "a:b/c") (func))': /only an instance implements/,
    '(import "a:b/d" (implements "a:b/c") (instance))': /cannot have an "implements" attribute/,
    '(import "store" (implements "c") (instance))': /not the name of an interface/,
    '(import "store" (implements "a:b/c@one") (instance))': /not the name of an interface/,
  },
})

construct('types in imports and exports', {
  good: [
    '(type $t (record (field "a" u8))) (import "t" (type $u (eq $t))) (import "f" (func (param "a" $u)))',
    '(import "f" (func (param "a" (list (tuple u8 (option string))))))',
    '(type $r (resource (rep i32))) (export $s "r" (type $r)) (type (own $s))',
    '(import "i" (instance $i (type $t (enum "a")) (export "t" (type (eq $t))))) (alias export $i "t" (type $t)) (import "f" (func (result $t)))',
  ],
  bad: {
    '(type $t (record (field "a" u8))) (import "f" (func (param "a" $t)))': /not itself imported or exported/,
    '(type $t (enum "a")) (import "f" (func (result (list $t))))': /not itself imported or exported/,
    '(type $t (flags "a")) (import "t" (type (eq $t))) (import "f" (func (result $t)))':
      /not itself imported/,
    '(type $r (resource (rep i32))) (import "f" (func (param "a" (own $r))))': /not itself imported/,
    '(type $i (enum "a")) (type $t (record (field "a" $i))) (import "t" (type (eq $t)))':
      /not itself imported/,
    '(type $r (resource (rep i32))) (export $s "r" (type $r)) (import "f" (func (param "a" (own $s))))':
      /not itself imported|defines itself/,
  },
})

construct('ascription of exports', {
  good: [
    '(import "f" (func $f (param "a" u8))) (export "g" (func $f) (func (param "a" u8)))',
    '(import "i" (instance $i (export "f" (func)))) (export "j" (instance $i) (instance))',
    '(type $t u8) (export "t" (type $t) (type (eq $t)))',
  ],
  bad: {
    '(import "f" (func $f (param "a" u8))) (export "g" (func $f) (func (param "a" u16)))':
      /expected u16, found u8/,
    '(import "i" (instance $i)) (export "j" (instance $i) (instance (export "f" (func))))':
      /missing export "f"/,
    '(type $t u8) (type $u u16) (export "t" (type $t) (type (eq $u)))': /expected u16, found u8/,
    '(type $r (resource (rep i32))) (export "r" (type $r) (type (sub resource)))': /expected resource/,
    '(export "f" (func 0))': /function 0 is out of bounds/,
    '(core module $m (func (export "f"))) (core instance $i (instantiate $m)) (export "i" (core module 3))':
      /core module 3 is out of bounds/,
  },
})

describe('names that matter to JavaScript', () => {
  it('are keys like any other', async () => {
    const names = ['then', 'constructor', 'to-string', 'arguments', 'eval', 'await']
    const { root } = await decodeText(`(component
      (import "f" (func $f))
      ${names.map((name) => `(export "${name}" (func $f))`).join(' ')})`)
    expect([...root.type.exports.keys()]).toEqual(names)
    const { coreModules } = await decodeText(`(component (core module
      (import "__proto__" "constructor" (func $f)) (export "__proto__" (func $f)) (export "then" (func $f))))`)
    expect([...coreModules[0]!.exports.keys()]).toEqual(['__proto__', 'then'])
  })

  it('are cut and escaped in messages', async () => {
    const hostile = `\\u{1b}[31m\\u{2028}${'x'.repeat(3000)}`
    const message = refusal(await binary(`(component (import "${hostile}" (func)))`))
    expect(message).toContain('"\\u{1b}[31m\\u{2028}xxx')
    expect(message.length).toBeLessThan(300)
    expect(message).toMatch(/^[\x20-\x7e…]*$/)
  })
})

describe('a component without code', () => {
  const PACKAGE = `(component
    (type $i (component (type (instance (export "f" (func)))) (export "a:b/i" (instance (type 0)))))
    (export "i" (type $i)))`

  it('can be read, and is refused where something has to run', async () => {
    const component = decodeComponent(await binary(PACKAGE))
    expect(component.root.type.exports.get('i')).toMatchObject({ kind: 'type' })
    expect(() => refuseTypesOnly(component)).toThrow(expect.objectContaining({ code: 'WIT_PACKAGE' }))
  })

  it('is not the same as an empty one', async () => {
    refuseTypesOnly(await decodeText('(component)'))
    refuseTypesOnly(await decodeText('(component (import "f" (func $f)) (export "g" (func $f)))'))
  })
})
