// On Linux: what comes of it when a process is no longer what the application started, or cannot be started at all.
import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createHost, type Host } from '@wasm-plugin/host'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CODES, RemoteSampler } from '#internal'
import { attack } from './helpers/attack.js'
import { assemble } from './helpers/guests.js'
import { noRust, server } from './helpers/server.js'
import { tempDir } from './helpers/wasi.js'

const isolation = 'process'
const node = process.execPath
let host: Host

beforeEach(async () => {
  host = await createHost({ limits: { timeoutMs: 60_000, startMs: 60_000 } })
})
afterEach(async () => {
  process.execPath = node
  await host.close()
})

/**
 * Has processes begin as they should, and once they answer a request send `pieces` of its response, or other messages about
 * it, over and over if need be.
 */
function breakOut(pieces: string, repeat = false): void {
  const folder = tempDir()
  const program = join(folder, 'program')
  const script = `
    const { DefaultSerializer, DefaultDeserializer } = require('node:v8')
    const net = require('node:net')
    const { Socket } = net
    let stream
    let pending = Buffer.alloc(0)
    net.Socket = class extends Socket {
      constructor(options) { super(options); if (options?.fd === 3) this.on('data', see), stream = this }
    }
    const see = (chunk) => {
      pending = Buffer.concat([pending, chunk])
      // The id of the call comes after the type: a small number.
      const at = pending.indexOf('handle"\\x02idI')
      if (at < 0 || sent) return
      sent = true
      run(pending[at + 11] >> 1)
    }
    let sent = false
    const field = (name, value) => [name, new Uint8Array(Buffer.from(value))]
    const bytes = (text) => ({ kind: 'bytes', bytes: new Uint8Array(Buffer.from(text)) })
    const head = (status, ...headers) => ({ kind: 'head', status, headers })
    const end = { kind: 'end', trailers: [] }
    const frame = (value) => {
      const serializer = new DefaultSerializer()
      const views = []
      serializer._writeHostObject = (view) => { serializer.writeUint32(1); serializer.writeUint32(view.length); views.push(view) }
      serializer.writeHeader()
      serializer.writeValue(value)
      const body = serializer.releaseBuffer()
      const all = Buffer.concat([body, ...views])
      const heads = Buffer.alloc(8)
      heads.writeUInt32LE(all.length + 4)
      heads.writeUInt32LE(body.length, 4)
      return Buffer.concat([heads, all])
    }
    const run = (call) => {
      const all = Buffer.concat((${pieces}).map((sent) =>
        frame('type' in sent ? { id: call, call, ...sent } : { type: 'response', call, pieces: [sent] })))
      const write = stream.write.bind(stream)
      // The plugin itself has no say any more.
      stream.write = () => true
      const go = () => { while (write(all) && ${repeat}); stream.once('drain', go) }
      ${repeat ? 'go()' : 'write(all)'}
    }
    new Function('require', 'module', 'exports', 'process', require('node:fs').readFileSync(0, 'utf8'))(require, module, exports, process)`
  writeFileSync(join(folder, 'script.cjs'), script)
  writeFileSync(program, `#!/bin/sh\nexec '${node}' '${join(folder, 'script.cjs')}'\n`)
  chmodSync(program, 0o755)
  process.execPath = program
}

/** What a client gets. */
async function answered(pieces: string, repeat = false): Promise<unknown> {
  breakOut(pieces, repeat)
  const plugin = await host.load(server(), { isolation })
  try {
    const response = await plugin.handle({ path: '/spin' })
    if (repeat) return [response.status, ((await response.ended) as { code: string }).code]
    let body = ''
    for await (const chunk of response.body) body += Buffer.from(chunk).toString()
    return [response.status, response.headers, body]
  } catch (error) {
    return (error as { code: string }).code
  } finally {
    await plugin.close()
  }
}

