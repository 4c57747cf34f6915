import { beforeAll, describe, expect, it } from 'vitest'
import { buildGuest, type Exports } from '../support/guest.js'

describe('strings', () => {
  let exports: Exports
  const heard: string[] = []
  beforeAll(async () => {
    const component = await buildGuest({
      wit: `package a:b;
        interface host { hear: func(s: string, all: list<string>); }
        interface api { cut: func(s: string, at: u32) -> string; cut-all: func(s: string) -> list<option<string>>; length: func(s: string) -> u32; }
        world w { import host; export api; }`,
      source: `
        import { hear } from './gen/a-b/host'
        export function cut(s: string, at: u32): string { const part = s.substring(0, at); hear(part, [part, s]); return part }
        export function cutAll(s: string): Array<string | null> {
          const parts = new Array<string | null>(s.length)
          for (let i = 0; i < s.length; i++) parts[i] = s.charAt(i) == ' ' ? null : s.charAt(i)
          return parts
        }
        export function length(s: string): u32 { return s.length }`,
    })
    const host = { hear: (s: string, all: string[]) => void heard.push(s, ...all) }
    exports = component.instantiate({ 'a:b/host': host }).exports['a:b/api']
  })

  it('half of a surrogate pair goes out as U+FFFD, in a parameter, a list and a result', () => {
    expect(exports.cut('a😀b', 2)).toBe('a\u{fffd}')
    expect(heard).toEqual(['a\u{fffd}', 'a\u{fffd}', 'a😀b'])
    expect(exports.cutAll('😀 x')).toEqual(['\u{fffd}', '\u{fffd}', undefined, 'x'])
    expect(exports.cut('😀😀', 3)).toBe('😀\u{fffd}')
  })

  it('half of a surrogate pair is found wherever it is among whole ones and others', () => {
    const others = [
      'abcdefghi',
      '😀😀😀😀',
      'ab😀d😀fg',
      '\u{d7ff}\u{e000}\u{ffff}\u{d7ff}\u{e000}\u{ffff}\u{d7ff}\u{e000}',
    ]
    for (const text of others)
      for (let at = 0; at < text.length; at++) {
        // A pair that is cut in two leaves a half, which is replaced.
        const cut = text.slice(0, at).replace(/[\ud800-\udbff]$/, '\ufffd')
        expect(exports.cut(text, at)).toBe(cut)
      }
  })

  it('empty, with NUL, with a byte order mark, astral, and long', () => {
    for (const text of ['', '\0', '\u{feff}x', '\u{10ffff}\u{ffff}', 'ä😀'.repeat(20_000)]) {
      expect(exports.cut(text, text.length)).toBe(text)
      expect(exports.length(text)).toBe(text.length)
    }
  })
})

