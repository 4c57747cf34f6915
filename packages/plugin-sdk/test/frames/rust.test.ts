import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  createHost,
  type LoadOptions,
  type PluginSource,
  type ThreadLoadOptions,
  type UntypedExports,
} from '@wasm-plugin/host'
import { build } from '@wasm-plugin/sdk'
import { beforeAll, describe, expect, it } from 'vitest'
import { missingToolchain } from '#internal'
import { faultOf } from '../support/fault.js'
import { makeFolder } from '../support/project.js'

const missing = missingToolchain()
/** In CI a missing toolchain is a failure, not a reason to skip. */
const skip = missing !== null && process.env.CI === undefined

const SOURCE = `mod deep;

#[unsafe(export_name = "go")]
extern "C" fn go(n: u32) -> u32 {
    first(n) + 1
}

#[inline(never)]
fn first(n: u32) -> u32 {
    deep::Second { n }.run() + 1
}
`
const DEEP = `pub struct Second {
    pub n: u32,
}

impl Second {
    #[inline(never)]
    pub fn run(&self) -> u32 {
        third(self.n) + 1
    }
}

#[inline(always)]
fn third(n: u32) -> u32 {
    let table = [0, 1, 2, 3, 4, 5, 6, 7];
    if n == 20 {
        return forever(n);
    }
    if n == 21 {
        return down(n) + 1;
    }
    table[n as usize] + 1
}

#[inline(never)]
fn forever(n: u32) -> u32 {
    let mut sum = n;
    loop {
        sum = core::hint::black_box(sum.wrapping_mul(3));
    }
}

#[inline(never)]
fn down(n: u32) -> u32 {
    core::hint::black_box(down(core::hint::black_box(n) + 1)) + 1
}
`
const project = ({ release = '' } = {}) =>
  makeFolder({
    'Cargo.toml':
      '[package]\nname = "deep"\nversion = "0.1.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n[profile.release]\n' +
      release,
    'w.wit': 'package a:b; world w { export go: func(n: u32) -> u32; }',
    'build.rs':
      'fn main() { println!("cargo:rustc-link-arg-cdylib=--component-type={}/w.wit", env!("CARGO_MANIFEST_DIR")) }',
    'src/lib.rs': SOURCE,
    'src/deep.rs': DEEP,
  })

