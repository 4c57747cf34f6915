import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isWhole } from '../../test/seed.js'
import { hasCompiler } from '../src/fuel/programs.mjs'

const WASI_ROWS = [
  'open, read 4 KiB, close',
  'stat',
  'readdir of 1,000 entries',
  'random 32 B',
  'clock now',
  'HTTP GET 4 KiB over loopback',
  'first 200 of open, read 4 KiB, close',
  'first 200 of stat',
  'first 200 of readdir of 1,000 entries',
]

const THREADS = [
  'thread call, scalar',
  'thread call, bursts of 400, each',
  'thread call, string of 16 B',
  'thread call, string of 65536 B',
  'thread call, list of 1,000 records',
  'thread call, 1 MiB list<u8>',
  'thread call, 64 at once, each',
  'thread, function of the application, at once',
  'thread, function of the application, later',
  'thread start, cold',
  'thread start, warm',
  'process call, scalar',
  'process start',
]

/** Measured where Rust compiles to WebAssembly. */
const FUEL = (await hasCompiler()) ? ['fuel: median of 17 programs', 'fuel: worst of 17 programs'] : []

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  'fresh process to first call, inline': ['raw'],
  'fresh process to first call, thread': ['worker', 'extism'],
  'RSS of a threaded plugin': ['worker', 'extism'],
}

/** Measured where Debian's docker-registry and skopeo are installed, as they are in CI. */
const TRANSFERS = ['/usr/bin/docker-registry', '/usr/bin/skopeo'].every((file) => existsSync(file))
  ? ['registry: pull 60 MB', 'registry: push 60 MB']
  : []
const NAMES =
  TRANSFERS.length > 0 ? ['registry: bytes of an installed plugin', 'registry: newest of 1,000 tags'] : []

const FLOODS = [
  'nothing',
  'stdout: newlines',
  'log',
  'uses allowed',
  'uses denied',
  'uses denied, audited',
  'names resolved: 3 B',
  'names resolved: 16 MiB',
  'host calls',
  'host calls that are given lists',
  'host calls that give lists',
  'results: lists',
  'results: records',
  'results: arrays',
  'results: text',
  'results: bytes',
  'results: resources',
  'errors: lists',
  'errors: traps',
  'store: 1 B',
  'store: 1 B of 50 MiB',
  'store: 8 MiB',
  'store: keys listed',
  'answers: 64 KiB at a time',
  'answers: chunks of 1 B',
  'answers: informational',
  'loads: 9,900 exports',
  'loads: core module of 60 MB',
  'inspections: core module of 60 MB',
]

const main = fileURLToPath(new URL('../src/main.mjs', import.meta.url))

