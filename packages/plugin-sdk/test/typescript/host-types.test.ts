import { readFileSync } from 'node:fs'
import { generateHostTypes, loadWorld } from '@wasm-plugin/sdk'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { makeFolder, WIT_DIR } from '../support/project.js'

/** Type errors of a file that uses generated types, as `line: message`. */
function check(files: Record<string, string>): string[] {
  const dir = makeFolder(files)
  const program = ts.createProgram([`${dir}/use.ts`], {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    types: [],
  })
  return ts.getPreEmitDiagnostics(program).map((d) => {
    const line = d.file?.getLineAndCharacterOfPosition(d.start ?? 0).line ?? -1
    return `${d.file?.fileName.slice(dir.length + 1)}:${line + 1}: ${ts.flattenDiagnosticMessageText(d.messageText, ' ')}`
  })
}

describe('generateHostTypes', () => {
  it('types the calls and the imports of the example contract', async () => {
    const world = await loadWorld({ wit: `${WIT_DIR}acme-site/v0.1`, world: 'renderer' })
    const types = generateHostTypes(world)
    expect(types).toContain('/** 1 to 6. */\n  level: number')
    const use = `
      import type { Document, RendererExports, RendererImports } from './types.js'
      export async function use(exports: RendererExports, doc: Document): Promise<string | undefined> {
        const page = await exports['acme:site/render'].render(doc)
        page.headings.map((heading) => heading.level.toFixed())
        return (await exports['acme:site/render@0.1.0'].render({ path: '', markdown: '' })).title
      }
      export const imports: RendererImports = { 'acme:site/log': { async log(level, message) { message.trim(); level satisfies 'debug' | 'info' | 'warn' | 'error' } } }
      // @ts-expect-error a field is missing
      export const missing: Document = { path: '' }
      // @ts-expect-error no such import
      export const wrong: RendererImports = { 'acme:site/nope': {} }
    `
    expect(check({ 'types.ts': types, 'use.ts': use })).toEqual([])
  })

  it('types a world of many imports, which may be given under either key', async () => {
    const count = 40
    const imports = Array.from({ length: count }, (_, i) => `import i${i};`).join(' ')
    const interfaces = Array.from({ length: count }, (_, i) => `interface i${i} { f: func() -> u8; }`).join(
      ' ',
    )
    const wit = makeFolder({
      'w.wit': `package a:b@1.0.0; ${interfaces} world w { ${imports} import g: func(); }`,
    })
    const types = generateHostTypes(await loadWorld({ wit }))
    const use = `
      import type { WImports } from './types.js'
      export const imports: WImports = { 'a:b/i0': { f: () => 1 }, 'a:b/i1@1.0.0': { f: () => 1 }, g: () => {} }
      // @ts-expect-error not a number
      export const wrong: WImports = { 'a:b/i39': { f: () => '' }, g: () => {} }
      // @ts-expect-error no such interface
      export const none: WImports = { 'a:b/i40': { f: () => 1 }, g: () => {} }`
    expect(check({ 'types.ts': types, 'use.ts': use })).toEqual([])
  })

  it('writes functions by the names that the host has for them: none is one that JavaScript looks for', async () => {
    const wit = makeFolder({
      'w.wit': `package a:b;
        interface one { resource thing { constructor(); then: func() -> u8; to-j-s-o-n: func(); constructor-of: func(); name: func();
            name-of: static func(); %prototype: static func(); length: static func(); }
          value-of: func(); catch: func(); record data { then: u8, to-string: u8 } give: func() -> data; make: func() -> thing; }
        world w { import one; import then: func(); export one; export finally: func(); }`,
    })
    const types = generateHostTypes(await loadWorld({ wit }))
    const use = `
      import type { WExports, WImports } from './types.js'
      export async function use({ 'a:b/one': one, finally_ }: WExports): Promise<void> {
        const thing = await one.make()
        const n: number = await thing.then_()
        await Promise.all([thing.toJSON_(), thing.constructorOf(), thing.name(), one.valueOf_(), one.catch_(), finally_()])
        await one.Thing.nameOf()
        await one.Thing.prototype_()
        await one.Thing.length_()
        const { then, toString } = await one.give()
        then satisfies number
        toString satisfies number
      }
      export function imports({ 'a:b/one': one, then_ }: Extract<WImports, { 'a:b/one': unknown }>): void {
        one.valueOf_()
        then_()
      }
    `
    expect(check({ 'types.ts': types, 'use.ts': use })).toEqual([])
    expect(types).not.toMatch(/\b(then|toJSON|valueOf|catch|finally|prototype|length)\(/)
  })

  it('has what no host answers of WASI, and not what hosts answer', async () => {
    const wit = makeFolder({
      'w.wit': `package a:b;
        world w { import wasi:cli/stdin@0.2.3; import wasi:keyvalue/batch; import wasi:blob/blob@0.2.0; import wasi:http/incoming-handler@0.2.1; }`,
      'deps/blob.wit': 'package wasi:blob@0.2.0; interface blob { size: func() -> u64; }',
    })
    const types = generateHostTypes(await loadWorld({ wit }))
    expect(types).toContain("({ 'wasi:blob/blob@0.2.0': Blob } | { 'wasi:blob/blob': Blob })")
    expect(types).toContain("'wasi:http/incoming-handler@0.2.1'")
    expect(types).not.toMatch(/stdin|keyvalue/)
  })

  it('maps every kind of type, resources of both sides, clashing names and items of the world', async () => {
    const wit = makeFolder({
      'w.wit': `package a:b@1.0.0;
        interface one { record error { code: u64 } enum level { low, high }
          resource counter { constructor(start: u32); add: func(n: u32) -> result<u32, error>; make: static func() -> counter; } }
        interface two { use one.{counter}; record error { text: string, more: option<option<u8>> }
          flags rights { can-read, can-write }
          variant shape { none, circle(f64), %list(list<s64>) }
          %new: func(delete: list<option<string>>, t: tuple<u8, char>, r: result<list<u8>>, opt: option<bool>) -> result<_, error>;
          all: func(s: shape, r: rights, e: error) -> option<shape>; %own: func(c: counter) -> list<counter>; }
        world everything { import one; import now: func() -> u64; use one.{level}; export two; export start: func(l: level) -> result; }`,
    })
    const types = generateHostTypes(await loadWorld({ wit }))
    const use = `
      import type { Counter, EverythingExports, EverythingImports } from './types.js'
      export async function use(e: EverythingExports, counter: Counter): Promise<void> {
        const two = e['a:b/two']
        await two.new(['x', undefined], [1, 'c'], { tag: 'ok', val: new Uint8Array(1) })
        const shape = await two.all({ tag: 'list', val: new BigInt64Array(1) }, { canRead: true }, { text: '', more: { tag: 'some', val: undefined } })
        if (shape?.tag === 'circle') shape.val.toFixed()
        await e.start('low')
        counter.add(1)
      }
      class Host { add(n: number): number { return n } static make(): Host { return new Host() } }
      export const imports: EverythingImports = { 'a:b/one@1.0.0': { Counter: Host }, now: () => 1n }
    `
    expect(check({ 'types.ts': types, 'use.ts': use })).toEqual([])
    expect(types).toContain('@throws ComponentError with `payload: TwoError`')
  })

  it('types resources of the world itself, beside its functions, and one without functions', async () => {
    const wit = makeFolder({
      'w.wit': `package demo:shop;
        world pricing {
          resource token;
          resource basket { constructor(currency: string); add: func(cents: u32); total: func() -> u32; empty: static func() -> basket; }
          import pay: func(by: token) -> bool;
          export price: func(basket: borrow<basket>) -> u32;
          export refill: func(basket: basket) -> basket;
        }`,
    })
    const types = generateHostTypes(await loadWorld({ wit }))
    const use = `
      import type { Basket, PricingExports, PricingImports } from './types.js'
      class Mine implements Basket {
        constructor(readonly currency: string) {}
        add(cents: number): void { cents.toFixed() }
        async total(): Promise<number> { return 1 }
        static empty(): Mine { return new Mine('EUR') }
      }
      export const imports: PricingImports = { Basket: Mine, pay: () => true }
      // @ts-expect-error no class
      export const without: PricingImports = { pay: () => true }
      // @ts-expect-error no such static function
      export const lacking: PricingImports = { pay: () => true, Basket: class { add(): void {} total() { return 1 } } }
      export const use = async (e: PricingExports): Promise<number> => e.price(await e.refill(Mine.empty()))
    `
    expect(check({ 'types.ts': types, 'use.ts': use })).toEqual([])
  })

  it('writes types that compile for a world that exports much of WASI', async () => {
    const text = readFileSync(`${WIT_DIR}deps/wasi-http@0.2.12/package.wit`, 'utf8')
    expect(text).toContain('world proxy')
    const types = generateHostTypes(
      await loadWorld({ wit: `${WIT_DIR}deps/wasi-http@0.2.12`, world: 'proxy' }),
    )
    expect(types).toContain("'wasi:http/incoming-handler@0.2.12': IncomingHandler")
    expect(check({ 'use.ts': types })).toEqual([])
  })
})
