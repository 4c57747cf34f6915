import { readFileSync } from 'node:fs'
import { Component } from '@wasm-plugin/runtime'
import { build, type JavaScriptEngine } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { isWhole } from '../../../../../test/seed.js'
import { makeScriptProject } from '../../support/script.js'

const WIT = {
  'wit/world.wit': `package app:main@1.0.0;
interface api { one: func() -> string; }
interface default {
  class: func(%function: string) -> string;
  resource %new { constructor(%this: string); delete: func() -> string; typeof: static func() -> string; }
}
interface types { enum if { else, throw } record yield { await: string, null: option<u8> } }
world names {
  use types.{if, yield};
  import other:lib/host@2.0.0;
  import %import: func(s: string) -> string;
  export api;
  export other:lib/api@2.0.0;
  export default;
  export delete: func(%if: if, y: yield) -> yield;
}
`,
  'wit/deps/lib/lib.wit': `package other:lib@2.0.0;
interface api { two: func() -> string; }
interface host { delete: func(%let: string) -> string; }
`,
}
const SOURCE = `
import { delete as remove } from 'other:lib/host'
import { import as bring } from 'app:main/names'
class New {
  constructor(name) { this.name = name }
  delete() { return 'deleted ' + this.name }
  static typeof() { return 'static' }
}
const everything = { class: (f) => remove(f) + bring(f), New }
const deleteAll = (choice, y) => ({ ...y, await: choice + y.await })
export const mainApi = { one: () => 'one' }
export const libApi = { two: () => 'two' }
export { everything as default, deleteAll as delete }
`
const imports = {
  'other:lib/host@2.0.0': { delete: (s: string) => `-${s}` },
  'app:main/types@1.0.0': {},
  import: (s: string) => `+${s}`,
}
const packages = { qjs: 'componentize-qjs', starling: '@wasm-plugin/starling' }
const project = (engine: JavaScriptEngine, files: Record<string, string>) =>
  makeScriptProject({ ...WIT, ...files }, ['esbuild', 'typescript', packages[engine]])

// StarlingMonkey takes some seconds for each build.
describe.each((isWhole ? ['qjs', 'starling'] : ['qjs']) as JavaScriptEngine[])(
  'names of a plugin in JavaScript on %s',
  (engine) => {
    const compile = async (files: Record<string, string>, language: 'js' | 'ts') => {
      const dir = project(engine, files)
      const { path } = await build({
        dir,
        name: 'names',
        language,
        engine,
        wit: 'wit',
        world: 'names',
        mode: 'size',
      })
      const component = await Component.compile(readFileSync(path))
      // biome-ignore lint/suspicious/noExplicitAny: the shape is the world's, which the test knows
      return component.instantiate(imports).exports as any
    }

    it('may be keywords, and two interfaces may have one name', async () => {
      const api = await compile({ 'src/index.js': SOURCE }, 'js')
      expect(api['app:main/api@1.0.0'].one()).toBe('one')
      expect(api['other:lib/api@2.0.0'].two()).toBe('two')
      const { New, ...own } = api['app:main/default@1.0.0']
      expect(own.class('x')).toBe('-x+x')
      expect(new New('it').delete()).toBe('deleted it')
      expect(New.typeof()).toBe('static')
      expect(api.delete('throw', { await: 'y', null: 3 })).toEqual({ await: 'throwy', null: 3 })
    }, 600_000)

    it('are typed, classes of resources included', async () => {
      const typed = SOURCE.replace('class New {', 'class New {\n  readonly name: string')
        .replace('constructor(name)', 'constructor(name: string)')
        .replace('{ class: (f) => remove(f)', '{ class: (f: string) => remove(f)')
        .replace('(choice, y) =>', '(choice: If, y: Yield): Yield =>')
      const files = {
        'src/index.ts': `import type { If, Yield } from './gen/world.js'\n${typed}`,
        'tsconfig.json': `{ "compilerOptions": { "strict": true, "target": "es2022", "module": "esnext",
        "moduleResolution": "bundler", "lib": ["es2023", "esnext.disposable"], "types": [], "skipLibCheck": false, "noEmit": true }, "include": ["src"] }`,
      }
      const api = await compile(files, 'ts')
      expect(api['app:main/api@1.0.0'].one()).toBe('one')
      expect(new api['app:main/default@1.0.0'].New('it').delete()).toBe('deleted it')
    }, 600_000)

    it('of one interface each: the same name twice is found by StarlingMonkey alone', async () => {
      const files = {
        'src/index.js': SOURCE.replace("two: () => 'two'", "one: () => 'the other'"),
        'wit/deps/lib/lib.wit': WIT['wit/deps/lib/lib.wit'].replace('two', 'one'),
      }
      if (engine === 'qjs') {
        await expect(compile(files, 'js')).rejects.toMatchObject({
          code: 'TYPE_UNSUPPORTED',
          message: expect.stringContaining('other:lib/api@2.0.0#one'),
        })
      } else {
        const api = await compile(files, 'js')
        expect(api['app:main/api@1.0.0'].one()).toBe('one')
        expect(api['other:lib/api@2.0.0'].one()).toBe('the other')
      }
    }, 600_000)
  },
)

