// Streams of programs that are not as they should be.
import { createHost, type Plugin } from '@wasm-plugin/host'
import { describe, expect, it, onTestFinished } from 'vitest'
import { attack } from './helpers/attack.js'
import { assemble } from './helpers/guests.js'

const limits = { timeoutMs: 60_000, startMs: 60_000 }

async function load(source: Uint8Array, options = {}) {
  const host = await createHost({ limits })
  onTestFinished(() => host.close())
  return { host, plugin: await host.load(source, options) }
}

/** Writes what it reads, and takes a failure of its input for the end of it. */
const ECHO = `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 4)
  (func (export "_start")
    (loop $again
      (i32.store (i32.const 0) (i32.const 64))
      (i32.store (i32.const 4) (i32.const 100000))
      (if (i32.eqz (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))) (then
        (if (i32.load (i32.const 8)) (then
          (i32.store (i32.const 4) (i32.load (i32.const 8)))
          (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
          (br $again))))))))`

/** Writes without end, whatever comes of it. */
const ENDLESS = `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 4)
  (func (export "_start")
    (i32.store (i32.const 4) (i32.const 60000))
    (loop $on (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))) (br $on))))`

/** Writes 60000 bytes at a time until it hears that nobody takes them, and ends well then. */
const UNTIL_REFUSED = ENDLESS.replace('(drop (call $write', '(br_if $on (i32.eqz (call $write').replace(
  ') (br $on)',
  '))',
)

/** Writes to both streams in bits, and never comes back. */
const SAYS_AND_SPINS = `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "\\20\\00\\00\\00\\03\\00\\00\\00")
  (data (i32.const 32) "on ")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 8)))
    (drop (call $write (i32.const 2) (i32.const 16) (i32.const 1) (i32.const 8)))
    (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 8)))
    (loop $on (br $on))))`

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const bytes = (content: string) => new TextEncoder().encode(content)

describe('the output of a program', () => {
  for (const isolation of ['worker', 'process'] as const)
    it(`is there while it computes, and when it is ended: in a ${isolation}`, async () => {
      const { plugin } = await load(await assemble(SAYS_AND_SPINS), { isolation })
      const run = plugin.run()
      const read = async (stream: 'stdout' | 'stderr', enough: number) => {
        let said = ''
        for await (const piece of run[stream]) {
          said += text(piece)
          if (said.length === enough) return said
        }
        return said
      }
      expect(await Promise.all([read('stdout', 6), read('stderr', 3)])).toEqual(['on on ', 'on '])
      run.kill()
      await expect(run.exitCode).rejects.toMatchObject({ code: 'CALL_ABORTED' })
    })
})

describe('the input of a program', () => {
  attack(
    'F100',
    'The input of a program yields empty pieces without end',
    'timers of the application run, and the program is ended at its deadline',
    async () => {
      const { plugin } = await load(await assemble(ECHO))
      const nothing = async function* () {
        for (;;) yield new Uint8Array()
      }
      await expect(plugin.run({ stdin: nothing(), timeoutMs: 500 }).output()).rejects.toMatchObject({
        code: 'DEADLINE_EXCEEDED',
      })
    },
  )

  for (const isolation of ['worker', 'process'] as const)
    it(`fails the run when it fails: in a ${isolation}`, async () => {
      const { plugin } = await load(await assemble(ECHO), { isolation })
      const cause = new Error('the disk failed')
      const broken = async function* () {
        yield bytes('12345')
        throw cause
      }
      const run = plugin.run({ stdin: broken() })
      const failure = { code: 'INPUT_FAILED', origin: 'app', cause, plugin: plugin.name }
      await expect(run.output()).rejects.toMatchObject(failure)
      await expect(run.exitCode).rejects.toMatchObject(failure)
      await expect.poll(() => plugin.stats.errors, { timeout: 30_000 }).toEqual({ INPUT_FAILED: 1 })
      const texts = async function* () {
        yield 'a text' as unknown as Uint8Array
      }
      await expect(plugin.run({ stdin: texts() }).output()).rejects.toMatchObject({
        code: 'INPUT_FAILED',
        cause: expect.any(TypeError),
      })
      expect(text((await plugin.run({ stdin: 'whole' }).output()).stdout)).toBe('whole')
    })

  it('fails the run that reads what another writes, with what ended that', async () => {
    const { host, plugin } = await load(await assemble(ECHO))
    const endless = await host.load(await assemble(ENDLESS), { name: 'endless' })
    const first = endless.run({ timeoutMs: 500 })
    const second = plugin.run({ stdin: first.stdout })
    await expect(second.output({ maxBytes: 2 ** 40 })).rejects.toMatchObject({
      code: 'INPUT_FAILED',
      cause: expect.objectContaining({ code: 'DEADLINE_EXCEEDED', plugin: 'endless' }),
    })
  })

  it('is a long text of characters of any length', async () => {
    const { plugin } = await load(await assemble(ECHO))
    const long = `a${'\u{1f600}'.repeat(70_000)}\u00fc`
    const { stdout } = await plugin.run({ stdin: long }).output()
    expect(text(stdout) === long).toBe(true)
    expect(text((await plugin.run({ stdin: '\ud800'.repeat(70_000) }).output()).stdout)).toBe(
      '\ufffd'.repeat(70_000),
    )
  })
})

