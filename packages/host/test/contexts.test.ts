// On every Node: Node 20 has symbols that a context of `node:vm` does not have.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { assemble } from './helpers/guests.js'

const PLUGIN = `(component
  (core module $counter
    (global $dropped (mut i32) (i32.const 0))
    (func (export "drop") (param i32) (global.set $dropped (i32.add (global.get $dropped) (i32.const 1))))
    (func (export "dropped") (result i32) (global.get $dropped))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
  (core instance $c (instantiate $counter))
  (alias core export $c "drop" (core func $drop))
  (type $item' (resource (rep i32) (dtor (core func $drop))))
  (core func $new (canon resource.new $item'))
  (core module $m (import "env" "new" (func $new (param i32) (result i32)))
    (func (export "make") (result i32) (call $new (i32.const 7))))
  (core instance $i (instantiate $m (with "env" (instance (export "new" (func $new))))))
  (export $item "item" (type $item'))
  (func (export "[constructor]item") (result (own $item)) (canon lift (core func $i "make")))
  (func (export "dropped") (result u32) (canon lift (core func $c "dropped")))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $c "add"))))`

it('loads and calls plugins in a context without `Symbol.dispose`, as test runners make one', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'contexts-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  const component = join(dir, 'plugin.wasm')
  await writeFile(component, await assemble(PLUGIN))
  const child = fileURLToPath(new URL('./helpers/vm-child.mjs', import.meta.url))
  const host = import.meta.resolve('@wasm-plugin/host')
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--experimental-vm-modules',
    '--no-warnings',
    child,
    host,
    component,
  ])
  const [, ...answers] = JSON.parse(stdout)
  expect(answers).toEqual([3, 1, 3, 1])
})
