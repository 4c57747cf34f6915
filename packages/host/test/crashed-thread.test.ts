import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Host } from '@wasm-plugin/host'
import { expect, it, onTestFinished } from 'vitest'
import { assemble } from './helpers/guests.js'

const PACKAGE = fileURLToPath(new URL('../', import.meta.url))

/** The package as npm would have it somewhere else. */
function installed(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'wasm-plugin-host-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  for (const name of ['dist', 'package.json'])
    cpSync(path.join(PACKAGE, name), path.join(dir, name), { recursive: true })
  symlinkSync(path.join(PACKAGE, 'node_modules'), path.join(dir, 'node_modules'))
  return dir
}

const answers = assemble(`(component
  (core module $m (func (export "f") (result i32) i32.const 7))
  (core instance $i (instantiate $m))
  (func (export "f") (result u32) (canon lift (core func $i "f"))))`)

/** A host of the package in `dir`. */
async function hostOf(dir: string): Promise<Host> {
  const { createHost } = await import(pathToFileURL(path.join(dir, 'dist/index.js')).href)
  const host = await createHost()
  onTestFinished(() => host.close())
  return host
}

it('starts threads after its package was removed, since an application may be updated while it runs', async () => {
  const dir = installed()
  const host = await hostOf(dir)
  const first = await host.load(await answers, { name: 'first' })
  expect(await first.call('f')).toBe(7)
  rmSync(path.join(dir, 'dist/thread.cjs'))
  const second = await host.load(await answers, { name: 'second' })
  expect(await second.call('f')).toBe(7)
  expect(await first.call('f')).toBe(7)
})

it('tells of a thread that cannot start, since its package was damaged', async () => {
  const dir = installed()
  writeFileSync(path.join(dir, 'dist/thread.cjs'), 'throw new Error("a damaged file")')
  const host = await hostOf(dir)
  await expect(host.load(await answers, { name: 'first' })).rejects.toMatchObject({
    code: 'WORKER_CRASHED',
    origin: 'host',
    plugin: 'first',
    message: expect.stringContaining('a damaged file'),
  })
})
