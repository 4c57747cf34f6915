import { createHost, type Host, type Plugin } from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fc } from '../../../../test/property.js'
import { tries } from '../../../../test/seed.js'
import { attack } from '../helpers/attack.js'
import { assemble } from '../helpers/guests.js'
import { tempDir } from '../helpers/wasi.js'

/** One letter for each parameter: `i` of 32 bits, `l` of 64. */
const FUNCTIONS = {
  args_get: 'ii',
  args_sizes_get: 'ii',
  environ_get: 'ii',
  environ_sizes_get: 'ii',
  clock_res_get: 'ii',
  clock_time_get: 'ili',
  fd_advise: 'illi',
  fd_allocate: 'ill',
  fd_close: 'i',
  fd_datasync: 'i',
  fd_fdstat_get: 'ii',
  fd_fdstat_set_flags: 'ii',
  fd_fdstat_set_rights: 'ill',
  fd_filestat_get: 'ii',
  fd_filestat_set_size: 'il',
  fd_filestat_set_times: 'illi',
  fd_pread: 'iiili',
  fd_prestat_get: 'ii',
  fd_prestat_dir_name: 'iii',
  fd_pwrite: 'iiili',
  fd_read: 'iiii',
  fd_readdir: 'iiili',
  fd_renumber: 'ii',
  fd_seek: 'ilii',
  fd_sync: 'i',
  fd_tell: 'ii',
  fd_write: 'iiii',
  path_create_directory: 'iii',
  path_filestat_get: 'iiiii',
  path_filestat_set_times: 'iiiilli',
  path_link: 'iiiiiii',
  path_open: 'iiiiillii',
  path_readlink: 'iiiiii',
  path_remove_directory: 'iii',
  path_rename: 'iiiiii',
  path_symlink: 'iiiii',
  path_unlink_file: 'iii',
  proc_raise: 'i',
  random_get: 'ii',
  sched_yield: '',
  sock_accept: 'iii',
  sock_recv: 'iiiiii',
  sock_send: 'iiiii',
  sock_shutdown: 'ii',
}

const typeOf = (letters: string) =>
  [...letters].map((letter) => `(param ${letter === 'l' ? 'i64' : 'i32'})`).join(' ')

/** A reactor whose every function is one of the host. */
const passing = (functions: Readonly<Record<string, string>>) => `(module
  ${Object.entries(functions)
    .map(
      ([name, letters]) =>
        `(import "wasi_snapshot_preview1" "${name}" (func $${name} ${typeOf(letters)} (result i32)))`,
    )
    .join('\n  ')}
  (memory (export "memory") 1)
  (func (export "peek") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "poke") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  ${Object.entries(functions)
    .map(
      ([name, letters]) =>
        `(func (export "${name}") ${typeOf(letters)} (result i32) ${[...letters].map((_, i) => `(local.get ${i})`).join(' ')} (call $${name}))`,
    )
    .join('\n  ')})`

const camel = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())

type Numbers = Record<string, (...args: (number | bigint)[]) => Promise<number>>

let host: Host
beforeEach(async () => {
  host = await createHost()
})
afterEach(() => host.close())

async function load(text: string, options = {}): Promise<{ plugin: Plugin; call: Numbers }> {
  const plugin = await host.load(await assemble(text), options)
  return { plugin, call: plugin.exports as unknown as Numbers }
}

const FAULT = 21
const BADF = 8

describe('a reactor of WASI preview 1', () => {
  it('exports its functions of numbers by their names in kebab case, once it is initialised', async () => {
    const { plugin, call } = await load(`(module
      (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
      (memory (export "memory") 1)
      (global $ready (mut i32) (i32.const 0))
      (func (export "_initialize") (global.set $ready (i32.const 7)))
      (func (export "is_ready") (result i32) (global.get $ready))
      (func (export "add_all") (param i32 i64 f32 f64) (result f64)
        (f64.add
          (f64.add (f64.convert_i32_s (local.get 0)) (f64.convert_i64_s (local.get 1)))
          (f64.add (f64.promote_f32 (local.get 2)) (local.get 3))))
      (func (export "time") (result i64)
        (drop (call $time (i32.const 0) (i64.const 1) (i32.const 8))) (i64.load (i32.const 8)))
      (func (export "_hidden") (result i32) (i32.const 1)))`)
    expect(await call.isReady?.()).toBe(7)
    expect(await call.addAll?.(1, 2n, 0.5, 0.25)).toBe(3.75)
    expect(Number(await call.time?.()) / 1e6).toBeGreaterThan(1.7e12)
    expect(Object.keys(plugin.exports).sort()).toEqual(['addAll', 'isReady', 'time'])
  })

  it('has 46 functions and no other', async () => {
    const text = passing({ fd_write: 'iiii', path_open_at: 'i' })
    await expect(load(text)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FEATURE',
      message: expect.stringContaining('"path_open_at"'),
    })
    const wrong = passing({ fd_write: 'il' })
    await expect(load(wrong)).rejects.toMatchObject({ code: 'UNSUPPORTED_FEATURE' })
    const shared = passing({ fd_close: 'i' }).replace('1)', '1 2 shared)')
    await expect(load(shared)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FEATURE',
      message: expect.stringContaining('shared memory'),
    })
  })

  it('may import a function twice, which no module of a component may', async () => {
    const { call } = await load(`(module
      (import "wasi_snapshot_preview1" "sched_yield" (func $one (result i32)))
      (import "wasi_snapshot_preview1" "sched_yield" (func $two (result i32)))
      (func (export "both") (result i32) (i32.add (call $one) (call $two))))`)
    expect(await call.both?.()).toBe(0)
  })

  it('is no plugin when it imports from elsewhere', async () => {
    const text = '(module (import "env" "now" (func (result i32))) (func (export "_start")))'
    await expect(load(text)).rejects.toMatchObject({ code: 'CORE_MODULE' })
    await expect(load('(module)')).rejects.toMatchObject({ code: 'CORE_MODULE' })
  })

  it('calls out before it has a memory that the host knows, and is told that it has none', async () => {
    const { call } = await load(`(module
      (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
      (memory (export "memory") 1)
      (global $answer (mut i32) (i32.const -1))
      (func $early (global.set $answer (call $random (i32.const 0) (i32.const 4))))
      (start $early)
      (func (export "answer") (result i32) (global.get $answer)))`)
    expect(await call.answer?.()).toBe(FAULT)
  })
})

