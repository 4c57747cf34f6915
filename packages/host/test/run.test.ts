// On every Node: streams of programs, and how they end.
import { fileURLToPath } from 'node:url'
import { createHost, type LogEvent, type Plugin, type RunOptions } from '@wasm-plugin/host'
import { describe, expect, it, onTestFinished } from 'vitest'
import { attack } from './helpers/attack.js'
import { assemble } from './helpers/guests.js'
import { noRust } from './helpers/server.js'

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const C = at('guests/preview1/dist/preview1.wasm')
const RUST = at('guests/cgi/dist/cgi.wasm')
const limits = { timeoutMs: 60_000, startMs: 60_000 }

async function load(source: string | Uint8Array, options = {}) {
  const host = await createHost({ limits })
  onTestFinished(() => host.close())
  return { host, plugin: await host.load(source, options) }
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

async function outcome(plugin: Plugin, options: RunOptions) {
  const { exitCode, stdout, stderr } = await plugin.run(options).output()
  return { exitCode, stdout: text(stdout), stderr: text(stderr) }
}

/** A program of preview 1: `$write` and `$read` move the bytes at 64, `$exit` ends it. */
const program = (body: string) =>
  assemble(`(module
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 32)
    (func $write (param $fd i32) (param $bytes i32) (result i32)
      (i32.store (i32.const 0) (i32.const 64))
      (i32.store (i32.const 4) (local.get $bytes))
      (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
    (func (export "_start") ${body}))`)

describe('a program that is run', () => {
  it('gets arguments, variables and input of its own, and its exit code is an answer', async () => {
    const grants = {
      args: ['granted'],
      env: { GREETING: 'granted', OTHER: 'kept' },
      stdio: { stdin: 'env OTHER\n' },
    }
    const { host, plugin } = await load(C, { grants })
    const faults: unknown[] = []
    host.on('fault', (event) => faults.push(event))
    expect(
      await outcome(plugin, { env: { GREETING: 'hi' }, stdin: 'env GREETING\nenv OTHER\nexit 3\n' }),
    ).toEqual({
      exitCode: 3,
      stdout: 'args = granted\nvariables = 2\nenv GREETING  = hi\nenv OTHER  = kept\nexit 3  = ',
      stderr: '',
    })
    const stdoutOf = async (options: RunOptions) => (await outcome(plugin, options)).stdout
    expect(await stdoutOf({})).toBe('args = granted\nvariables = 2\nenv OTHER  = kept\n')
    expect(await stdoutOf({ stdin: 'env GREETING\n' })).toMatch(/GREETING {2}= granted\n$/)
    expect(await stdoutOf({ args: ['a', 'b c'], env: { NEW: 'x' }, stdin: null })).toBe(
      'args = a b c\nvariables = 3\n',
    )
    expect(faults).toEqual([])
    expect(plugin.stats).toMatchObject({ calls: 4, failures: 0 })
  })

  it('ends with what it exits with, in a core module', async () => {
    const { plugin } = await load(await program('(call $exit (i32.const 0x1ff))'))
    expect((await plugin.run().output()).exitCode).toBe(255)
    const { plugin: silent } = await load(await program(''))
    expect((await silent.run().output()).exitCode).toBe(0)
  })

  it('reads and writes bytes, as many at a time as there are', async () => {
    const { plugin } = await load(
      await program(`(local $read i32)
        (loop $again
          (i32.store (i32.const 0) (i32.const 64))
          (i32.store (i32.const 4) (i32.const 100000))
          (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
          (local.set $read (i32.load (i32.const 8)))
          (if (local.get $read) (then
            (drop (call $write (i32.const 1) (local.get $read)))
            (drop (call $write (i32.const 2) (i32.const 1)))
            (br $again))))`),
    )
    const sent = Uint8Array.from({ length: 3_000_001 }, (_, i) => (i * 7) % 251)
    let asked = 0
    const pieces = async function* () {
      for (let from = 0; from < sent.length; from += 10_000) {
        asked++
        yield sent.subarray(from, from + 10_000)
      }
    }
    for (const stdin of [sent, pieces()]) {
      const { exitCode, stdout, stderr } = await plugin.run({ stdin }).output()
      expect(exitCode).toBe(0)
      expect(Buffer.compare(stdout, sent)).toBe(0)
      expect(stderr.every((byte, i) => i > 0 || byte === sent[0])).toBe(true)
    }
    expect(asked).toBe(301)
  })

  it('waits for whoever reads what it writes', async () => {
    let asked = 0
    const endless = async function* () {
      for (;;) {
        asked++
        yield new Uint8Array(10_000)
      }
    }
    const { plugin } = await load(
      await program(`(loop $again
        (i32.store (i32.const 0) (i32.const 64))
        (i32.store (i32.const 4) (i32.const 10000))
        (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (br_if $again (i32.eqz (call $write (i32.const 1) (i32.load (i32.const 8))))))`),
    )
    const run = plugin.run({ stdin: endless() })
    let taken = 0
    for await (const { length } of run.stdout) {
      taken += length
      // What is under way is no more than the windows of both sides and a piece.
      expect(asked * 10_000 - taken).toBeLessThan(1_000_000)
      if (taken > 3_000_000) break
    }
    run.kill()
    await expect(run.exitCode).rejects.toMatchObject({ code: 'CALL_ABORTED' })
  })

  it('goes on when nobody reads its output any more', async () => {
    const { plugin } = await load(
      await program(`(local $left i32) (local.set $left (i32.const 100))
        (loop $again
          (if (call $write (i32.const 1) (i32.const 30000)) (then (call $exit (i32.const 9))))
          (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
        (call $exit (i32.const 4))`),
    )
    const run = plugin.run()
    for await (const _ of run.stdout) break
    expect(await run.exitCode).toBe(4)
  })

  it('has its errors in the log where it is to', async () => {
    const { host, plugin } = await load(
      await program(
        '(i32.store8 (i32.const 64) (i32.const 0x21)) (drop (call $write (i32.const 2) (i32.const 1)))',
      ),
    )
    const lines: LogEvent[] = []
    host.on('log', (event) => lines.push(event))
    expect((await plugin.run({ stderr: 'log' }).output()).stderr).toEqual(new Uint8Array())
    expect(lines).toMatchObject([{ stream: 'stderr', message: '!' }])
    expect(text((await plugin.run().output()).stderr)).toBe('!')
    expect(lines).toHaveLength(1)
  })

  it('is ended by its deadline, by a signal, and by its own faults, and the next one runs', async () => {
    const { plugin } = await load(
      await program('(drop (call $write (i32.const 1) (i32.const 3))) (loop $on (br $on))'),
      { limits: { timeoutMs: 300, startMs: 60_000 } },
    )
    await expect(plugin.run().exitCode).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    await expect(plugin.run({ timeoutMs: 100 }).output()).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    const abort = new AbortController()
    const run = plugin.run({ signal: abort.signal, timeoutMs: 60_000 })
    abort.abort()
    await expect(run.exitCode).rejects.toMatchObject({ code: 'CALL_ABORTED' })
    const trapping = await load(
      await program('(drop (call $write (i32.const 1) (i32.const 3))) (unreachable)'),
    )
    const trapped = trapping.plugin.run()
    await expect(trapped.exitCode).rejects.toMatchObject({ code: 'GUEST_TRAP' })
    const read = async () => {
      let bytes = 0
      for await (const { length } of trapped.stdout) bytes += length
      return bytes
    }
    await expect(read()).rejects.toMatchObject({ code: 'GUEST_TRAP' })
  })

  it('is a program, in a thread or a process, and is given what programs take', async () => {
    const { host, plugin } = await load(C)
    const reactor = await host.load(
      await assemble(`(module (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
        (memory (export "memory") 1) (func (export "add") (param i32) (result i32) (local.get 0)))`),
      { name: 'reactor' },
    )
    await expect(reactor.run().exitCode).rejects.toMatchObject({ code: 'PROGRAM_MISSING' })
    const inline = await host.load(C, { name: 'inline', isolation: 'inline', limits: { fuel: 1_000_000 } })
    expect(() => inline.run()).toThrow(expect.objectContaining({ code: 'PROGRAM_NEEDS_THREAD' }))
    const wrong: unknown[] = [
      { args: ['a\0b'] },
      { args: 'all' },
      { env: { 'A=B': 'c' } },
      { env: { '': 'c' } },
      { env: { A: 'b\0' } },
      { env: { A: 1 } },
      { stdin: 7 },
      { stderr: 'both' },
      { stdout: 'log' },
      { args: ['x'.repeat(2_000_000)] },
    ]
    for (const options of wrong)
      expect(() => plugin.run(options as RunOptions)).toThrow(
        expect.objectContaining({ code: 'OPTIONS_INVALID' }),
      )
  })

  it.skipIf(noRust)('is a component that exports wasi:cli/run', async () => {
    const { plugin } = await load(RUST, { pool: { instances: 2 } })
    const ask = (info: string, options: RunOptions = {}) =>
      outcome(plugin, { env: { PATH_INFO: info }, stdin: null, ...options })
    expect((await ask('/args', { args: ['a', 'b c'] })).stdout).toBe(
      'Content-Type: text/plain; charset=utf-8\n\na\nb c\n',
    )
    expect((await ask('/echo', { stdin: 'sent' })).stdout).toMatch(/\n\nsent$/)
    // WASI 0.2 has no other status that is not 0.
    expect(await ask('/exit/7')).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/before the end\n$/),
    })
    const { stdout } = await ask('/large/2000')
    expect(stdout.length).toBeGreaterThan(2_000_000)
    await expect(ask('/panic')).rejects.toMatchObject({
      code: 'GUEST_TRAP',
      message: expect.stringContaining('as it was asked to'),
    })
    const many = await Promise.all(
      Array.from({ length: 20 }, (_, i) => ask('/env', { env: { PATH_INFO: '/env', I: `${i}` } })),
    )
    expect(many.map(({ stdout }) => /^I=(\d+)$/m.exec(stdout)?.[1])).toEqual(many.map((_, i) => `${i}`))
  })

  attack(
    'F70',
    'A program writes without end to a stream that nobody reads, or to one that is collected',
    'it waits, and is ended at its deadline, or once it has written more than was asked for; nothing is kept of what it wrote beside a window',
    async () => {
      const { plugin } = await load(
        await program('(loop $on (drop (call $write (i32.const 1) (i32.const 1000000))) (br $on))'),
      )
      await expect(plugin.run({ timeoutMs: 500 }).exitCode).rejects.toMatchObject({
        code: 'DEADLINE_EXCEEDED',
      })
      await expect(plugin.run().output({ maxBytes: 5_000_000 })).rejects.toMatchObject({
        code: 'OUTPUT_TOO_LARGE',
      })
      const before = process.memoryUsage.rss()
      await expect(plugin.run({ timeoutMs: 1_000 }).exitCode).rejects.toMatchObject({
        code: 'DEADLINE_EXCEEDED',
      })
      expect(process.memoryUsage.rss() - before).toBeLessThan(200 << 20)
    },
  )
})
