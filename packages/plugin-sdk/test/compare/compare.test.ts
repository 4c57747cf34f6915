import { compareWithWorld, loadWorld } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { makeFolder } from '../support/project.js'

const BASE = `package a:b@1.0.0;
interface types { record point { x: u32, y: option<u32> } resource counter { get: func() -> u32; } }
interface log { use types.{point}; log: func(p: point, text: string); }
interface run { use types.{point, counter}; run: func(p: point) -> result<list<point>, string>; take: func(c: borrow<counter>); }
world w { import log; import now: func() -> u64; export run; export start: func(); }`

const world = (text: string) => loadWorld({ wit: `${makeFolder({ 'w.wit': text })}/w.wit` })
const compare = async (component: string, wanted = BASE) =>
  compareWithWorld(await world(component), await world(wanted))

describe('compareWithWorld', () => {
  it('finds nothing between equal worlds', async () => {
    expect(await compare(BASE)).toEqual([])
  })

  it('lets a component import less and export more', async () => {
    const text = BASE.replace('import log; import now: func() -> u64;', 'export more: func();')
    expect(await compare(text)).toEqual([
      expect.objectContaining({
        kind: 'extra-export',
        interface: 'more',
        found: 'more: func()',
        fatal: false,
      }),
    ])
  })

  it('takes two names of one resource for one, also where the component has only one of them', async () => {
    const wanted = `package x:y;
      interface t { resource r; type a = r; type b = r; f: func(x: a) -> b; g: func(x: borrow<b>); } world w { import t; }`
    const component = `package x:y;
      interface t { resource r; type b = r; f: func(x: b) -> r; } world w { import t; }`
    expect(await compare(component, wanted)).toEqual([])
    const other = `package x:y;
      interface t { resource r; resource s; f: func(x: s) -> r; } world w { import t; }`
    expect(await compare(other, wanted)).toEqual([
      expect.objectContaining({ item: 's' }),
      expect.objectContaining({ kind: 'signature', item: 'f' }),
    ])
  })

  it('names a missing export and a missing function with their signatures', async () => {
    const text = BASE.replace('export start: func();', '').replace('take: func(c: borrow<counter>);', '')
    const [start, take] = await compare(text)
    expect(start).toMatchObject({
      kind: 'missing-export',
      interface: 'start',
      wanted: 'start: func()',
      fatal: true,
    })
    const wanted = 'take: func(c: borrow<counter>)'
    expect(take).toMatchObject({ kind: 'missing-function', item: 'take', wanted, fatal: true })
  })

  it('names an import that the world does not offer', async () => {
    const text = BASE.replace('log: func(', 'flush: func(); log: func(').replace(
      'import log',
      'import other: func(); import log',
    )
    const found = await compare(text)
    expect(found).toContainEqual(
      expect.objectContaining({ kind: 'extra-import', found: 'other: func()', fatal: true }),
    )
    expect(found).toContainEqual(
      expect.objectContaining({ kind: 'extra-imported-function', interface: 'a:b/log@1.0.0', item: 'flush' }),
    )
  })

  it('gives both signatures of a function that differs, however deep the difference is', async () => {
    const found = await compare(BASE.replace('y: option<u32>', 'y: option<u64>'))
    expect(found.map((d) => `${d.direction} ${d.interface} ${d.item}`)).toEqual([
      'import a:b/types@1.0.0 point',
      'import a:b/log@1.0.0 point',
      'import a:b/log@1.0.0 log',
      'export a:b/run@1.0.0 point',
      'export a:b/run@1.0.0 run',
    ])
    expect(found.at(-1)).toMatchObject({
      wanted: 'run: func(p: point) -> result<list<point>, string>',
      found: 'run: func(p: point) -> result<list<point>, string>',
    })
    expect(found.at(-2)).toMatchObject({
      wanted: 'type point = record { x: u32, y: option<u32> }',
      found: 'type point = record { x: u32, y: option<u64> }',
    })
  })

  it('reports WASI that a compiler added without refusing it, and knows compatible versions', async () => {
    const wasi = (text: string) => BASE.replace('import log;', `import log; ${text}`)
    expect(await compare(wasi('import wasi:io/error@0.2.12;'))).toEqual([
      expect.objectContaining({ kind: 'extra-import', interface: 'wasi:io/error@0.2.12', fatal: false }),
    ])
    const older = BASE.replace('@1.0.0', '@1.2.3')
    expect(await compare(older)).toEqual([])
    expect((await compare(BASE.replace('@1.0.0', '@2.0.0'))).some((d) => d.fatal)).toBe(true)
  })
})