describe('what a module of preview 1 gives as pointers and numbers', () => {
  const numbers = fc.oneof(
    fc.constantFrom(0, 1, 2, 3, 4, 8, 16, 64, -1, -8, 65_535, 65_536, 2 ** 31 - 1, -(2 ** 31)),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.integer({ min: 0, max: 65_536 }),
  )
  const longs = fc.oneof(
    fc.constantFrom(0n, 1n, -1n, 1n << 32n, 1n << 53n, (1n << 63n) - 1n, -(1n << 63n)),
    fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
  )
  const calls = fc
    .constantFrom(...Object.entries(FUNCTIONS))
    .chain(([name, letters]) =>
      fc.tuple(
        fc.constant(name),
        fc.tuple(...[...letters].map((letter) => (letter === 'l' ? longs : numbers))),
      ),
    )

  attack(
    'A120',
    'Calls each function of WASI preview 1 with pointers, lengths, descriptors and flags of every kind',
    'each answers with a number of the interface; nothing but its memory and its grants is reached',
    async () => {
      const { call } = await load(passing(FUNCTIONS), {
        grants: {
          args: ['a'],
          env: { A: 'b' },
          fs: [
            { path: tempDir(), at: '/data', access: 'read-write', quotaBytes: 1 << 16, quotaEntries: 100 },
          ],
        },
        limits: { timeoutMs: 60_000 },
      })
      await fc.assert(
        fc.asyncProperty(calls, async ([name, args]) => {
          const answer = (await call[camel(name)]?.(...args)) ?? -1
          expect(answer, `${name}(${args.join()})`).toBeGreaterThanOrEqual(0)
          expect(answer, `${name}(${args.join()})`).toBeLessThanOrEqual(76)
        }),
        { numRuns: tries(3_000) },
      )
    },
  )

  attack(
    'A121',
    'Gives all of its memory many times over to one call of preview 1, in the thread of the application',
    'a call takes a mebibyte, and what is left out of the log is not made',
    async () => {
      const lines: string[] = []
      host.on('log', ({ message }) => lines.push(message))
      const plugin = await host.load(
        await assemble(`(module
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 64)
          (func (export "flood") (result i32) (local $i i32)
            (memory.fill (i32.const 65536) (i32.const 10) (i32.const 4000000))
            (loop $next
              (i32.store (i32.shl (local.get $i) (i32.const 3)) (i32.const 65536))
              (i32.store offset=4 (i32.shl (local.get $i) (i32.const 3)) (i32.const 4000000))
              (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1000))))
            (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1000) (i32.const 60000)))
            (i32.load (i32.const 60000))))`),
        { isolation: 'inline', limits: { fuel: 10_000_000 } },
      )
      const { flood } = plugin.exports as unknown as { flood(): number }
      expect(flood()).toBe(1 << 20)
      expect(flood()).toBe(1 << 20)
      expect(lines.some((line) => /lines left out/.test(line))).toBe(true)
    },
  )

  it('is a wrong descriptor behind the last, and after it was closed', async () => {
    const { call } = await load(passing(FUNCTIONS), {
      grants: { fs: [{ path: tempDir(), at: '/data', access: 'read' }] },
    })
    expect(await call.fdPrestatGet?.(3, 0)).toBe(0)
    expect(await call.fdPrestatGet?.(4, 0)).toBe(BADF)
    expect(await call.fdClose?.(3)).toBe(0)
    expect(await call.fdClose?.(3)).toBe(BADF)
    expect(await call.fdTell?.(3, 0)).toBe(BADF)
  })

  it('is a fault where the answer would not fit, and what it asked for has not happened', async () => {
    const { call } = await load(passing(FUNCTIONS), {
      grants: { fs: [{ memory: { a: 'text' }, at: '/data', access: 'read-write' }] },
    })
    await call.poke?.(0, 0x61)
    const open = (out: number) => call.pathOpen?.(3, 0, 0, 1, 0, 2n, 0n, 0, out)
    expect(await open(65_534)).toBe(FAULT)
    expect(await open(8)).toBe(0)
    expect(await call.peek?.(8)).toBe(4)
  })
})
