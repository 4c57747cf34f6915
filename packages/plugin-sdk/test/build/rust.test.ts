import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createHost, type UntypedExports } from '@wasm-plugin/host'
import { Component } from '@wasm-plugin/runtime'
import { decodeComponent } from '@wasm-plugin/runtime/internal'
import { build, readMetadata, readProducers } from '@wasm-plugin/sdk'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { missingToolchain } from '#internal'
import { makeFolder, WIT_DIR } from '../support/project.js'

const CARGO_TOML =
  '[package]\nname = "tiny"\nversion = "0.1.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n'
const site = { name: 'tiny', wit: `${WIT_DIR}acme-site/v0.1`, world: 'renderer', mode: 'debug' } as const

/** The linker makes the component of this world. */
const BUILD_RS =
  'fn main() { println!("cargo:rustc-link-arg-cdylib=--component-type={}/w.wit", env!("CARGO_MANIFEST_DIR")) }'
const PANICS = `#[unsafe(export_name = "go")]
extern "C" fn go(n: u32) -> u32 {
    let table = [0, 1, 2, 3, 4, 5, 6, 7];
    if n == 7 { panic!("seven is too many") }
    table[n as usize] + 1
}
`

/** The one that AssemblyScript's compiler stands on. */
const BINARYEN = join(
  realpathSync(fileURLToPath(new URL('../../node_modules/assemblyscript', import.meta.url))),
  '../binaryen',
)

const missing = missingToolchain()
/** In CI a missing toolchain is a failure, not a reason to skip. */
const skip = missing !== null && process.env.CI === undefined

const project = (files: Record<string, string>) => makeFolder({ 'Cargo.toml': CARGO_TOML, ...files })

