import { readFileSync } from 'node:fs'
import { Component } from '@wasm-plugin/runtime'
import { build } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import type { Exports } from '../support/guest.js'
import { makeProject } from '../support/project.js'

const WIT = `package acme:shop@1.0.0;
interface types {
  record item { name: string, price: f64, tags: list<string>, note: option<string> }
  variant event { added(item), removed(string), cleared }
}
interface store { total: func(of: string) -> result<f64, string>; }
interface plugin {
  use types.{item, event};
  summary: func(items: list<item>) -> result<string, string>;
  handle: func(e: event) -> option<item>;
  count: func(words: list<string>) -> list<tuple<string, u32>>;
  resource basket { constructor(name: string); put: func(i: item) -> u32; names: func() -> list<string>; }
}
world w { import store; export plugin; }`

const HEAD = `import { total } from './gen/acme-shop/store'
import { SummaryResult } from './gen/acme-shop/plugin'
import { Event, EventTag, Item } from './gen/acme-shop/types'
import { Tuple2 } from './gen/cm'
`
/** Line of the first line of a body. */
const FIRST = HEAD.split('\n').length

const REST = `
export function summary(items: Item[]): SummaryResult {
  if (items.length == 0) return SummaryResult.err('nothing to sum up')
  const found = total(items[0].name)
  return found.isOk ? SummaryResult.ok(\`\${body(items)} \${found.value}\`) : SummaryResult.err(found.error)
}
export function handle(e: Event): Item | null {
  if (e.isAdded) return e.asAdded
  return e.tag == EventTag.Removed ? new Item(e.asRemoved, 0, [], null) : null
}
export function count(words: string[]): Tuple2<string, u32>[] {
  const counts = new Map<string, u32>()
  for (let i = 0; i < words.length; i++) {
    const word = words[i].toLowerCase()
    counts.set(word, (counts.has(word) ? counts.get(word) : 0) + 1)
  }
  const keys = counts.keys().sort()
  const pairs: Tuple2<string, u32>[] = []
  for (let i = 0; i < keys.length; i++) pairs.push(new Tuple2<string, u32>(keys[i], counts.get(keys[i])))
  return pairs
}
export class Basket {
  private items: Item[] = []
  constructor(private name: string) {}
  put(item: Item): u32 { this.items.push(item); return this.items.length }
  names(): string[] { return this.items.map<string>((item) => item.name) }
}
`

const buildWith = (body: string, more: Record<string, string> = {}) => {
  const dir = makeProject({ 'w.wit': WIT, 'assembly/index.ts': `${HEAD}${body}${REST}`, ...more })
  return build({ dir, name: 'x', wit: 'w.wit', mode: 'debug' })
}

/** What a programmer of TypeScript writes: the body of `body`, the 1-based line in it, and what the hint has to say. */
const MISTAKES: [what: string, code: string, line: number, hint: RegExp][] = [
  [
    'a closure',
    'let n = 0\nitems.forEach((item) => { n += item.tags.length })\nreturn n.toString()',
    2,
    /for/,
  ],
  ['a union', 'let x: string | i32 = "a"\nreturn ""', 1, /T \| null/],
  ['a number or null', 'let x: i32 | null = null\nreturn ""', 1, /Option<T>/],
  ['any', 'const x: any = items\nreturn ""', 1, /one type/],
  ['unknown', 'const x = items as unknown\nreturn ""', 1, /one type/],
  ['a number as an integer', 'const n: number = 1.5\nconst i: i32 = n\nreturn i.toString()', 2, /<i32>value/],
  ['null that was not looked at', 'return items[0].note.toUpperCase()', 1, /!== null/],
  [
    'a field that was looked at',
    'if (items[0].note !== null) {\n  return items[0].note\n}\nreturn ""',
    2,
    /local/,
  ],
  ['?.', 'return items[0].note?.toUpperCase()', 1, /no `\?\.`/],
  ['??', 'return items[0].note ?? ""', 1, /no `\?\?`/],
  ['undefined', 'return items[0].note === undefined ? "" : "x"', 1, /`null`/],
  ['try', 'try {\n  return items[0].name\n} catch (e) { return "" }', 1, /Result/],
  ['a result as its value', 'const sum: f64 = total("a")\nreturn sum.toString()', 1, /isOk/],
  ['a regular expression', 'return items[0].name.replace(/a/g, "b")', 1, /indexOf/],
  ['JSON.stringify', 'return JSON.stringify(items)', 1, /records/],
  ['JSON.parse', 'const x = JSON.parse(items[0].name)\nreturn x.name', 1, /records/],
  ['for of', 'let text = ""\nfor (const item of items) text += item.name\nreturn text', 2, /length; i\+\+/],
  ['for in', 'for (const key in items) {}\nreturn ""', 1, /length; i\+\+/],
  ['destructuring', 'const { name } = items[0]\nreturn name', 1, /item\.name/],
  ['destructuring of a list', 'const [a, b] = items\nreturn a.name', 1, /item\.name/],
  ['a spread', 'const more = [...items, items[0]]\nreturn more[0].name', 1, /concat/],
  [
    'an object',
    'const item: Item = { name: "a", price: 1, tags: [], note: null }\nreturn item.name',
    1,
    /new Item/,
  ],
  ['an object without a type', 'const item = { name: "a" }\nreturn item.name', 1, /new/],
  ['a promise', 'const p = Promise.resolve("a")\nreturn ""', 1, /at once/],
  ['await', 'const x = await total("a")\nreturn ""', 1, /at once/],
  ['a timer', 'setTimeout(() => {}, 10)\nreturn ""', 1, /no timers/],
  ['fetch', 'fetch("https://a.example")\nreturn ""', 1, /gen\/std\/http/],
  ['process', 'return process.env.HOME', 1, /./],
  ['map without its type', 'return items.map((item) => item.name).join()', 1, /map<string>/],
  ['a dictionary', 'const m: Record<string, string> = {}\nreturn ""', 1, /Map<string, T>/],
  ['toFixed', 'return items[0].price.toFixed(2)', 1, /Math\.round/],
  ['Object.keys', 'return Object.keys(items[0]).join()', 1, /Map<string, T>/],
  ['find', 'return items[0].tags.find((tag) => tag == "a")', 1, /findIndex/],
  ['Number', 'return Number("3").toString()', 1, /parseFloat/],
  ['a bigint', 'const x = 10n\nreturn x.toString()', 1, /no suffix/],
]

