import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Component } from '@wasm-plugin/runtime'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { missingToolchain } from '../../src/build/rust/target.js'
import { build } from '../../src/index.js'
import { makeFolder, WIT_DIR } from '../support/project.js'

const CARGO_TOML =
  '[package]\nname = "tiny"\nversion = "0.1.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n'
const site = { name: 'tiny', wit: `${WIT_DIR}acme-site/v0.1`, world: 'renderer', mode: 'debug' } as const

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
})
