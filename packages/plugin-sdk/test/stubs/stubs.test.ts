import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, collectWit, loadWorld, writeStubs } from '@wasm-plugin/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** Every shape that a stub has to name: records across interfaces, results, an exported resource, world functions. */
const WIT = `
package acme:shapes@0.1.0;
interface types {
  record point { x: s32, y: s32 }
  enum colour { red, green }
}
interface canvas {
  use types.{point, colour};
  type path = list<point>;
  resource brush {
    constructor(colour: colour);
    stroke: func(along: path) -> result<u32, string>;
    merge: static func(one: borrow<brush>, other: brush) -> brush;
  }
  /// Finds a point.
  find-point: func(near: point, names: list<string>, limit: option<u8>) -> option<point>;
  paint: func(brush: borrow<brush>, at: tuple<s32, s32>) -> result;
}
interface names {
  use types.{point};
  name-of: func(point: point) -> result<string>;
}
world painter {
  export canvas;
  export names;
  export start: func(%type: string) -> bool;
}
`
const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))
let dir: string

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'stubs-'))
  mkdirSync(join(dir, 'wit'))
  mkdirSync(join(dir, 'assembly'))
  writeFileSync(join(dir, 'wit', 'shapes.wit'), WIT)
  writeFileSync(join(dir, 'package.json'), '{}')
  symlinkSync(modules, join(dir, 'node_modules'))
})

afterAll(() => rmSync(dir, { recursive: true, force: true }))

describe('writeStubs', () => {
  it('writes AssemblyScript that compiles to a component of the world', async () => {
    const stubs = await writeStubs(await loadWorld({ wit: join(dir, 'wit') }), 'assemblyscript')
    expect([...stubs.keys()].sort()).toEqual(['canvas.ts', 'index.ts', 'names.ts'])
    expect(stubs.get('canvas.ts')).toContain('/** Finds a point. */')
    for (const [file, source] of stubs) writeFileSync(join(dir, 'assembly', file), source)
    const built = await build({ dir, name: 'shapes', language: 'assemblyscript', wit: 'wit' })
    expect(built.world).toBe('acme:shapes/painter@0.1.0')
    expect(built.warnings).toEqual([])
  })

  it('refuses a type of the name `self` in Rust, where nothing can be called so', async () => {
    const wit = join(dir, 'self.wit')
    writeFileSync(
      wit,
      'package a:b; interface i { record self { x: u8 } f: func(s: self); } world w { export i; }',
    )
    await expect(writeStubs(await loadWorld({ wit }), 'rust')).rejects.toMatchObject({
      code: 'TYPE_UNSUPPORTED',
      message: expect.stringContaining('a:b/i#self'),
    })
  })

  it('writes Rust with one module per interface and the names that wit-bindgen gives', async () => {
    const stubs = await writeStubs(await loadWorld({ wit: join(dir, 'wit') }), 'rust')
    expect(stubs.get('lib.rs')).toMatchInlineSnapshot(`
      "#![allow(unused_variables)] // until every \`todo!\` is gone

      mod bindings {
          wit_bindgen::generate!({ path: "wit", world: "painter", generate_all });
          export!(Plugin with_types_in self);

          use super::Plugin;
      }

      struct Plugin;

      mod canvas {
          use crate::Plugin;
          use crate::bindings::exports::acme::shapes::canvas::{Brush, BrushBorrow, Colour, Guest, GuestBrush, Path, Point};

          impl Guest for Plugin {
              type Brush = MyBrush;
              fn find_point(near: Point, names: Vec<String>, limit: Option<u8>) -> Option<Point> {
                  todo!()
              }
              fn paint(brush: BrushBorrow<'_>, at: (i32, i32)) -> Result<(), ()> {
                  todo!()
              }
          }

          pub struct MyBrush;

          impl GuestBrush for MyBrush {
              fn new(colour: Colour) -> Self {
                  todo!()
              }
              fn stroke(&self, along: Path) -> Result<u32, String> {
                  todo!()
              }
              fn merge(one: BrushBorrow<'_>, other: Brush) -> Brush {
                  todo!()
              }
          }
      }

      mod names {
          use crate::Plugin;
          use crate::bindings::exports::acme::shapes::names::{Guest, Point};

          impl Guest for Plugin {
              fn name_of(point: Point) -> Result<String, ()> {
                  todo!()
              }
          }
      }

      mod world {
          use crate::Plugin;
          use crate::bindings::Guest;

          impl Guest for Plugin {
              fn start(type_: String) -> bool {
                  todo!()
              }
          }
      }
      "
    `)
  })
})

describe('collectWit', () => {
  it('brings the WASI packages that are named, and those that they name', async () => {
    const wit = join(dir, 'clock.wit')
    writeFileSync(wit, 'package a:b;\nworld w { import wasi:clocks/monotonic-clock@0.2.12; }\n')
    const files = await collectWit(wit)
    expect([...files.keys()]).toEqual([
      'clock.wit',
      'deps/wasi-clocks@0.2.12/package.wit',
      'deps/wasi-io@0.2.12/package.wit',
    ])
  })
})