describe.runIf(process.platform === 'linux' && !noRust)('a process that has broken out', () => {
  attack(
    'E187',
    'Breaks out of WebAssembly in a process of its own, and answers a request with a head that no plugin may send, or with more or less than its head says',
    'the call fails with PROCESS_CRASHED and its client gets nothing of that; the process is ended',
    async () => {
      expect(await answered(`[head(200, field('a', 'b')), bytes('hello'), end]`)).toEqual([
        ...[200, [['a', 'b']], 'hello'],
      ])
      const length = `field('content-length', '5')`
      for (const pieces of [
        `[head(200, field('transfer-encoding', 'chunked'))]`,
        `[head(200, field('connection', 'close'))]`,
        `[head(200, field('Upper', 'a'))]`,
        `[head(200, field('a b', 'a'))]`,
        `[head(200, field('a', 'b\\r\\nset-cookie: c'))]`,
        `[head(200, ${length}, field('content-length', '6'))]`,
        `[head(200, field('content-length', '-1'))]`,
        `[head(200, ['a', 'text'])]`,
        `[head(101)]`,
        `[head(1e9)]`,
        `[head('200')]`,
        `[{ kind: 'informational', status: 101, headers: [] }]`,
        `Array(17).fill({ kind: 'informational', status: 103, headers: [] })`,
        `[bytes('before')]`,
        `[{ kind: 'failed', code: { tag: '\\u001b' } }]`,
        `[{ kind: 'toString' }]`,
        `[{ kind: 'stdout', bytes: Buffer.from('a') }]`,
        `[null]`,
        `[head(200), head(200)]`,
        `[head(200, ${length}), bytes('hello, HTTP/1.1 200 OK'), end]`,
        `[head(200, ${length}), bytes('hell'), end]`,
        `[head(204), bytes('a'), end]`,
        `[head(200), { kind: 'end', trailers: [field('transfer-encoding', 'a')] }]`,
      ])
        expect([pieces, await answered(pieces)]).toEqual([pieces, 'PROCESS_CRASHED'])
    },
  )

  attack(
    'E188',
    'Breaks out of WebAssembly in a process of its own, and sends a body without end to a client that does not read',
    'no more is kept than a plugin may have under way; that process is ended',
    async () => {
      const before = process.memoryUsage().rss
      expect(await answered(`[head(200), ...Array(64).fill(bytes('x'.repeat(1 << 16)))]`, true)).toEqual([
        ...[200, 'PROCESS_CRASHED'],
      ])
      expect(process.memoryUsage().rss - before).toBeLessThan(256 << 20)
    },
  )
})

describe.runIf(process.platform === 'linux' && !noRust)('a process that has broken out', () => {
  const log = `{ type: 'log', event: { level: 'info', stream: 'stdout', message: 'a' } }`
  const failing = (fields: string, used = '[0, 0, 0, 0, 0, 0]') =>
    `[{ type: 'result', used: ${used}, outcome: { content: { ok: false, error: { kind: 'plugin', hint: '', message: 'm', data: {}, ${fields} } },
      holes: [], pieces: 0 } }]`

  attack(
    'E190',
    'Breaks out of WebAssembly in a process of its own, and sends small valid messages without end: lines of the log, sizes of its memory, that it has started, parts of responses that nobody waits for',
    'no more is taken than a plugin can send; that process is ended',
    async () => {
      let lines = 0
      host.on('log', () => lines++)
      for (const flood of [
        log,
        `{ type: 'memory', bytes: 65536 }`,
        `{ type: 'memory', bytes: -1 }`,
        `{ type: 'memory', bytes: 2 ** 40 }`,
        `{ type: 'ready' }`,
        `{ type: 'response', call: 1e6, pieces: [end] }`,
      ])
        expect([flood, await answered(`Array(64).fill(${flood})`, true)]).toEqual([flood, 'PROCESS_CRASHED'])
      expect(lines).toBeGreaterThan(255)
      expect(lines).toBeLessThan(2_000)
    },
  )

  attack(
    'E191',
    'Breaks out of WebAssembly in a process of its own, and fails with codes of others, that blame others, and with texts that move the cursor',
    'what no plugin can come to ends that process, and texts are shown as they are',
    async () => {
      for (const fields of [
        `code: 'PLUGIN_CLOSED', origin: 'app'`,
        `code: 'INTEGRITY_MISMATCH', origin: 'plugin'`,
        `code: 'made-up', origin: 'plugin'`,
        `code: 'toString', origin: 'plugin'`,
        `code: 'GUEST_TRAP', origin: 'app'`,
        `code: 'GUEST_TRAP', origin: 'plugin', message: 1`,
        `code: 'GUEST_TRAP', origin: 'plugin', message: 'x'.repeat(1 << 17)`,
        `code: 'GUEST_TRAP', origin: 'plugin', data: null`,
        `code: 'GUEST_TRAP', origin: 'plugin', cause: { kind: 'plugin' }`,
        `kind: 'other', message: {}`,
      ])
        expect([fields, await answered(failing(fields))]).toEqual([fields, 'PROCESS_CRASHED'])
      breakOut(failing(`code: 'GUEST_TRAP', origin: 'plugin', message: 'a\\u001b[2Kb', hint: '\\u009bc'`))
      const plugin = await host.load(server(), { isolation })
      const error = await plugin.handle({ path: '/spin' }).catch((thrown) => thrown)
      expect([error.code, error.message, error.hint]).toEqual([...['GUEST_TRAP', 'a\\u{1b}[2Kb', '\\u{9b}c']])
    },
  )

  it('ends with a count of what it has used that is none', async () => {
    const trap = `code: 'GUEST_TRAP', origin: 'plugin'`
    for (const used of [
      'undefined',
      '[]',
      '[0, 0, 0, 0, 0, NaN]',
      '[0, -1, 0, 0, 0, 0]',
      `'000000'`,
      '[0, 0, 0, 0, 0, 0, 0]',
    ])
      expect([used, await answered(failing(trap, used))]).toEqual([used, 'PROCESS_CRASHED'])
    expect(await answered(failing(trap, '[0, 1e300, 0, 0, 0, 0]'))).toBe('GUEST_TRAP')
  })
})

