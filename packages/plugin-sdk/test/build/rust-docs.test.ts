import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createHost } from '@wasm-plugin/host'
import { build, collectWit } from '@wasm-plugin/sdk'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { missingToolchain } from '#internal'
import { isWhole } from '../../../../test/seed.js'
import { makeFolder, WIT_DIR } from '../support/project.js'

const file = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url))
const page = readFileSync(file('docs/rust.md'), 'utf8')
const blocks = (kind: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${kind}\n(.*?)^\`\`\`$`, 'gms'))].map((match) => match[1]!)
const [analyzer, shelf] = blocks('rust')

const missing = missingToolchain()
/** In CI a missing toolchain is a failure, not a reason to skip. */
const skip = !isWhole || (missing !== null && process.env.CI === undefined)
const reason = isWhole ? missing?.message : 'a crate for each, which CI compiles'

describe.skipIf(skip)(`the code of docs/rust.md${skip ? ` (skipped: ${reason})` : ''}`, () => {
  // The guests of the host's tests have the same crates, so they are compiled already.
  beforeEach(() => void vi.stubEnv('CARGO_TARGET_DIR', file('examples/rust-plugin/target')))
  afterEach(() => void vi.unstubAllEnvs())

  it('is a plugin that reads what it was granted, logs and fails', async () => {
    const path = await compile(analyzer!, await collectWit(`${WIT_DIR}acme-site/v0.1`), 'analyzer')
    await using host = await createHost()
    const lines: unknown[] = []
    const imports = { 'acme:site/log': { log: (...line: unknown[]) => lines.push(line) } }
    const load = (grants: object) => host.load<Analyzer>(path, { name: `p${lines.length}`, imports, grants })
    const doc = { path: 'a.md', markdown: 'one two three' }
    const headings = [{ level: 1, text: 'One', anchor: 'one' }]
    const granted = await load({
      env: { READING_SPEED: '1' },
      fs: [{ memory: { 'site.json': '{ "note": "by Ada" }' }, at: '/settings', access: 'read' }],
    })
    const { analyze } = granted.exports['acme:site/analyze']
    const toc = '<li><a href="#one">One</a></li>'
    expect(await analyze(doc, headings)).toEqual({ words: 3, readingMinutes: 3, toc, note: 'by Ada' })
    expect(lines).toEqual([['info', 'a.md has 3 words']])
    await expect(analyze({ ...doc, markdown: '' }, [])).rejects.toMatchObject({ payload: 'a.md is empty' })
    const bare = (await load({})).exports['acme:site/analyze']
    expect(await bare.analyze(doc, [])).toEqual({ words: 3, readingMinutes: 1, toc: '', note: undefined })
  }, 600_000)

  it('has resources of the application and of its own', async () => {
    const path = await compile(shelf!, new Map([['shelves.wit', blocks('wit')[0]!]]), 'shelf')
    await using host = await createHost()
    const open = new Set<number>()
    class Book {
      constructor(private readonly number: number) {
        open.add(number)
      }
      title() {
        return `Volume ${this.number}`
      }
      [Symbol.dispose]() {
        open.delete(this.number)
      }
    }
    const find = (number: number) => (number < 3 ? new Book(number) : undefined)
    const plugin = await host.load<Shelf>(path, { imports: { 'acme:shelves/books': { find, Book } } })
    const { ReadingList } = plugin.exports['acme:shelves/lists']
    using list = await new ReadingList('Ada')
    expect([await list.add(1), await list.add(2)]).toEqual([1, 2])
    await expect(list.add(3)).rejects.toMatchObject({ payload: 'there is no book 3' })
    expect(await list.print()).toBe('Ada: Volume 1, Volume 2')
    expect([...open]).toEqual([])
  }, 600_000)

  it('says truly what of the standard library is there', async () => {
    const path = await compile(STD, new Map([['w.wit', STD_WIT]]), 'w')
    await using host = await createHost()
    const plugin = await host.load<{ look(): Promise<string[]> }>(path)
    expect(await plugin.exports.look()).toEqual(['thread: false', 'process: false', 'clock: true', 'map: 1'])
  }, 600_000)
})

/** A crate with the lock file of the host's guests, so that it needs no network where those were built. */
async function compile(source: string, wit: ReadonlyMap<string, string>, world: string): Promise<string> {
  const dir = makeFolder({
    'Cargo.toml': CARGO_TOML,
    'src/lib.rs': source,
    ...Object.fromEntries([...wit].map(([name, text]) => [`wit/${name}`, text])),
  })
  copyFileSync(file('packages/host/test/guests/rust/Cargo.lock'), join(dir, 'Cargo.lock'))
  const { path, warnings } = await build({ dir, name: world, wit: 'wit', world })
  expect(warnings.filter((warning) => !warning.includes('unstable features'))).toEqual([])
  return path
}

const CARGO_TOML = `[package]
name = "guest"
version = "0.1.0"
edition = "2024"

[lib]
crate-type = ["cdylib"]

[dependencies]
serde_json = "1"
wit-bindgen = { version = "=0.63.0", default-features = false, features = ["macros"] }

[profile.release]
opt-level = 1
panic = "abort"
strip = true

[workspace]
`

const STD_WIT = 'package a:b; world w { export look: func() -> list<string>; }'
const STD = `wit_bindgen::generate!({ path: "wit" });
export!(Plugin);
struct Plugin;
impl Guest for Plugin {
    fn look() -> Vec<String> {
        let thread = std::thread::Builder::new().spawn(|| ()).is_ok();
        let process = std::process::Command::new("ls").status().is_ok();
        let clock = std::time::SystemTime::UNIX_EPOCH.elapsed().is_ok_and(|age| age.as_secs() > 0);
        let map = std::collections::HashMap::from([("a", 1)])["a"];
        vec![format!("thread: {thread}"), format!("process: {process}"), format!("clock: {clock}"), format!("map: {map}")]
    }
}
`

interface Analyzer {
  'acme:site/analyze': { analyze(doc: object, headings: object[]): Promise<object> }
}

interface Shelf {
  'acme:shelves/lists': { ReadingList: new (owner: string) => Promise<ReadingList> }
}

interface ReadingList extends Disposable {
  add(number: number): Promise<number>
  print(): Promise<string>
}
