import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, loadWorld, writeStubs } from '@wasm-plugin/sdk'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { missingToolchain } from '#internal'
import { isWhole } from '../../../../test/seed.js'
import { makeFolder } from '../support/project.js'

const file = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url))
const missing = missingToolchain()
/** In CI a missing toolchain is a failure, not a reason to skip. */
const skip = missing !== null && process.env.CI === undefined

/** A resource in each place that a type can have, where it is defined and where another interface uses it. */
const THINGS = `interface things {
  resource thing {
    constructor(same: option<borrow<thing>>);
    alike: func(other: borrow<thing>) -> thing;
    pair: static func(a: thing, b: borrow<thing>) -> tuple<thing, thing>;
  }
  record kept { one: thing }
  record lent { one: borrow<thing> }
  variant some-kept { one(thing), none }
  variant some-lent { one(borrow<thing>), none }
  type alias = thing;
  give: func(a: thing, b: kept, c: some-kept, d: list<thing>, e: option<alias>, f: result<thing, kept>, g: tuple<alias, u8>) -> list<thing>;
  lend: func(a: borrow<thing>, b: lent, c: some-lent, e: option<borrow<thing>>, f: result<borrow<thing>, lent>, g: tuple<borrow<alias>, u8>);
}
interface users {
  use things.{thing, thing as other, kept, lent, some-lent};
  resource user { constructor(first: borrow<thing>); see: func(it: borrow<other>, me: borrow<user>) -> other; }
  give: func(a: thing, b: kept, c: list<other>) -> result<other, thing>;
  lend: func(a: borrow<thing>, b: lent, c: some-lent, d: option<borrow<other>>);
}`
const LISTS = `interface lists {
  use things.{thing, lent};
  lend: func(a: list<borrow<thing>>, b: list<lent>, c: option<list<tuple<borrow<thing>, u8>>>);
}`
const PLACES: Record<string, string> = {
  imported: `${THINGS} world w { import things; export users; }`,
  'imported by the world': `${THINGS} world w { use things.{thing, kept, lent}; export f: func(a: borrow<thing>, b: lent, c: thing) -> kept; }`,
  'of the world': 'world w { resource thing; export f: func(a: borrow<thing>, b: thing) -> option<thing>; }',
  exported: `${THINGS} ${LISTS} world w { export things; export users; export lists; }`,
  'imported and exported': `${THINGS} ${LISTS} world w { import things; export things; export users; export lists; }`,
  'imported and exported, as its users are': `${THINGS} ${LISTS} world w { import things; import users; export things; export users; export lists; }`,
  'exported, in an interface of the world itself': `${THINGS} world w { import things; export things;
    export here: interface { use things.{thing}; resource own-one { like: func(a: borrow<thing>, b: borrow<own-one>); } } }`,
  'exported, and taken as guest': `interface things { resource thing; } interface users { use things.{thing as guest}; f: func(a: borrow<guest>) -> guest; }
    world w { export things; export users; }`,
}

/** What `generate!` cannot, as it is said. */
const LIMITS: [wit: string, item: string, feature: string][] = [
  [
    'resource r { constructor(); new: func(); } @export',
    'a:b/i#r.new',
    'a function "new" beside a constructor',
  ],
  [
    'resource r { constructor(); new: static func(); } @import',
    'a:b/i#r.new',
    'a function "new" beside a constructor',
  ],
  ...['handle', 'take-handle', 'from-handle'].flatMap((name): typeof LIMITS =>
    ['', 'static '].map((kind) => [
      `resource r { ${name}: ${kind}func(); } @import`,
      `a:b/i#r.${name}`,
      `a function "${name}" of a resource that is imported`,
    ]),
  ),
  ['enum e { self, other } f: func(e: e); @export', 'a:b/i#e', 'a case of the name "self"'],
  ['variant v { other, self(u8) } f: func(v: v); @import', 'a:b/i#v', 'a case of the name "self"'],
  ['record self { x: u8 } f: func(s: self); @export', 'a:b/i#self', 'a type of the name "self"'],
  ['resource r; type t = borrow<r>; f: func(t: t); @import', 'a:b/i#t', 'a name for borrow<r>'],
  ['resource r; type t = own<r>; f: func() -> t; @export', 'a:b/i#t', 'a name for own<r>'],
  ['resource guest { f: func(); } @export', 'a:b/i#guest', 'a resource of the name "guest"'],
  ['record GUEST { x: u8 } f: func(g: GUEST); @export', 'a:b/i#GUEST', 'a type of the name "GUEST"'],
  [
    'resource r; enum r-borrow { a } f: func(r: borrow<r>) -> r-borrow; @export',
    'a:b/i#r-borrow',
    'the name "r-borrow" beside a resource "r"',
  ],
  [
    'resource r; enum guest-r { a } f: func(r: borrow<r>) -> guest-r; @export',
    'a:b/i#guest-r',
    'the name "guest-r" beside a resource "r"',
  ],
  ['gen: func(); @import', 'a:b/i#gen', 'the name "gen", a word of Rust since its edition of 2024'],
  ['f: func(gen: u8); @export', 'a:b/i#f', 'the name "gen", a word of Rust since its edition of 2024'],
  [
    'record r { gen: u8 } f: func(r: r); @export',
    'a:b/i#r',
    'the name "gen", a word of Rust since its edition of 2024',
  ],
]
const world = (text: string) => {
  const [items, direction] = text.split('@')
  return `package a:b; interface i { ${items} } world w { ${direction} i; export run: func(); }`
}
const WHOLE_WORLDS: [wit: string, item: string, feature: string][] = [
  ...LIMITS.map(([text, ...said]): (typeof LIMITS)[0] => [world(text), ...said]),
  [
    `package a:b; ${THINGS} ${LISTS} world w { import things; export lists; }`,
    'a:b/lists#lend',
    'a list of what the application lends',
  ],
  [
    'package a:b; world w { resource r; export f: func(r: list<borrow<r>>); }',
    'a:b/w#f',
    'a list of what the application lends',
  ],
  [
    'package exports:b; interface i { f: func(); } world w { import i; export i; }',
    'exports:b/i#f',
    'the namespace "exports"',
  ],
  [
    'package a:b; interface gen { f: func(); } world w { export gen; }',
    'a:b/gen#f',
    'the name "gen", a word of Rust since its edition of 2024',
  ],
]