describe.runIf(process.platform !== 'win32')('a process that the system does not start', () => {
  it.each([
    ['at once', `/${'x'.repeat(5_000)}`],
    ['a moment later', '/nowhere/node'],
  ])('fails the load with a code, and takes nothing of the budget, if that is said %s', async (_, path) => {
    process.execPath = path
    await expect(host.load(await assemble('(component)'), { isolation })).rejects.toMatchObject({
      code: 'PROCESS_UNAVAILABLE',
    })
    expect(host.stats.processes).toBe(0)
    process.execPath = node
    await host.load(await assemble('(component)'), { isolation })
  })
})

it('codes that a process may tell of are all that are thrown where plugins run', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const thrown = ROOMS.flatMap((room) => sources(join(root, room)))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\berrors\.([A-Z0-9_]+)/gi)])
    .map(([, code = '']) => code)
  expect(thrown.length).toBeGreaterThan(30)
  expect([...new Set(thrown)].filter((code) => !CODES.has(code))).toEqual([])
})

/** What runs in the thread of a plugin, and can throw there. */
const ROOMS = [
  ...['runtime/src/abi', 'runtime/src/link', 'runtime/src/limits/fuel/tank.ts', 'runtime/src/instance.ts'],
  ...['embed/src/worker', 'embed/src/lane', 'embed/src/wire', 'embed/src/contract/export-target.ts'],
  ...['embed/src/contract/callable-export.ts', 'wasi/src/p1', 'wasi/src/p2', 'wasi/src/volume'],
  ...['host/src/worker', 'host/src/relay', 'host/src/threads'],
]

function sources(path: string): readonly string[] {
  if (path.endsWith('.ts')) return [path]
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(path, file))
}

describe.runIf(process.platform === 'linux' && !noRust)('an application that has no descriptors left', () => {
  attack(
    'E189',
    'Runs into its deadline in a process of its own, while the application has no descriptors for another',
    'its next call fails with PROCESS_UNAVAILABLE; the application and other plugins go on, and so does it when there are some',
    () => {
      const folder = tempDir()
      const app = `
        import { createHost } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)}
        import { closeSync, openSync, readFileSync } from 'node:fs'
        const host = await createHost()
        const bytes = readFileSync(process.argv[2])
        const ask = (plugin, path, timeoutMs = 30_000) =>
          plugin.handle({ path }, { timeoutMs }).then(({ status }) => status, ({ code }) => code)
        const load = (name) => host.load(bytes, { name, isolation: 'process' })
        const [one, other] = [await load('one'), await load('other')]
        const files = []
        try { for (;;) files.push(openSync('/dev/null')) } catch {}
        const outcomes = [await ask(one, '/spin', 300), await ask(one, '/hello')]
        // Those that its process had are free again.
        try { for (;;) files.push(openSync('/dev/null')) } catch {}
        outcomes.push(await ask(one, '/hello'), await ask(other, '/hello'))
        for (const file of files) closeSync(file)
        outcomes.push(await ask(one, '/hello'))
        console.log(JSON.stringify(outcomes))
        await host.close()`
      writeFileSync(join(folder, 'app.mjs'), app)
      writeFileSync(join(folder, 'server.wasm'), server())
      const limited = 'ulimit -n 60; exec "$0" "$@"'
      const args = ['-c', limited, node, join(folder, 'app.mjs'), join(folder, 'server.wasm')]
      const { stdout, stderr } = spawnSync('sh', args, { encoding: 'utf8', timeout: 60_000 })
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toEqual([
        ...['DEADLINE_EXCEEDED', 'PROCESS_UNAVAILABLE', 'PROCESS_UNAVAILABLE', 200, 200],
      ])
    },
  )
})

attack(
  'I26',
  'Breaks out of its process, and answers a profile with what is none, or without being asked',
  'what is no answer ends the process, and what is no profile is none; nobody waits for a process that has ended',
  async () => {
    const sent: unknown[] = []
    const sampler = new RemoteSampler((message) => sent.push(message))
    const answer = (bytes: unknown, isOk: unknown = true) =>
      sampler.receive({ type: 'profile', isOk, bytes } as never)
    expect(() => answer(undefined)).toThrow()
    for (const [bytes, isOk] of [
      [undefined, true],
      [new Uint8Array([0xff]), true],
      [new TextEncoder().encode('['.repeat(1_000_000)), true],
      [new Uint8Array(), 'yes'],
    ]) {
      const ended = sampler.end()
      answer(bytes, isOk)
      await expect(ended).rejects.toThrow()
    }
    const last = sampler.end()
    expect(() => answer('text')).toThrow()
    sampler.gone()
    await expect(last).rejects.toThrow('ended')
    await expect(sampler.begin()).rejects.toThrow('ended')
    expect(sent.length).toBe(5)
  },
)
