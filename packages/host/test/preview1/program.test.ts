// On every Node: files, and how a program ends.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createHost, type GrantsInput, type Host, type LogEvent } from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assemble } from '../helpers/guests.js'
import { tempDir } from '../helpers/wasi.js'

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const PROGRAM = at('../guests/preview1/dist/preview1.wasm')

const STEPS = `list /data
read /data/hello.txt
stat /data/hello.txt
stat /data/sub
stat /data/missing
make /data/new.txt made
make /data/new.txt again
append /data/new.txt -more
read /data/new.txt
write /data/new.txt x
read /data/new.txt
seek /data/hello.txt
read /data/hello.txt
times /data/hello.txt
truncate /data/hello.txt 2
read /data/hello.txt
mkdir /data/dir
mkdir /data/dir
rename /data/new.txt /data/dir/moved
list /data/dir
rmdir /data/dir
link /data/hello.txt /data/second
stat /data/second
symlink hello.txt /data/sym
lstat /data/sym
stat /data/sym
readlink /data/sym
read /data/sym
list /data
unlink /data/sym
unlink /data/dir/moved
rmdir /data/dir
unlink /data/missing
list /data/sub
read /outside
env GREETING
env PATH
sleep 20
random
wall
close 77
exit 3
`

function tree(): string {
  const dir = tempDir()
  mkdirSync(path.join(dir, 'sub'))
  writeFileSync(path.join(dir, 'hello.txt'), 'hello')
  // More than one buffer of the C library holds.
  for (let i = 0; i < 300; i++) writeFileSync(path.join(dir, 'sub', `a-file-of-many-${i}`), '')
  return dir
}

/** Node's WASI leaves out what every directory has, which the one of `wasmtime` and POSIX have. */
const withDots = (line: string) =>
  line.replace(/^(list .* = )(\d+):/, (_, before, count) => `${before}${Number(count) + 2}: ../ ./`)

let host: Host
const lines: string[] = []

beforeEach(async () => {
  lines.length = 0
  host = await createHost()
  host.on('log', ({ message }: LogEvent) => lines.push(message))
})
afterEach(() => host.close())

const given = (dir: string, stdin = STEPS, access: 'read' | 'read-write' = 'read-write') =>
  ({
    args: ['program', '--flag'],
    env: { GREETING: 'hi' },
    fs: [{ path: dir, at: '/data', access }],
    stdio: { stdin },
  }) satisfies GrantsInput

describe('a program of WASI preview 1', () => {
  it('does what it does in Node, and ends with the same status', async () => {
    const oracle = spawnSync(
      process.execPath,
      [
        '--no-warnings',
        at('../helpers/node-wasi.mjs'),
        PROGRAM,
        JSON.stringify({
          args: ['program', '--flag'],
          env: { GREETING: 'hi' },
          preopens: { '/data': tree() },
        }),
      ],
      { input: STEPS, encoding: 'utf8' },
    )
    const plugin = await host.load(PROGRAM, { grants: given(tree()) })
    await expect(plugin.call('wasi:cli/run#run', [])).rejects.toMatchObject({
      code: 'PLUGIN_EXITED',
      data: { status: oracle.status },
    })
    expect(oracle.status).toBe(3)
    expect(lines.map((line) => line.trim())).toEqual(
      oracle.stdout
        .trim()
        .split('\n')
        .map((line) => withDots(line).trim()),
    )
  })

  it('starts afresh each time, in a thread and inline', async () => {
    const grants = given(tree(), 'read /data/hello.txt\nmkdir /data/once\n')
    for (const isolation of ['worker', 'inline'] as const) {
      const plugin = await host.load(PROGRAM, {
        isolation,
        grants,
        name: isolation,
        ...(isolation === 'inline' ? { limits: { fuel: 100_000_000 } } : {}),
      })
      for (let run = 0; run < 3; run++) await plugin.call('wasi:cli/run#run', [])
    }
    const runs = lines.filter((line) => line.startsWith('read'))
    expect(runs).toEqual(Array.from({ length: 6 }, () => 'read /data/hello.txt  = 5 hello'))
    expect(lines.filter((line) => line.startsWith('mkdir')).map((line) => line.at(-1))).toEqual([...'0sssss'])
  })

  it('that exits with 0 ends well, as one does that returns', async () => {
    const faults: unknown[] = []
    host.on('fault', (event) => faults.push(event))
    const exiting = (status: number) =>
      assemble(`(module
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (func (export "_start") (call $exit (i32.const ${status}))))`)
    for (const isolation of ['worker', 'inline'] as const) {
      const limits = isolation === 'inline' ? { limits: { fuel: 1_000_000 } } : {}
      const well = await host.load(await exiting(0), { isolation, name: `${isolation} 0`, ...limits })
      for (let run = 0; run < 3; run++) expect(await well.call('wasi:cli/run#run', [])).toBeUndefined()
      expect(faults).toEqual([])
      const badly = await host.load(await exiting(7), { isolation, name: `${isolation} 7`, ...limits })
      const failed = async () => await badly.call('wasi:cli/run#run', [])
      await expect(failed()).rejects.toMatchObject({ code: 'PLUGIN_EXITED', data: { status: 7 } })
      expect(faults.splice(0)).toHaveLength(1)
    }
  })

  it('gets what was granted, and every denial is heard of', async () => {
    const denied: string[] = []
    host.on('denied', ({ operation, target }) => denied.push(`${operation} ${target}`))
    const steps = 'read /data/hello.txt\nwrite /data/hello.txt no\nread /data/../secret\nread /etc/passwd\n'
    const plugin = await host.load(PROGRAM, { grants: given(tree(), steps, 'read') })
    await plugin.call('wasi:cli/run#run', [])
    expect(lines.slice(2)).toEqual([
      'read /data/hello.txt  = 5 hello',
      'write /data/hello.txt no = !Read-only file system',
      'read /data/../secret  = !Operation not permitted',
      'read /etc/passwd  = !No such file or directory',
    ])
    expect(denied).toEqual(['create /data/hello.txt', 'open /data/../secret'])
  })

  it('is looked at before it is loaded as any plugin is', async () => {
    const { exports, imports } = await host.inspect(PROGRAM)
    expect(JSON.stringify(exports)).toContain('wasi:cli/run@0.2.0')
    expect(JSON.stringify(imports)).toContain('wasi-snapshot-preview1')
  })
})
