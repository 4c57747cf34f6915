import type { ExternType } from '@wasm-plugin/runtime'
import { loadWorld, namesIn, printItem } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { makeFolder } from '../support/project.js'

const LINES = [
  'type colour = enum { red, green }',
  'type rights = flags { read, write }',
  'type shape = variant { none, circle(f64), box(tuple<f32, f32>) }',
  'type entry = record { name: string, tags: list<option<string>>, shape: shape }',
  'type bytes = list<u8>',
  'a: func()',
  'b: func(x: s8, y: char) -> result',
  'c: func(e: entry) -> result<_, colour>',
  'd: func() -> result<bytes>',
  'e: func(r: rights) -> result<list<entry>, string>',
  'resource thing',
  '[method]thing.use: func(self: borrow<thing>, other: thing)',
]

describe('printItem', () => {
  it('prints items as WIT', async () => {
    const wit = makeFolder({
      'w.wit': `package a:b;
        interface i {
          enum colour { red, green }
          flags rights { read, write }
          variant shape { none, circle(f64), box(tuple<f32, f32>) }
          record entry { name: string, tags: list<option<string>>, shape: shape }
          type bytes = list<u8>;
          a: func();
          b: func(x: s8, y: char) -> result;
          c: func(e: entry) -> result<_, colour>;
          d: func() -> result<bytes>;
          e: func(r: rights) -> result<list<entry>, string>;
          resource thing { use: func(other: thing); }
        }
        world w { import i; }`.replace('use: func', '%use: func'),
    })
    const { imports } = await loadWorld({ wit })
    const instance = imports.get('a:b/i') as Extract<ExternType, { kind: 'instance' }>
    const printed = [...instance.exports].map(([name, item]) =>
      printItem(name, item, namesIn(instance.exports)),
    )
    expect(printed.sort()).toEqual([...LINES].sort())
  })
})
