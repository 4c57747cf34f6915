// On every Node: what it loads by itself.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { assemble } from '../helpers/guests.js'
import { tempDir } from '../helpers/wasi.js'

const PROGRAM = fileURLToPath(new URL('../helpers/modules-child.mjs', import.meta.url))
const NETWORK = ['child_process', 'dgram', 'dns', 'dns/promises', 'http', 'https', 'net', 'tls']

it.each(['inline', 'worker'])('a plugin that has no network loads nothing of it (%s)', async (isolation) => {
  const file = join(tempDir(), 'one.wasm')
  writeFileSync(
    file,
    await assemble(`(component
      (core module $m (func (export "one") (result i32) (i32.const 1)))
      (core instance $i (instantiate $m))
      (func (export "one") (result u32) (canon lift (core func $i "one"))))`),
  )
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, file, isolation])
  const loaded: string[] = JSON.parse(stdout)
  expect(NETWORK.filter((name) => loaded.includes(`NativeModule ${name}`))).toEqual([])
})
