import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build, type JavaScriptEngine, type Language, loadWorld, writeStubs } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { missingToolchain } from '#internal'
import { isWhole, seeds } from '../../../test/seed.js'
import { hostileWorld } from './support/hostile-world.js'
import { makeClangProject, makeFolder, makeProject } from './support/project.js'
import { makeScriptProject } from './support/script.js'

/** Every case that was ever found, and a name for what is wrong with it. */
const FOUND: Record<string, string> = {
  'a resource of a global name':
    'interface i { resource error { text: func() -> string; } } world w { export i; }',
  'nothing but a resource without functions': 'interface i { resource token; } world w { export i; }',
  'one resource name in two interfaces': `interface left { resource node { size: func() -> u32; } }
    interface right { resource node { size: func() -> u32; } } world w { export left; export right; }`,
  'an interface in both directions':
    'interface i { resource node { size: func() -> u32; } } world w { import i; export i; }',
  'a resource that another interface uses, in both directions': `interface i { resource node { constructor(); next: func() -> node; } }
    interface j { use i.{node, node as %other}; link: func(one: borrow<node>, two: node) -> %other; } world w { import i; import j; export i; export j; }`,
  'words of the languages': `interface i { record class { default: string, new: u32, function: bool } enum await { yield, let, %static } }
    world w { export i; export eval: func(code: string) -> string; export delete: func(); export new: func(class: u32) -> u32; }`,
  'globals of the languages': `interface i { resource promise { done: func() -> bool; } record date { day: u8 }
      resource %map { get: func(key: string) -> option<string>; } variant symbol { none, some(string) } use-it: func(d: date) -> symbol; }
    world w { export i; }`,
  'words of C and C++': `interface std { record point { x: string } same: func(p: point) -> point; }
    interface thread-local {
      record words { %this: string, static-cast: u32, typeof: list<u8>, %CLASS: u8, size-t: u8 }
      variant kinds { restrict(string), co-await, new }
      resource new { constructor(this: string, and-eq: u32); owned: func(const-cast: borrow<new>) -> new; resource-new: static func(); }
      resource owned { errno: func(ptr: list<string>) -> result<list<string>, string>; }
      delete: func(this: words, uint8-t: kinds, err: option<new>) -> owned;
    }
    world w { import std; export std; import thread-local; export thread-local; export this: func(this: string) -> string; }`,
  'flags and an enum of a word': `interface i { flags %new { fn } enum delete { %if } f: func(a: %new, b: result<%new, delete>) -> delete; }
    world w { import i; export i; }`,
  'names that bindings in C make of others': `interface i {
      resource size { constructor(); f: func(l: list<own-thing>) -> size-t; }
      resource size-t { constructor(); f: static func() -> own-thing; }
      resource thing { constructor(); drop-own: func(); }
      resource own-thing { constructor(); drop-borrow: func(one: option<own-thing>); }
      resource borrow-thing {}
      record rec { s: own-size } record rec-t { all: list<rec> } record list-rec { r: list<rec-t> } type own-size = string;
      enum rec-free { size, rec-t } variant option-rec { size(rec), rec-t }
      rec-t-t: func(rec: option<rec>, rec-t: list-rec) -> rec-free;
      size-new: func(size: borrow<size>, size-t: borrow<size-t>) -> tuple<size, size-t>;
      thing-rep: func(a: list<thing>, b: option-rec, c: borrow<borrow-thing>) -> list<borrow-thing>;
    }
    interface j { use i.{size, size-t, own-thing as thing, thing as own-thing}; f: func(size: size, b: borrow<thing>) -> own-thing; }
    world w { import i; export i; import j; }`,
}

interface Target {
  readonly name: string
  readonly language: Language
  readonly engine?: JavaScriptEngine
  readonly folder: (files: Record<string, string>) => string
}

const RUST = makeRust()
const script = (packages: string) => (files: Record<string, string>) =>
  makeScriptProject(files, ['esbuild', 'typescript', packages])