describe('build of a Rust project', () => {
  afterEach(() => void vi.unstubAllEnvs())

  it('says which tool or target is missing, and the fix', async () => {
    vi.stubEnv('RUSTC', '/nowhere/rustc')
    const error = build({ ...site, dir: project({ 'src/lib.rs': '' }) })
    await expect(error).rejects.toMatchObject({
      code: 'TOOLCHAIN_MISSING',
      hint: expect.stringContaining('rustup'),
    })

    const sysroot = makeFolder({})
    vi.unstubAllEnvs()
    if (spawnSync('rustc', ['-V']).status !== 0) return
    vi.stubEnv('RUSTFLAGS', `--sysroot ${sysroot}`)
    expect(missingToolchain()).toMatchObject({
      code: 'TOOLCHAIN_MISSING',
      hint: 'Run `rustup target add wasm32-wasip2`.',
    })
  })

  it.skipIf(skip)(`compiles with cargo${skip ? ` (skipped: ${missing?.message})` : ''}`, async () => {
    const dir = project({ 'src/lib.rs': '#[unsafe(no_mangle)]\npub extern "C" fn unused() {}\n' })
    const { path, language, world } = await build({ ...site, dir })
    expect({ language, world }).toEqual({ language: 'rust', world: 'acme:site/renderer@0.1.0' })
    const component = await Component.compile(readFileSync(path))
    expect([...component.imports.keys()].every((name) => name.startsWith('wasi:'))).toBe(true)
    expect(readFileSync(path).includes(dir)).toBe(false)
  })

  it.skipIf(skip)("puts the author's file and line first in a compile error", async () => {
    const dir = project({
      'src/lib.rs': 'mod inner;\n',
      'src/inner.rs': '\n\npub fn f() -> u32 {\n    "text"\n}\n',
    })
    const error = build({ ...site, dir })
    await expect(error).rejects.toMatchObject({
      code: 'COMPILE_FAILED',
      message: 'src/inner.rs:4: mismatched types (E0308)',
      data: { file: 'src/inner.rs', line: 4, column: 5 },
    })
  })

  it.skipIf(skip)('says what is wrong with the crate itself', async () => {
    const noLibrary = makeFolder({ 'Cargo.toml': CARGO_TOML.replace('cdylib', 'rlib'), 'src/lib.rs': '' })
    await expect(build({ ...site, dir: noLibrary })).rejects.toMatchObject({
      code: 'COMPILE_FAILED',
      message: expect.stringContaining('crate-type = ["cdylib"]'),
    })
    const noManifest = makeFolder({ 'Cargo.toml': 'nonsense', 'src/lib.rs': '' })
    await expect(build({ ...site, dir: noManifest })).rejects.toMatchObject({ code: 'COMPILE_FAILED' })
  })

  /** Exports `go` of a world without a bindings generator, and with it everything that panics need. */
  const panics = (more: Record<string, string> = {}) =>
    project({
      'w.wit': 'package a:b; world w { export go: func(n: u32) -> u32; }',
      'build.rs': BUILD_RS,
      'src/lib.rs': PANICS,
      ...more,
    })

  it.skipIf(skip)('brings the message and the place of a panic to the application', async () => {
    const { path } = await build({ dir: panics(), name: 'panics', wit: 'w.wit' })
    for (const isolation of ['worker', 'inline'] as const) {
      await using host = await createHost()
      const plugin = await host.load(path, { isolation })
      const go = async (n: number) => (plugin.exports as UntypedExports).go(n)
      expect(await go(1)).toBe(2)
      const error = await go(7).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'GUEST_TRAP', data: { reason: 'unreachable' } })
      expect(String(error)).toContain('panicked at src/lib.rs:4:17:\n  seven is too many')
      expect(await go(2)).toBe(3)
      const bounds = await go(9).catch((thrown: unknown) => thrown)
      expect(String(bounds)).toMatch(/panicked at src\/lib\.rs:5:\d+:\n {2}index out of bounds/)
      expect(String(bounds)).not.toContain('seven')
    }
  })

  it.skipIf(skip)('gives equal bytes for equal input, wherever it is', async () => {
    const components = await Promise.all(
      [panics(), panics()].map(async (dir) => {
        const { path } = await build({ dir, name: 'panics', wit: 'w.wit' })
        const bytes = readFileSync(path)
        expect(bytes.includes(dir)).toBe(false)
        expect(bytes.includes(homedir())).toBe(false)
        return bytes
      }),
    )
    expect(components[0]!.equals(components[1]!)).toBe(true)
  })

  it.skipIf(skip)('is optimised with wasm-opt where the project has binaryen, and runs', async () => {
    const dir = panics({ 'package.json': '{}' })
    const messages: string[] = []
    const onProgress = ({ message }: { message: string }) => void messages.push(message)
    const settings = { dir, name: 'panics', wit: 'w.wit', onProgress } as const
    const plain = await build(settings)
    expect(messages).not.toContain('optimising with wasm-opt')
    mkdirSync(join(dir, 'node_modules'))
    symlinkSync(BINARYEN, join(dir, 'node_modules/binaryen'))
    const small = await build(settings)
    expect(messages).toContain('optimising with wasm-opt')
    expect(small.size).toBeLessThan(plain.size)
    await using host = await createHost()
    const plugin = await host.load(small.path)
    expect(await (plugin.exports as UntypedExports).go(4)).toBe(5)

    const before = readFileSync(small.path)
    messages.length = 0
    await build(settings)
    expect(readFileSync(small.path).equals(before)).toBe(true)
    await build({ ...settings, mode: 'debug' })
    expect(messages).not.toContain('optimising with wasm-opt')
  })

  it.skipIf(skip)('builds without a network after `cargo vendor`', async () => {
    const dir = panics({
      'Cargo.toml': `${CARGO_TOML}[dependencies]\ncfg-if = "=1.0.4"\n`,
      'src/lib.rs': `cfg_if::cfg_if! { if #[cfg(unix)] {} else {} }\n${PANICS}`,
    })
    const vendored = spawnSync('cargo', ['vendor', '--quiet'], { cwd: dir, encoding: 'utf8' })
    expect(vendored.stderr).toBe('')
    mkdirSync(join(dir, '.cargo'))
    // As `cargo vendor` prints it, unless this machine has a mirror.
    writeFileSync(
      join(dir, '.cargo/config.toml'),
      '[source.crates-io]\nreplace-with = "vendored"\n[source.vendored]\ndirectory = "vendor"\n',
    )
    vi.stubEnv('CARGO_HOME', makeFolder({}))
    vi.stubEnv('CARGO_NET_OFFLINE', 'true')
    const { size } = await build({ dir, name: 'panics', wit: 'w.wit' })
    expect(size).toBeGreaterThan(0)
  })

  it.skipIf(skip)('takes metadata of the component from Cargo.toml', async () => {
    const more =
      'authors = ["Ada <ada@example.com>", "Grace"]\nlicense = "MIT"\nrepository = "https://example.com/r"\n'
    const dir = panics({ 'Cargo.toml': CARGO_TOML.replace('[lib]', `${more}[lib]`) })
    const { path } = await build({ dir, name: 'panics', wit: 'w.wit', metadata: { version: '3.0.0' } })
    const component = decodeComponent(readFileSync(path))
    expect(readMetadata(component)).toEqual({
      version: '3.0.0',
      authors: 'Ada <ada@example.com>, Grace',
      licenses: 'MIT',
      source: 'https://example.com/r',
    })
    const tools = [...readProducers(component).values()].flat().map(({ name }) => name)
    expect(tools).toEqual(expect.arrayContaining(['Rust', 'rustc', 'wasm-plugin']))
  })
})