describe('stubs in Rust', { timeout: 0 }, () => {
  it.each(WHOLE_WORLDS)('refuse %s', async (wit, item, feature) => {
    const model = await loadWorld({ wit: join(makeFolder({ 'w.wit': wit }), 'w.wit') })
    await expect(writeStubs(model, 'rust')).rejects.toMatchObject({
      code: 'TYPE_UNSUPPORTED',
      message: `${item} uses ${feature}, which Rust plugins cannot implement or call`,
      hint: expect.stringContaining('in another language'),
    })
  })
})

// Cargo compiles the generator itself for these, which takes most of a minute: a matter of the whole run.
describe.skipIf(skip || !isWhole)(
  `what wit-bindgen makes of a world${skip ? ` (skipped: ${missing?.message})` : ''}`,
  {
    timeout: 0,
  },
  () => {
    // The guests of the host's tests have the same crates, so they are compiled already.
    beforeEach(() => void vi.stubEnv('CARGO_TARGET_DIR', file('examples/rust-plugin/target')))
    afterEach(() => void vi.unstubAllEnvs())

    it.each(Object.entries(PLACES))(
      'has the types of the stubs, of a resource that is %s',
      async (_, text) => {
        const dir = crate(`package a:b; ${text}`)
        const stubs = await writeStubs(await loadWorld({ wit: join(dir, 'wit') }), 'rust')
        for (const [name, source] of stubs) writeFileSync(join(dir, 'src', name), source)
        await build({ dir, name: 'w', wit: 'wit' })
      },
    )

    it.each(WHOLE_WORLDS)('does not compile for %s, and the build says why', async (wit, item, feature) => {
      const dir = crate(wit, 'wit_bindgen::generate!({ path: "wit", generate_all });')
      await expect(build({ dir, name: 'w', wit: 'wit' })).rejects.toMatchObject({
        code: 'TYPE_UNSUPPORTED',
        message: expect.stringContaining(`${item} uses ${feature}`),
      })
    })

    it('leaves a mistake of the author in such a crate as it is', async () => {
      const dir = crate(world(LIMITS[0]![0]), 'fn wrong() -> u32 { "text" }')
      await expect(build({ dir, name: 'w', wit: 'wit' })).rejects.toMatchObject({
        code: 'COMPILE_FAILED',
        data: { line: 1 },
      })
    })
  },
)

/** The crates of the host's guests, so that no network is needed where those were built. */
function crate(wit: string, source = ''): string {
  const dir = makeFolder({ 'Cargo.toml': CARGO_TOML, 'wit/w.wit': wit, 'src/lib.rs': source })
  copyFileSync(file('packages/host/test/guests/rust/Cargo.lock'), join(dir, 'Cargo.lock'))
  return dir
}

const CARGO_TOML = `[package]
name = "guest"
version = "0.1.0"
edition = "2024"

[lib]
crate-type = ["cdylib"]

[dependencies]
wit-bindgen = { version = "=0.63.0", default-features = false, features = ["macros"] }

[profile.release]
opt-level = 1
panic = "abort"
strip = true

[workspace]
`