const quick: Target[] = [
  { name: 'AssemblyScript', language: 'assemblyscript', folder: makeProject },
  { name: 'JavaScript on QuickJS', language: 'js', engine: 'qjs', folder: script('componentize-qjs') },
  { name: 'WebAssembly text', language: 'wat', folder: makeFolder },
]
const slow: Target[] = [
  { name: 'C', language: 'c', folder: makeClangProject },
  { name: 'C++', language: 'cpp', folder: makeClangProject },
  {
    name: 'TypeScript on StarlingMonkey',
    language: 'ts',
    engine: 'starling',
    folder: script('@wasm-plugin/starling'),
  },
  { name: 'TypeScript on QuickJS', language: 'ts', engine: 'qjs', folder: script('componentize-qjs') },
  ...(missingToolchain() === null ? [{ name: 'Rust', language: 'rust', folder: RUST } as const] : []),
]
const ENTRY: Record<Language, string> = {
  assemblyscript: 'assembly',
  js: 'src',
  ts: 'src',
  c: 'src',
  cpp: 'src',
  rust: 'src',
  wat: 'src',
}

describe.each(isWhole ? [...quick, ...slow] : quick)(
  'stubs in $name of hostile names',
  { timeout: 0 },
  (target) => {
    it.each(isWhole || target.language === 'assemblyscript' ? Object.entries(FOUND) : [])(
      'build: %s',
      async (_, text) => {
        expect(await failure(target, `package names:found;\n${text}`)).toBeNull()
      },
    )

    it.each(seeds(1))('build: world %i', async (seed) => {
      expect(await failure(target, hostileWorld(seed))).toBeNull()
    })
  },
)

/** The stubs of C++ alone need a header that the world may not, and it has the most words; C has no scopes. */
it.each([
  ['C++', 'words of C and C++'],
  ['C', 'names that bindings in C make of others'],
  ...(isWhole
    ? [
        ['C++', 'nothing but a resource without functions'],
        ['C++', 'flags and an enum of a word'],
      ]
    : []),
])('stubs in %s build: %s', { timeout: 0 }, async (language, found) => {
  const target = slow.find(({ name }) => name === language)
  expect(await failure(target!, `package names:found;\n${FOUND[found]}`)).toBeNull()
})

/** What is wrong with the stubs of a world, if its language can have it at all. */
async function failure({ language, engine, folder }: Target, wit: string): Promise<string | null> {
  const dir = folder({ 'wit/world.wit': wit, 'tsconfig.json': TSCONFIG })
  const model = await loadWorld({ wit: join(dir, 'wit') })
  try {
    const files = await writeStubs(model, language)
    for (const [name, text] of files) write(join(dir, ENTRY[language], name), text)
    await build({ dir, language, engine, name: 'names', wit: 'wit', mode: 'debug' })
    return null
  } catch (error) {
    const { code, message, data } = error as { code?: string; message: string; data?: { output?: string } }
    return code === 'TYPE_UNSUPPORTED'
      ? null
      : `${code} ${message}\n${data?.output?.slice(0, 3000) ?? ''}\n${wit}`
  }
}

const TSCONFIG = `{ "compilerOptions": { "strict": true, "target": "es2022", "module": "esnext", "moduleResolution": "bundler",
  "lib": ["es2023", "esnext.disposable"], "types": [], "noEmit": true }, "include": ["src"] }`

/** One crate for all worlds: what it depends on is compiled once. */
function makeRust(): Target['folder'] {
  let dir: string | undefined
  return (files) => {
    dir ??= makeFolder({
      'Cargo.toml': `[package]\nname = "names"\nversion = "0.1.0"\nedition = "2024"\n[lib]\ncrate-type = ["cdylib"]\n
        [dependencies]\nwit-bindgen = { version = "=0.63.0", default-features = false, features = ["macros"] }\n`,
    })
    rmSync(join(dir, 'src'), { recursive: true, force: true })
    for (const [name, text] of Object.entries(files)) write(join(dir, name), text)
    return dir
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
