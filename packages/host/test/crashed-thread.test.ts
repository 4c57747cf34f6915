import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
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

it('tells of a thread that cannot start any more, since its package was removed meanwhile', async () => {
  const dir = installed()
  const { createHost } = await import(pathToFileURL(path.join(dir, 'dist/index.js')).href)
  const host = await createHost()
  const answers = await assemble(`(component
    (core module $m (func (export "f") (result i32) i32.const 7))
    (core instance $i (instantiate $m))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))`)
  const first = await host.load(answers, { name: 'first' })
  expect(await first.call('f')).toBe(7)

  rmSync(path.join(dir, 'dist/thread.cjs'))
  await expect(host.load(answers, { name: 'second' })).rejects.toMatchObject({
    code: 'WORKER_CRASHED',
    origin: 'host',
    plugin: 'second',
    message: expect.stringContaining('Cannot find module'),
  })
  expect(await first.call('f')).toBe(7)
  await host.close()
})