describe('a programmer of TypeScript', () => {
  it.each(MISTAKES)('who writes %s is told what to write, at the line', async (_, code, line, hint) => {
    const error = await buildWith(`function body(items: Item[]): string {\n${code}\n}`).catch(
      (e: unknown) => e,
    )
    expect(error).toMatchObject({
      code: 'COMPILE_FAILED',
      hint: expect.stringMatching(hint),
      data: { file: 'assembly/index.ts', line: FIRST + line },
    })
  })

  it.each<[string, string, RegExp]>([
    [
      'an asynchronous function',
      'async function body(items: Item[]): Promise<string> { return "" }',
      /at once/,
    ],
    [
      'a type with fields',
      'type T = { a: string }\nfunction body(items: Item[]): string { return "" }',
      /class Name/,
    ],
    ['texts in an enum', 'enum E { A = "a" }\nfunction body(items: Item[]): string { return E.A }', /switch/],
    [
      'a module of Node',
      "import * as fs from 'fs'\nfunction body(items: Item[]): string { return fs.a }",
      /gen\/std/,
    ],
    [
      'a package of JavaScript',
      "import { a } from 'lodash'\nfunction body(items: Item[]): string { return a() }",
      /gen\/std/,
    ],
  ])('who writes %s is told what to write, at the line', async (_, code, hint) => {
    await expect(buildWith(code)).rejects.toMatchObject({
      code: 'COMPILE_FAILED',
      hint: expect.stringMatching(hint),
      data: { file: 'assembly/index.ts', line: FIRST },
    })
  })

  it('gets a plugin with records, variants, results, maps and classes to work', async () => {
    const { path } = await buildWith(`function body(items: Item[]): string {
      const note = items[0].note
      return \`\${items.length} items, \${note === null ? 'no note' : note.toUpperCase()}:\`
    }`)
    const component = await Component.compile(readFileSync(path))
    const total = (of: string) => (of === 'tea' ? 4.5 : 0)
    const { exports } = component.instantiate({
      'acme:shop/store@1.0.0': { total },
      'acme:shop/types@1.0.0': {},
    })
    const plugin = (exports as Exports)['acme:shop/plugin@1.0.0']
    const tea = { name: 'tea', price: 4.5, tags: ['hot'], note: 'strong' }
    expect(plugin.summary([tea])).toBe('1 items, STRONG: 4.5')
    expect(() => plugin.summary([])).toThrow(expect.objectContaining({ payload: 'nothing to sum up' }))
    expect(plugin.handle({ tag: 'added', val: tea })).toEqual(tea)
    expect(plugin.handle({ tag: 'removed', val: 'cup' })).toMatchObject({ name: 'cup', note: undefined })
    expect(plugin.handle({ tag: 'cleared' })).toBeUndefined()
    expect(plugin.count(['b', 'a', 'B'])).toEqual([
      ['a', 1],
      ['b', 2],
    ])
    const basket = new plugin.Basket('mine')
    expect([basket.put(tea), basket.put(tea), basket.names()]).toEqual([1, 2, ['tea', 'tea']])
  })
})

describe('a package in AssemblyScript', () => {
  it('is used like a module of the project', async () => {
    const body = `import { shout } from 'as-shout/assembly'\nfunction body(items: Item[]): string { return shout(items[0].name) }`
    const files = {
      'node_modules/as-shout/package.json': '{ "name": "as-shout", "version": "1.0.0" }',
      'node_modules/as-shout/assembly/index.ts':
        "export function shout(text: string): string { return text + '!' }\n",
    }
    const { path } = await buildWith(body, files)
    const component = await Component.compile(readFileSync(path))
    const imports = { 'acme:shop/store@1.0.0': { total: () => 1 }, 'acme:shop/types@1.0.0': {} }
    const plugin = (component.instantiate(imports).exports as Exports)['acme:shop/plugin@1.0.0']
    expect(plugin.summary([{ name: 'tea', price: 1, tags: [] }])).toBe('tea! 1.0')
  })
})