describe('the output of a program', () => {
  it('is collected once, however often it is asked for', async () => {
    const { plugin } = await load(await assemble(ECHO))
    const run = plugin.run({ stdin: 'abc' })
    const [one, other] = await Promise.all([run.output(), run.output()])
    expect(text(one.stdout)).toBe('abc')
    expect(other).toBe(one)
    expect(await run.output()).toBe(one)
  })

  it('is read in one place', async () => {
    const { plugin } = await load(await assemble(ECHO))
    const taken = { code: 'OUTPUT_TAKEN', data: { stream: 'stdout' } }
    const run = plugin.run({ stdin: 'abc' })
    const reading = run.stdout[Symbol.asyncIterator]()
    await expect(run.output()).rejects.toMatchObject(taken)
    expect(() => run.stdout[Symbol.asyncIterator]()).toThrow(expect.objectContaining(taken))
    // Asked twice at once it has an answer for both.
    const both = await Promise.all([reading.next(), reading.next()])
    expect(both.map(({ done }) => done)).toEqual([false, true])
    expect(await run.exitCode).toBe(0)
    const collected = plugin.run({ stdin: 'abc' })
    const output = collected.output()
    expect(() => collected.stdout[Symbol.asyncIterator]()).toThrow(expect.objectContaining(taken))
    expect(text((await output).stdout)).toBe('abc')
  })

  it('is collected as far as a number of bytes says', async () => {
    const { plugin } = await load(await assemble(ECHO))
    const run = plugin.run({ stdin: 'abc' })
    for (const options of [{ maxBytes: Number.NaN }, { maxBytes: 'x' }, { maxBytes: -1 }, { max: 1 }, 7])
      await expect(run.output(options as { maxBytes: number })).rejects.toMatchObject({
        code: 'OPTIONS_INVALID',
      })
    expect(text((await run.output({ maxBytes: 3 })).stdout)).toBe('abc')
    await expect(plugin.run({ stdin: 'abc' }).output({ maxBytes: 2 })).rejects.toMatchObject({
      code: 'OUTPUT_TOO_LARGE',
    })
  })

  attack(
    'F101',
    'A program writes more than is collected, and then ends well or goes on',
    'the call has failed with what ended it, in what its events, statistics and restarts count',
    async () => {
      for (const source of [UNTIL_REFUSED, ENDLESS]) {
        const { host, plugin } = await load(await assemble(source), { restart: { maxPerMinute: 1 } })
        const seen: unknown[] = []
        host.on('fault', ({ kind, error }) => seen.push([kind, error.code]))
        host.on('suspended', ({ plugin: name }) => seen.push(name))
        await tooLarge(plugin)
        await tooLarge(plugin)
        const fault = ['limit', 'OUTPUT_TOO_LARGE']
        expect(seen).toEqual([fault, fault, plugin.name])
        expect(plugin.stats).toMatchObject({ calls: 2, failures: 2, errors: { OUTPUT_TOO_LARGE: 2 } })
      }
    },
  )
})

/** Runs until it is ended and its instance is free for the next. */
async function tooLarge(plugin: Plugin) {
  const before = plugin.stats.calls
  await expect(plugin.run().output({ maxBytes: 10 })).rejects.toMatchObject({
    code: 'OUTPUT_TOO_LARGE',
    plugin: plugin.name,
    export: expect.stringContaining('run'),
  })
  await expect.poll(() => plugin.stats.calls, { timeout: 30_000 }).toBe(before + 1)
}