const SHARED = {
  'wit/world.wit': `package app:shared;
interface left {
  resource node { constructor(size: u32); size: func() -> u32; }
  resource bare;
  pick: func(b: bool) -> option<bare>;
  join: func(a: node, b: borrow<node>) -> node;
}
interface right {
  resource node { constructor(size: u32); size: func() -> u32; }
  resource %map { constructor(); get: func(key: string) -> option<string>; }
  resource promise { done: static func() -> bool; }
  resource error { text: func() -> string; }
  fail: func() -> error;
}
world shared {
  export left;
  export right;
  export other:lib/left;
  export one: interface { pick: func() -> u32; }
  export two: interface { pick: func() -> u32; }
  export ret: func() -> string;
  export rep-table: func() -> string;
  export to-uint32: func(x: u32) -> u32;
  export delete: func() -> string;
}
`,
  'wit/deps/lib/lib.wit': 'package other:lib; interface left { pick: func(b: bool) -> string; }',
  'src/index.js': `
class Node {
  #size
  constructor(size) { this.#size = size }
  size() { return this.#size }
}
class RightNode extends Node { size() { return super.size() * 100 } }
class Map { get(key) { return key === 'a' ? 'b' : undefined } }
class Promise { static done() { return true } }
class Error { text() { return 'no' } }
class Bare {}
export const sharedLeft = { Node, Bare, pick: (b) => b ? new Bare() : undefined, join: (a, b) => new Node(a.size() + b.size()) }
export const right = { Node: RightNode, Map, Promise, Error, fail: () => new Error() }
export const libLeft = { pick: String }
export const one = { pick: () => 1 }
export const two = { pick: () => 2 }
export const ret = () => 'ret'
export const repTable = () => 'table'
export const toUint32 = (x) => x + 1
const remove = () => 'gone'
export { remove as delete }
`,
}

describe("names of a plugin in JavaScript that StarlingMonkey's glue has too", () => {
  const settings = { name: 'shared', language: 'js', engine: 'starling', wit: 'wit', mode: 'size' } as const

  it('are those of resources in two interfaces, of globals and of its own variables', async () => {
    const { path } = await build({ ...settings, dir: project('starling', SHARED), world: 'shared' })
    const component = await Component.compile(readFileSync(path))
    // biome-ignore lint/suspicious/noExplicitAny: the shape is the world's, which the test knows
    const api = component.instantiate({}).exports as any
    const { 'app:shared/left': left, 'app:shared/right': right } = api
    expect(new left.Node(7).size()).toBe(7)
    expect(new right.Node(7).size()).toBe(700)
    expect(left.join(new left.Node(1), new left.Node(2)).size()).toBe(3)
    expect(left.pick(false)).toBeUndefined()
    expect(left.pick(true)).toBeInstanceOf(left.Bare)
    expect(new right.Map().get('a')).toBe('b')
    expect(right.Promise.done()).toBe(true)
    expect(right.fail().text()).toBe('no')
    expect(api['other:lib/left'].pick(true)).toBe('true')
    expect([api.one.pick(), api.two.pick()]).toEqual([1, 2])
    expect([api.ret(), api.repTable(), api.toUint32(1), api.delete()]).toEqual(['ret', 'table', 2, 'gone'])
  }, 600_000)

  it.each(['import', 'export'])(
    'are refused where two %sed interfaces share a resource too',
    async (word) => {
      const both = (name: string) => `interface ${name} { resource node { size: func() -> u32; } }`
      const dir = project('starling', {
        'wit/world.wit': `package a:b; ${both('left')} world w { ${word} left; ${word} c:d/left; }`,
        'wit/deps/d/d.wit': `package c:d; ${both('left')}`,
        'src/index.js': '',
      })
      await expect(build({ ...settings, dir, world: 'w' })).rejects.toMatchObject({
        code: 'TYPE_UNSUPPORTED',
        message: expect.stringContaining('c:d/left#node'),
      })
    },
  )
})