describe('worlds', () => {
  it('import and export one interface at once, inline interfaces, items of the world, keywords, aliases', async () => {
    const component = await buildGuest({
      wit: `package a:b@1.0.0;
        interface types { record point { x: s32, y: s32 } }
        interface both { use types.{point as dot}; enum kind { one, two } turn: func(p: dot, k: kind) -> dot; }
        interface words { record %type { %in: u8, class: string, %constructor: bool } new: func(delete: %type) -> %type; }
        world w {
          use types.{point};
          import both; export both; export words;
          import now: func() -> u64;
          import inl: interface { add: func(a: u32, b: u32) -> u32; }
          export out: interface { sum: func(xs: list<u32>) -> u32; }
          export later: func(by: u64, p: point) -> tuple<u64, point>;
          export fail: func(why: option<option<string>>) -> result<_, string>;
        }`.replace('new: func(delete', '%new: func(delete'),
      source: `
        import { Dot as Given, Kind, turn as turnGiven } from './gen/a-b/both'
        import { Dot, Kind as OwnKind } from './gen/exports/a-b/both'
        import { Type } from './gen/a-b/words'
        import { add } from './gen/world/inl'
        import { FailResult, now, Point } from './gen/world'
        import { Option, Tuple2 } from './gen/cm'
        export function turn(p: Dot, k: OwnKind): Dot { const q = turnGiven(p, k == OwnKind.Two ? Kind.Two : Kind.One); return new Point(q.y, q.x) }
        export function new_(delete_: Type): Type { delete_.in += 1; delete_.class += '!'; delete_.constructor_ = !delete_.constructor_; return delete_ }
        export function sum(xs: Uint32Array): u32 { let s: u32 = 0; for (let i = 0; i < xs.length; i++) s = add(s, xs[i]); return s }
        export function later(by: u64, p: Point): Tuple2<u64, Point> { return new Tuple2<u64, Point>(now() + by, p) }
        export function fail(why: Option<string | null>): FailResult {
          if (why.isNone) return FailResult.ok()
          const text = why.value
          return FailResult.err(text === null ? 'some of none' : text)
        }`,
    })
    const imports = {
      'a:b/both@1.0.0': {
        turn: ({ x, y }: { x: number; y: number }, kind: string) => ({
          x: x * 10,
          y: kind === 'two' ? -y : y,
        }),
      },
      inl: { add: (a: number, b: number) => a + b },
      now: () => 2n ** 63n,
      'a:b/types@1.0.0': {},
    }
    const exports = component.instantiate(imports).exports as Exports
    expect(exports['a:b/both@1.0.0'].turn({ x: 1, y: 2 }, 'two')).toEqual({ x: -2, y: 10 })
    expect(exports['a:b/words@1.0.0'].new({ in: 1, class: 'c', constructor: false })).toEqual({
      in: 2,
      class: 'c!',
      constructor: true,
    })
    expect(exports.out.sum(new Uint32Array([1, 2, 3]))).toBe(6)
    expect(exports.later(5n, { x: 1, y: 2 })).toEqual([2n ** 63n + 5n, { x: 1, y: 2 }])
    expect(exports.fail({ tag: 'none' })).toBeUndefined()
    expect(() => exports.fail({ tag: 'some', val: undefined })).toThrowError(
      expect.objectContaining({ payload: 'some of none' }),
    )
    expect(() => exports.fail({ tag: 'some', val: 'x' })).toThrowError(
      expect.objectContaining({ payload: 'x' }),
    )
  })

  it('may use every keyword of the language as the name of a function, parameter, field, case or type', async () => {
    const words = [
      'abstract,any,arguments,as,assert,async,await,bool,boolean,break,case,catch,changetype,class,cm,const,constructor',
      'continue,debugger,declare,default,delete,do,drop,else,enum,eval,export,extends,f32,false,finally,for,from,function',
      'get,heap,i32,if,implements,import,in,infinity,inline,instanceof,interface,is,isize,keyof,let,load,memory,module',
      'namespace,nan,never,new,null,number,object,of,override,package,private,protected,prototype,public,readonly',
      'reinterpret,return,select,set,sizeof,static,store,string,super,switch,symbol,this,throw,trace,true,try,type,typeof',
      'undefined,unreachable,usize,v128,values,var,void,while,with,yield,array,uint8array,map,error,result,option',
    ].flatMap((row) => row.split(','))
    const functions = words.map(
      (word) => `%${word}: func(%${word}: u8, more: list<string>) -> option<string>;`,
    )
    const members = words.map((word) => `%${word}: list<string>`).join(', ')
    const cases = words.map((word) => `%${word}(list<u16>)`).join(', ')
    const types = words.map((word) => `record %${word} { b: list<string> }`).join('\n')
    const component = await buildGuest({
      wit: `package a:b;
        interface shared { record members { ${members} } variant cases { ${cases} } }
        interface named { ${types} take: func(${words.map((word) => `%${word}: %${word}`).join(', ')}) -> %object; }
        interface given { ${functions.join('\n')} }
        interface wanted { use shared.{members, cases}; ${functions.join('\n')} m: func(m: members) -> members; c: func(c: cases) -> cases; }
        world w { import given; import named; export wanted; }`,
      source: (stubs) => `import * as given from './gen/a-b/given'\nexport { given }\n${stubs}`,
    })
    expect([...component.exports.keys()]).toEqual(['a:b/wanted'])
  })

  it('run top-level code once, when imports can be called', async () => {
    const component = await buildGuest({
      wit: 'package a:b; interface host { text: func() -> string; } world w { import host; export get: func() -> string; }',
      source: `import { text } from './gen/a-b/host'\nconst first = text()\nexport function get(): string { return first }`,
    })
    let calls = 0
    const exports = component.instantiate({ 'a:b/host': { text: () => `call ${++calls}` } })
      .exports as Exports
    expect([exports.get(), exports.get()]).toEqual(['call 1', 'call 1'])
  })

  it('end the instance on throw, with the message on stderr', async () => {
    const component = await buildGuest({
      wit: 'package a:b; world w { import wasi:cli/stderr@0.2.12; export go: func(); }',
      source: `export function go(): void { console.log('one'); throw new Error('that was it') }`,
    })
    const written: string[] = []
    class OutputStream {
      blockingWriteAndFlush(bytes: Uint8Array) {
        written.push(new TextDecoder().decode(bytes))
      }
    }
    const instance = component.instantiate({
      'wasi:cli/stderr@0.2.12': { getStderr: () => new OutputStream() },
      'wasi:io/streams@0.2.12': { OutputStream, InputStream: class {} },
      'wasi:io/error@0.2.12': { Error: class {} },
      'wasi:io/poll@0.2.12': { Pollable: class {} },
    })
    const { go } = instance.exports as Exports
    expect(() => go()).toThrowError(expect.objectContaining({ code: 'GUEST_TRAP' }))
    expect(written.join('')).toMatch(/^one\nabort: that was it \(assembly\/index\.ts:1:\d+\)\n$/)
    expect(() => go()).toThrowError(expect.objectContaining({ code: 'CANNOT_ENTER' }))
  })

  it('keep memory flat over many calls, with both collectors', async () => {
    for (const mode of ['debug', 'size'] as const) {
      const component = await buildGuest({
        wit: `package a:b; interface host { keep: func(rows: list<string>) -> list<string>; }
          world w { import host; export sort: func(rows: list<string>) -> list<string>; export pages: func() -> u32; }`,
        source: `import { keep } from './gen/a-b/host'
          export function sort(rows: string[]): string[] { return keep(rows.map<string>((row) => row + '!')).sort() }
          export function pages(): u32 { return memory.size() }`,
        mode,
      })
      const exports = component.instantiate({ 'a:b/host': { keep: (rows: string[]) => rows } })
        .exports as Exports
      const rows = Array.from({ length: 200 }, (_, i) => `row ${(i * 7919) % 200} ${'x'.repeat(50)}`)
      const run = (times: number) => {
        for (let i = 0; i < times; i++) expect(exports.sort(rows)).toHaveLength(200)
        return exports.pages()
      }
      expect(run(400)).toBeLessThan(run(200) + 2)
      expect(exports.pages()).toBeLessThan(200)
    }
  })
})
