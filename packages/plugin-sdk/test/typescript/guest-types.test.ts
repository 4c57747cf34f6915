import { loadWorld, writeStubs } from '@wasm-plugin/sdk'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { generateGuestTypes } from '#internal'
import { makeFolder, WIT_DIR } from '../support/project.js'

/** Type errors of a project, as `file:line: message`. */
function check(files: Record<string, string>): string[] {
  const dir = makeFolder(files)
  const roots = Object.keys(files).map((name) => `${dir}/${name}`)
  const program = ts.createProgram(roots, {
    strict: true,
    noEmit: true,
    allowJs: true,
    checkJs: true,
    verbatimModuleSyntax: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    types: [],
  })
  return ts.getPreEmitDiagnostics(program).map((d) => {
    const line = d.file?.getLineAndCharacterOfPosition(d.start ?? 0).line ?? -1
    const text = ts.flattenDiagnosticMessageText(d.messageText, ' ')
    return `${d.file?.fileName.slice(dir.length + 1)}:${line + 1}: ${text}`
  })
}

const WIT = `package a:b@1.0.0;
interface one { record error { code: u64 } enum level { low, high }
  resource counter { constructor(start: u32); add: func(n: u32) -> result<u32, error>; make: static func() -> counter; } }
interface two { use one.{counter}; record error { text: string, more: option<option<u8>> }
  variant shape { none, circle(f64) }
  resource stack { constructor(size: u8); push: func(v: list<u8>) -> u32; empty: static func() -> stack; }
  %new: func(%delete: list<option<string>>, t: tuple<u8, char>) -> result<_, error>;
  all: func(s: shape, c: counter) -> option<shape>; }
world everything { import one; import now: func(zone: option<string>) -> u64; use one.{level}; export two; export start: func(l: level) -> result; }`

async function filesOf(options: { wit: string; world?: string }) {
  const { files } = generateGuestTypes(await loadWorld(options), '../index.js')
  return Object.fromEntries([...files].map(([name, text]) => [`src/gen/${name}`, text]))
}

describe('generateGuestTypes', () => {
  it('declares two versions of an imported interface, and the name without one for the first', async () => {
    const wit = makeFolder({
      'w.wit': 'package a:b; world w { import c:d/i@1.0.0; import c:d/i@2.0.0; export go: func(); }',
      'deps/one.wit': 'package c:d@1.0.0; interface i { old: func() -> u8; resource r { f: func(); } }',
      'deps/two.wit': 'package c:d@2.0.0; interface i { fresh: func() -> string; resource r { g: func(); } }',
    })
    const use = `
      import { old } from 'c:d/i'
      import { old as same } from 'c:d/i@1.0.0'
      import { fresh } from 'c:d/i@2.0.0'
      export const all: [number, number, string] = [old(), same(), fresh()]`
    const files = Object.entries(await filesOf({ wit })).filter(([name]) => !name.endsWith('contract.ts'))
    expect(check({ ...Object.fromEntries(files), 'src/use.ts': use })).toEqual([])
  })

  it('completes the contract for the author, and reports a misspelt field', async () => {
    const generated = await filesOf({ wit: `${WIT_DIR}acme-site/v0.1`, world: 'analyzer' })
    const good = `
      import { log } from 'acme:site/log@0.1.0'
      import { getEnvironment } from 'wasi:cli/environment'
      import type { Exports, Insights } from './gen/world.js'
      export const analyze: Exports['analyze'] = {
        analyze(doc, headings) {
          log('info', doc.path)
          const note = getEnvironment().find(([key]) => key === 'NOTE')?.[1]
          const insights: Insights = { words: 1, readingMinutes: 1, toc: headings.map((h) => h.text).join(), note }
          return insights
        },
      }
    `
    expect(check({ ...generated, 'src/index.ts': good })).toEqual([])
    const misspelt = good.replace('doc.path', 'doc.pathh')
    expect(check({ ...generated, 'src/index.ts': misspelt })).toEqual([
      expect.stringContaining("src/index.ts:7: Property 'pathh' does not exist on type 'Document'"),
    ])
    const untyped = good.replace(": Exports['analyze']", '').replace('(doc, headings)', '(doc: string)')
    expect(check({ ...generated, 'src/index.ts': untyped }).join('\n')).toContain('src/gen/contract.ts')
    const level = good.replace("'info'", "'inform'")
    expect(check({ ...generated, 'src/index.ts': level })).toEqual([
      expect.stringContaining('is not assignable to parameter of type'),
    ])
  })

  it('says what is thrown where: by the plugin to fail, to the plugin by what it imports', async () => {
    const types = (await filesOf({ wit: makeFolder({ 'w.wit': WIT }) }))['src/gen/world.d.ts']
    expect(types).toContain('@throws to fail, the error itself or an object with `payload: TwoError`')
    expect(types).toContain('@throws Error with `payload: OneError`')
    expect(types).not.toContain('ComponentError')
  })

  it('types resources of both sides, and functions of the world', async () => {
    const generated = await filesOf({ wit: makeFolder({ 'w.wit': WIT }) })
    const source = `
      import { now } from 'a:b/everything'
      import { Counter } from 'a:b/one'
      import type { Exports, Shape } from './gen/world.js'
      class Stack {
        constructor(readonly size: number) {}
        push(v: Uint8Array): number { return v.length + this.size }
        static empty(): Stack { return new Stack(0) }
      }
      export const two: Exports['two'] = {
        new(items, [n]) { if (items[0] === undefined) throw { text: String(n) } },
        all(shape: Shape, counter) {
          const time: bigint = now()
          const mine: Counter = Counter.make()
          mine[Symbol.dispose]()
          return time > BigInt(counter.add(1)) ? shape : undefined
        },
        Stack,
      }
      export const start: Exports['start'] = (level) => { if (level === 'low') throw undefined }
    `
    expect(check({ ...generated, 'src/index.ts': source })).toEqual([])
  })

  it.each(['ts', 'js'] as const)('fits the stubs that a new project in %s starts with', async (language) => {
    const wit = makeFolder({ 'w.wit': WIT })
    const stubs = await writeStubs(await loadWorld({ wit }), language)
    expect([...stubs.keys()]).toEqual([`index.${language}`])
    const sources = Object.fromEntries([...stubs].map(([name, text]) => [`src/${name}`, text]))
    const own = check({ ...(await filesOf({ wit })), ...sources })
    // Without annotations the parameters of a class in JavaScript have no types.
    const implicit = /implicitly has an 'any' type|contract\.ts/
    expect(own.filter((text) => language === 'ts' || !implicit.test(text))).toEqual([])
  })
})
