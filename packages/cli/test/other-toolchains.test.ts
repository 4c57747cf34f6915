import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { createHost, type UntypedExports } from '@wasm-plugin/host'
import { assembleWat } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { runCli, runJson } from './helpers/run-cli.js'
import { tempDir } from './helpers/temp-dir.js'

/** Constants that add, as the linkers of Python's and Go's tools write them. */
const COMPUTES = `(component
  (import "wasi:cli/stdout@0.2.3" (instance)) (import "wasi:io/error@0.2.3" (instance))
  (core module $m (global (export "g") i32 (i32.const 3)))
  (core module $n (import "m" "g" (global i32)) (global $x i32 (i32.add (global.get 0) (i32.const 4)))
    (func (export "f") (result i32) (global.get $x)))
  (core instance $i (instantiate $m))
  (core instance $j (instantiate $n (with "m" (instance $i))))
  (func (export "f") (result u32) (canon lift (core func $j "f"))))`

/** An exception in its final form, which Node 20 does not know. */
const CATCHING = `(tag $t) (func (export "f") (result i32)
  (block $b (try_table (catch $t $b) (throw $t))) (i32.const 7))`
const CATCHES = `(component (core module $m ${CATCHING})
  (core instance $i (instantiate $m)) (func (export "f") (result u32) (canon lift (core func $i "f"))))`

const folderWith = (files: Record<string, string>) => {
  const cwd = tempDir()
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(cwd, name), text)
  return { cwd }
}

describe('a component of another toolchain', () => {
  it('may have constants that add, in a thread and inline', async () => {
    const ran = await runCli(['run', 'c.wat', 'f'], folderWith({ 'c.wat': COMPUTES }))
    expect(ran).toMatchObject({ exitCode: 0, stdout: '7\n' })
    for (const isolation of ['worker', 'inline'] as const) {
      await using host = await createHost()
      const plugin = await host.load(await assembleWat(COMPUTES), { isolation })
      expect(await (plugin.exports as UntypedExports).f()).toBe(7)
    }
  })

  it('is compared in one note for all that its tools add of WASI', async () => {
    const world = folderWith({
      'c.wat': COMPUTES,
      'w.wit': 'package a:b; world w { export f: func() -> u32; }',
    })
    const { stdout, exitCode } = await runCli(['validate', 'c.wat', '--wit', 'w.wit'], world)
    expect(exitCode).toBe(0)
    expect(stdout.match(/note/g)).toHaveLength(1)
    expect(stdout).toContain('imports 2 interfaces of WASI beside its world')
    expect(stdout).toContain('  cli/stdout, io/error\n')
  })

  it('is compiled by `validate` and `inspect`, which say what this Node does not run', async () => {
    const world = folderWith({
      'c.wat': CATCHES,
      'w.wit': 'package a:b; world w { export f: func() -> u32; }',
    })
    const validated = await runJson(['validate', 'c.wat', '--wit', 'w.wit'], world)
    const inspected = await runJson(['inspect', 'c.wat'], world)
    const { WebAssembly: engine } = globalThis as unknown as {
      WebAssembly: { validate(bytes: Uint8Array): boolean }
    }
    const runs = engine.validate(await assembleWat(`(module ${CATCHING})`))
    expect(validated.document.result.fits).toBe(runs)
    for (const { document } of [validated, inspected]) expect(document.result.engine === null).toBe(runs)
    const { stdout } = await runCli(['inspect', 'c.wat'], world)
    if (!runs) expect(stdout).toContain(`Node ${process.versions.node} does not compile it`)
  })

  it('shows its resources by the names that it exports them under', async () => {
    const text = `(component (import "x:y/t" (instance (export "r" (type (sub resource))) (export "a" (type (eq 0))))))`
    const { document } = await runJson(['inspect', 'c.wat'], folderWith({ 'c.wat': text }))
    expect(document.result.imports[0].types).toEqual(['resource r', 'type a = r'])
  })
})

describe("WebAssembly's text format", () => {
  it('is refused with line and column', async () => {
    const { document, exitCode } = await runJson(
      ['inspect', 'c.wat'],
      folderWith({ 'c.wat': ';; a comment\n(component\n  (func (expo "x")))' }),
    )
    expect(exitCode).toBe(1)
    expect(document.error).toMatchObject({
      code: 'WAT_SYNTAX',
      message: expect.stringContaining('c.wat:3:10: '),
    })
    await expect(assembleWat('(module (func (unknown)))')).rejects.toMatchObject({
      code: 'WAT_SYNTAX',
      data: { line: 1, column: 16 },
    })
  })
})