describe.skipIf(skip)(`faults of Rust${skip ? ` (skipped: ${missing?.message})` : ''}`, () => {
  let path = ''
  beforeAll(async () => {
    path = (await build({ dir: project(), name: 'deep', wit: 'w.wit', mode: 'debug' })).path
  }, 120_000)

  const fuel = 10_000_000
  it.each<LoadOptions>([
    { isolation: 'worker' },
    { isolation: 'worker', limits: { fuel } },
    { isolation: 'inline', limits: { fuel } },
    { isolation: 'process' },
  ])("have the author's functions and lines, those that were inlined as well: %o", async (options) => {
    await using host = await createHost()
    const plugin = await host.load(path, options as ThreadLoadOptions)
    const go = async (n: number) => (plugin.exports as UntypedExports).go(n)
    const bounds = await faultOf(go(9))
    expect(bounds.frames).toEqual([
      'deep::deep::third src/deep.rs:21:5 rust',
      'deep::deep::Second::run src/deep.rs:8:9 rust',
      'deep::first src/lib.rs:10:24 rust',
      'go src/lib.rs:5:5 rust',
    ])
    expect(bounds.shown).toEqual([
      '    at deep::deep::third (src/deep.rs:21:5)',
      '    at deep::deep::Second::run (src/deep.rs:8:9)',
      '    at deep::first (src/lib.rs:10:24)',
    ])
    const { message, name, stack } = bounds.error
    expect(stack?.startsWith(`${name}: ${message}\n    at `)).toBe(true)
    // The application's own functions follow.
    expect(stack).toContain('rust.test.ts')
    expect(JSON.parse(JSON.stringify(bounds.error)).frames[0].line).toBe(21)
    expect(await go(1)).toBe(5)

    const overflow = await faultOf(go(21))
    expect(overflow.code).toBe('STACK_EXHAUSTED')
    expect(overflow.shown.slice(1)).toEqual(Array(2).fill('    at deep::deep::down (src/deep.rs:34:27)'))
    if (options.limits === undefined) return
    const endless = await faultOf(go(20))
    expect(endless.code).toBe('OUT_OF_FUEL')
    expect(endless.frames[0]).toMatch(/^deep::deep::forever src\/deep\.rs:2[789]:/)
    expect(endless.frames.slice(1, 3)).toEqual([
      'deep::deep::third src/deep.rs:16:16 rust',
      'deep::deep::Second::run src/deep.rs:8:9 rust',
    ])
  })

  it('are found by the debug information beside a release, which is no part of it', async () => {
    const dir = project({ release: 'strip = true' })
    const { path: shipped, debugFile, size } = await build({ dir, name: 'deep', wit: 'w.wit' })
    const plain = readFileSync(shipped)
    expect([plain.includes('.debug_'), plain.includes('deep::third')]).toEqual([false, false])
    expect(debugFile).toBe(`${shipped}.debug`)
    const debug = readFileSync(debugFile!)
    expect(debug.length).toBeGreaterThan(2 * size)
    for (const place of [dir, homedir()])
      expect([plain.includes(place), debug.includes(place)]).toEqual([false, false])
    const lines = [
      'deep::deep::third src/deep.rs:21:5 rust',
      'deep::deep::Second::run src/deep.rs:8:9 rust',
      'deep::first src/lib.rs:10:24 rust',
      'go src/lib.rs:5:5 rust',
    ]
    const framesOf = async (source: PluginSource, options: LoadOptions = {}) => {
      await using host = await createHost()
      const plugin = await host.load(source, options as ThreadLoadOptions)
      return (await faultOf((async () => plugin.call('go', [9]))())).frames
    }
    expect(await framesOf(shipped)).toEqual(lines)
    expect(await framesOf(shipped, { isolation: 'inline', limits: { fuel } })).toEqual(lines)
    rmSync(debugFile!)
    expect(await framesOf(plain, { debug })).toEqual(lines)
    // What the panic says is known without.
    expect(await framesOf(shipped)).toEqual(['null src/deep.rs:21:5 rust'])
    writeFileSync(join(dir, 'src/deep.rs'), `\n\n${DEEP}`)
    const other = await build({ dir, name: 'deep', wit: 'w.wit' })
    expect(await framesOf(plain, { debug: other.debugFile! })).toEqual(['null src/deep.rs:21:5 rust'])
    await build({ dir, name: 'deep', wit: 'w.wit', mode: 'debug' })
    expect(existsSync(debugFile!)).toBe(false)
  })

  it('name nothing of the machine in a member of a workspace either', async () => {
    const member = project()
    const root = makeFolder({
      'Cargo.toml': '[workspace]\nmembers = ["plugin"]\nresolver = "2"\n',
      ...Object.fromEntries(
        ['Cargo.toml', 'build.rs', 'w.wit', 'src/lib.rs', 'src/deep.rs'].map((file) => [
          `plugin/${file}`,
          readFileSync(join(member, file)),
        ]),
      ),
    })
    const dir = join(root, 'plugin')
    const { path: shipped, debugFile } = await build({ dir, name: 'deep', wit: 'w.wit' })
    expect(readFileSync(debugFile!).includes(root)).toBe(false)
    await using host = await createHost()
    const plugin = await host.load(shipped)
    expect((await faultOf(plugin.call('go', [9]))).frames[0]).toBe(
      'deep::deep::third plugin/src/deep.rs:21:5 rust',
    )
  })

  it('are found for bytes, which have no file, and name nothing of the machine', async () => {
    await using host = await createHost()
    const bytes = readFileSync(path)
    expect(bytes.includes(dirname(dirname(path)))).toBe(false)
    const plugin = await host.load(bytes)
    const { frames } = await faultOf((plugin.exports as UntypedExports).go(8) as Promise<unknown>)
    expect(frames[0]).toBe('deep::deep::third src/deep.rs:21:5 rust')
  })
})
