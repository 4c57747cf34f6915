// On every Node: what V8 takes of code that was kept.
import { execFile } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Script } from 'node:vm'
import { beforeEach, describe, expect, it } from 'vitest'
import { attack } from '../helpers/attack.js'
import { assemble } from '../helpers/guests.js'
import { tempDir } from '../helpers/wasi.js'

const PROGRAM = fileURLToPath(new URL('../helpers/code-child.mjs', import.meta.url))

let home: string
let folder: string
let plugin: string

beforeEach(async () => {
  home = tempDir()
  folder = join(home, 'code')
  plugin = join(home, 'one.wasm')
  writeFileSync(
    plugin,
    await assemble(`(component
      (core module $m (func (export "one") (result i32) (i32.const 1)))
      (core instance $i (instantiate $m))
      (func (export "one") (result u32) (canon lift (core func $i "one"))))`),
  )
})

/** What a process prints that loads the plugin in a thread. */
async function run(cache = folder): Promise<string> {
  const env = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    APPDATA: join(home, 'config'),
    WASM_PLUGIN_CODE_CACHE: cache,
  }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [PROGRAM, plugin], { env })
  return `${stdout}${stderr}`.trim()
}

/** The file of the cache, after a first run. */
async function kept(): Promise<string> {
  expect(await run()).toBe('1')
  const [name = '', ...more] = readdirSync(folder)
  expect(more).toEqual([])
  return join(folder, name)
}

const keyFile = () => join(home, 'config/wasm-plugin/code.key')

const signed = (file: string, code: Uint8Array, key: Uint8Array = readFileSync(keyFile())) =>
  Buffer.concat([createHmac('sha256', key).update(basename(file)).update(code).digest(), code])

const isWhole = (file: string) => {
  const bytes = readFileSync(file)
  return signed(file, bytes.subarray(32)).equals(bytes)
}

describe('the code of threads that is kept between processes', () => {
  it('is one file of the user, which the next process takes as it is', async () => {
    const file = await kept()
    const { ino, mode } = lstatSync(file)
    expect(isWhole(file)).toBe(true)
    expect(mode & 0o777).toBe(0o600)
    expect(lstatSync(keyFile()).mode & 0o777).toBe(0o600)
    expect(lstatSync(folder).mode & 0o777).toBe(0o700)
    expect(await run()).toBe('1')
    expect(lstatSync(file).ino).toBe(ino)
  })

  const DAMAGE: [string, (file: string) => void][] = [
    ['has another byte', (file) => writeAt(file, 4_000, [readFileSync(file)[4_000]! ^ 1])],
    ['is cut', (file) => truncateSync(file, 10_000)],
    ['is empty', (file) => truncateSync(file, 0)],
    ['is no code, and signed', (file) => writeSigned(file, Buffer.alloc(50_000, 7))],
    ['is of another engine', (file) => writeSigned(file, otherEngine(codeOf(file)))],
    ['is that of another script', (file) => writeFileSync(file, signed('other.bin', codeOf(file)))],
    ['is signed with a key that is gone', () => rmSync(keyFile())],
    ['is signed with a key that others can write', () => chmodSync(keyFile(), 0o622)],
    ['can be written by others', (file) => chmodSync(file, 0o620)],
    [
      'is a link',
      (file) => {
        renameSync(file, `${folder}.elsewhere`)
        symlinkSync(`${folder}.elsewhere`, file)
      },
    ],
  ]

  it.each(DAMAGE)('is passed over and made anew where it %s', async (_, damage) => {
    const file = await kept()
    damage(file)
    // A file of the same number would be taken for the same: it is held meanwhile.
    linkSync(file, `${folder}.before`)
    const { ino } = lstatSync(file)
    expect(await run()).toBe('1')
    expect(lstatSync(file).ino).not.toBe(ino)
    expect(lstatSync(file).isFile()).toBe(true)
    expect(isWhole(file)).toBe(true)
  })

  it.skipIf(process.getuid?.() !== 0)('is passed over where it is of another user (needs root)', async () => {
    const file = await kept()
    chownSync(file, 12_345, 12_345)
    expect(await run()).toBe('1')
    expect(lstatSync(file).uid).toBe(0)
  })

  it('is not kept where that cannot be, or may not', async () => {
    writeFileSync(folder, 'no folder')
    expect(await run()).toBe('1')
    expect(readFileSync(folder, 'utf8')).toBe('no folder')
    rmSync(folder)
    expect(await run('off')).toBe('1')
    expect(existsSync(folder)).toBe(false)
  })

  attack(
    'E142',
    'Writes code of its own to the cache folder of the user, which its grants let it write to, for threads that start later',
    'no process takes it: what is kept is signed with a key that lies elsewhere',
    async () => {
      const file = await kept()
      const script = readFileSync(new URL('../../dist/thread.cjs', import.meta.url), 'utf8')
      // V8 itself only looks whether the source is as long.
      const evil = 'console.error("taken over");'.padEnd(script.length)
      const code = new Script(evil).createCachedData()
      expect(new Script(script, { cachedData: code }).cachedDataRejected).toBe(false)
      const digest = createHash('sha256').update(code).digest()
      for (const content of [
        Buffer.concat([digest, code]),
        signed(file, code, Buffer.alloc(32)),
        signed(file, code, new Uint8Array()),
        Buffer.concat([readFileSync(file).subarray(0, 32), code]),
      ]) {
        writeFileSync(file, content)
        expect(await run()).toBe('1')
        expect(isWhole(file)).toBe(true)
      }
    },
  )

  it('goes when it is old, other files stay', async () => {
    const file = await kept()
    const others = Array.from({ length: 10 }, (_, i) => `${String(i).repeat(64)}.bin`)
    for (const name of others) writeFileSync(join(folder, name), '')
    writeFileSync(join(folder, 'mine.txt'), '')
    rmSync(file)
    expect(await run()).toBe('1')
    const left = readdirSync(folder)
    expect(left).toContain('mine.txt')
    expect(existsSync(file)).toBe(true)
    expect(left.length).toBe(9)
  })
})

function writeAt(file: string, at: number, bytes: number[]): void {
  const content = readFileSync(file)
  content.set(bytes, at)
  writeFileSync(file, content)
}

function writeSigned(file: string, code: Uint8Array): void {
  writeFileSync(file, signed(file, code))
}

function codeOf(file: string): Buffer {
  return readFileSync(file).subarray(32)
}

/** V8's own check of what made it is in the first words. */
function otherEngine(code: Buffer): Buffer {
  return Buffer.concat([code.subarray(0, 4), Buffer.from([code[4]! ^ 0xff]), code.subarray(5)])
}