// A minute and a half: every row once.
describe.runIf(isWhole)('npm run bench', () => {
  let folder: string
  let results: { name: string; unit: string; ours: number; peers: Record<string, number | null> }[]
  let lags: { name: string; unit: string; p99: number; longest: number; late: number | null }[]
  let printed: string

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'wasm-plugin-bench-test-'))
    const json = path.join(folder, 'bench.json')
    const { stdout } = await promisify(execFile)(process.execPath, [main, '--quick', '--json', json])
    printed = stdout
    const rows: (typeof results)[number][] & typeof lags = JSON.parse(await readFile(json, 'utf8'))
    results = rows.filter(({ name }) => !name.startsWith('lag: '))
    lags = rows.filter(({ name }) => name.startsWith('lag: '))
  }, 180_000)

  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('measures every row, in a unit, with a figure of ours', () => {
    expect(results.map(({ name }) => name)).toEqual([
      'scalar call',
      'string 16 B echo',
      'string 16 B, not ASCII echo',
      'string 1 KiB echo',
      'string 1 KiB, not ASCII echo',
      'string 64 KiB echo',
      'string 64 KiB, not ASCII echo',
      'string 64 KiB, in UTF-16 echo',
      'list<u8> 64 KiB echo',
      'list<u8> 1 MiB echo',
      'record of 6 fields echo',
      'list<record> x1000 echo',
      'result ok',
      'result err',
      'guest to host, scalar',
      'guest to host, string 16 B',
      'fuel: loop of 100,000 (raw: not metered)',
      'fuel: fib(20) (raw: not metered)',
      'instantiate',
      'load 44 kB to first call',
      'load 1 MB to first call',
      'load 11 MB to first call',
      ...FUEL,
      ...THREADS,
      ...Object.keys(PROGRAMS),
      ...WASI_ROWS,
      ...TRANSFERS,
      ...NAMES,
    ])
    for (const { unit, ours } of results) {
      expect(['ns', 'µs', 'ms', 'MB']).toContain(unit)
      expect(Number.isFinite(ours) && ours > 0).toBe(true)
    }
  })

  it('gives a figure of each peer, or null for what it cannot do', () => {
    const incapable: Record<string, (string | RegExp)[]> = {
      raw: [
        'string 64 KiB, in UTF-16 echo',
        'record of 6 fields echo',
        'list<record> x1000 echo',
        'result ok',
        'result err',
      ],
      jco: [/^fuel/],
      extism: [
        'string 64 KiB, in UTF-16 echo',
        'record of 6 fields echo',
        'list<record> x1000 echo',
        /^result/,
        'guest to host, string 16 B',
        /^fuel/,
      ],
      vscode: ['string 64 KiB, in UTF-16 echo', /^fuel/],
    }
    for (const { name, peers } of results.filter(
      ({ name }) =>
        ![...FUEL, ...THREADS, ...Object.keys(PROGRAMS), ...WASI_ROWS, ...TRANSFERS, ...NAMES].includes(name),
    )) {
      for (const [peer, names] of Object.entries(incapable)) {
        const isIncapable = names.some((other) =>
          typeof other === 'string' ? other === name : other.test(name),
        )
        if (isIncapable) expect(peers[peer], `${peer}: ${name}`).toBeNull()
        else expect(Number.isFinite(peers[peer]), `${peer}: ${name}`).toBe(true)
      }
    }
  })

  it('gives a figure of metered programs beside what they take without fuel', () => {
    for (const { name, peers } of results.filter(({ name }) => FUEL.includes(name))) {
      expect(Object.keys(peers)).toEqual(['raw'])
      expect(Number.isFinite(peers.raw), name).toBe(true)
    }
  })

  it('gives a figure of each way to a thread that has one', () => {
    /** Of rows that only some ways have. */
    const ways: Record<string, readonly string[]> = {
      'thread call, scalar': ['postMessage', 'traced'],
      'thread, function of the application, at once': ['inline'],
      'thread, function of the application, later': [],
      'thread start, cold': ['worker', 'extism'],
      'thread start, warm': [],
      'process call, scalar': ['child'],
      'process start': ['child'],
    }
    for (const { name, peers } of results.filter(({ name }) => THREADS.includes(name))) {
      expect(Object.keys(peers)).toEqual(['inline', 'postMessage', 'worker', 'extism', 'child', 'traced'])
      for (const peer of ways[name] ?? ['postMessage'])
        expect(Number.isFinite(peers[peer]), `${peer}: ${name}`).toBe(true)
    }
  })

  it('gives a figure of whole processes beside what they have at least', () => {
    for (const [name, compared] of Object.entries(PROGRAMS)) {
      const row = results.find((result) => result.name === name)
      expect(Object.keys(row?.peers ?? {})).toEqual(['raw', 'worker', 'extism'])
      for (const peer of compared) expect(Number.isFinite(row?.peers[peer]), `${peer}: ${name}`).toBe(true)
    }
  })

  it('gives a figure of each WASI, of files, random bytes, clocks and HTTP', () => {
    for (const { name, peers } of results.filter(({ name }) => WASI_ROWS.includes(name))) {
      expect(Object.keys(peers)).toEqual(['thread', 'jco + preview2-shim', 'node:wasi'])
      for (const [peer, figure] of Object.entries(peers)) {
        if (peer === 'node:wasi' && name.startsWith('HTTP')) expect(figure).toBeNull()
        else expect(Number.isFinite(figure), `${peer}: ${name}`).toBe(true)
      }
    }
  })

  it('gives a figure of each client of registries', () => {
    for (const { name, peers } of results.filter(({ name }) => TRANSFERS.includes(name))) {
      // Those two are there where `npm run test:interop` built them.
      expect(Object.keys(peers)).toEqual(['skopeo', 'oras', 'crane'])
      expect(Number.isFinite(peers.skopeo), name).toBe(true)
    }
  })

  it('floods the application in every way, until the deadline', () => {
    expect(lags.map(({ name }) => name)).toEqual(FLOODS.map((name) => `lag: ${name}`))
    for (const { name, unit, p99, longest, late } of lags) {
      expect(unit).toBe('ms')
      expect(p99 > 0 && longest >= p99, name).toBe(true)
      expect(Number.isFinite(late) || /^lag: (loads|inspections)/.test(name), name).toBe(true)
    }
  })

  it('prints a line for each row', () => {
    for (const { name } of [...results, ...lags]) expect(printed).toContain(`\n${name}`)
  })
})
