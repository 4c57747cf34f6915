// On every Node: processes, what they may do, and how they end.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { atOnce, type Piece, pack, unpack, weigh } from '@wasm-plugin/embed/thread'
import { createHost, type FaultEvent, type GrantsInput, type Host, type PluginError } from '@wasm-plugin/host'
import { parseGrants } from '@wasm-plugin/wasi'
import { RuleState } from '@wasm-plugin/wasi/gate'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { AT_ONCE, decode, encode, flagsFor, Gathered, grantPorts, RuleDesk, runProcess } from '#internal'
import { attack } from './helpers/attack.js'
import { assemble, guest } from './helpers/guests.js'
import { keeper, noRust, runs } from './helpers/keeper.js'
import { tempDir } from './helpers/wasi.js'

const API = 'test:kitchen/api'
const isolation = 'process'
const imports = { 'test:kitchen/host': { say() {}, lookUp: () => 'found' } }
const onLinux = it.runIf(process.platform === 'linux')
let kitchen: Uint8Array
let host: Host

beforeAll(async () => {
  kitchen = await guest('kitchen')
})
beforeEach(async () => {
  host = await createHost({ limits: { timeoutMs: 60_000, startMs: 60_000 } })
})
afterEach(() => host.close())

/** Processes that a process has started and that are there. */
function childrenOf(pid: number): number[] {
  const tasks = `/proc/${pid}/task`
  return readdirSync(tasks)
    .flatMap((task) => readFileSync(join(tasks, task, 'children'), 'utf8').split(' '))
    .filter(Boolean)
    .map(Number)
}

/** A plugin of which a call has begun that never ends. */
async function spinning(name = 'spinning') {
  let begun = () => {}
  const begins = new Promise<void>((resolve) => {
    begun = resolve
  })
  const before = childrenOf(process.pid)
  const plugin = await host.load(kitchen, {
    ...{ name, isolation },
    imports: { 'test:kitchen/host': { ...imports['test:kitchen/host'], say: begun } },
  })
  const [pid] = childrenOf(process.pid).filter((child) => !before.includes(child)) as [number]
  const call = plugin.call(`${API}#say-and-spin`, ['x']).catch((error) => error)
  await begins
  return { plugin, pid, call }
}

describe('a process of a plugin', () => {
  onLinux.each(['SIGKILL', 'SIGSEGV', 'SIGABRT', 'SIGTERM'] as const)(
    'that is ended by %s fails the call that it was in, and the next call gets another',
    async (signal) => {
      const faults: FaultEvent[] = []
      host.on('fault', (event) => faults.push(event))
      const other = await host.load(kitchen, { name: 'other', imports, isolation })
      const { plugin, pid, call } = await spinning()
      process.kill(pid, signal)
      expect(await call).toMatchObject({
        code: 'PROCESS_CRASHED',
        origin: 'plugin',
        plugin: 'spinning',
        message: expect.stringContaining(signal),
      })
      expect(faults).toMatchObject([{ kind: 'trap', plugin: 'spinning', error: { code: 'PROCESS_CRASHED' } }])
      expect(await plugin.call(`${API}#add`, [2, 3])).toBe(5)
      expect(await other.call(`${API}#count`)).toBe(1)
    },
  )

  onLinux('that is ended while nothing runs in it is replaced', async () => {
    const plugin = await host.load(kitchen, { imports, isolation })
    const [pid] = childrenOf(process.pid) as [number]
    process.kill(pid, 'SIGKILL')
    await vi.waitFor(() => expect(childrenOf(process.pid)).toEqual([]))
    expect(await plugin.call(`${API}#add`, [2, 3])).toBe(5)
  })

  onLinux('leaves no process and no descriptor, however its calls and it end', async () => {
    const warm = await host.load(kitchen, { name: 'warm', imports, isolation })
    await warm.close()
    const before = readdirSync('/proc/self/fd').length
    for (let round = 0; round < 3; round++) {
      const { plugin, call } = await spinning()
      const aborted = new AbortController()
      const queued = plugin.call(`${API}#add`, [1, 2], { signal: aborted.signal }).catch(({ code }) => code)
      aborted.abort()
      expect(await queued).toBe('CALL_ABORTED')
      if (round > 0) await plugin.close()
      else await host.unload('spinning')
      expect(await call).toMatchObject({ code: 'PLUGIN_CLOSED' })
      const late = await host.load(kitchen, { name: 'late', imports, isolation })
      const deadline = late.call(`${API}#spin`, [], { timeoutMs: 50 })
      await expect(deadline).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
      await late.close()
    }
    expect(childrenOf(process.pid)).toEqual([])
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before)
  })

  it('takes and gives what is large', async () => {
    const plugin = await host.load(kitchen, { imports, isolation })
    const text = 'grüße 😀'.repeat(300_000)
    expect((await plugin.call(`${API}#echo`, [text])) === text).toBe(true)
  })

  it('is not there for files in memory, which the load says', async () => {
    const grants: GrantsInput = { fs: [{ memory: {}, at: '/m', access: 'read-write' }] }
    await expect(host.load(kitchen, { imports, isolation, grants })).rejects.toMatchObject({
      code: 'GRANT_NEEDS_MEMORY',
      origin: 'app',
      data: { at: '/m' },
    })
    expect(host.plugins.size).toBe(0)
  })

  it('says of core modules that the engine refuses what a thread would', async () => {
    const bytes = await assemble(`(component (core module $m (func (export "f") (result i32) i64.const 1))
      (core instance (instantiate $m)))`)
    const reason = async (where: 'worker' | 'process') => {
      const load = host.load(bytes, { name: where, isolation: where })
      const { code, data } = await load.then(
        () => expect.fail('it was taken'),
        (error) => error,
      )
      expect(code).toBe('INVALID_CORE_MODULE')
      // What it was called to compile is in front.
      return String(data.reason).replace(/^\S+ /, '')
    }
    expect(await reason('process')).toBe(await reason('worker'))
  })
})

it('carries every honest value in messages that are read at once', () => {
  const text = 'ü😀x'.repeat(7_000)
  const fields = (value: unknown, count = 200) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, value]))
  const tags = () => Array.from({ length: 3_000 }, () => ({ tag: 'x', val: 1.5 }))
  const values = {
    text: text.repeat(300),
    texts: Array(3_000).fill(text.repeat(2)),
    short: Array(300_000).fill('ü😀x'),
    wide: fields(text),
    lists: fields(Array(30).fill(text), 20),
    deep: fields(fields(fields(text, 5), 5), 20),
    records: Array.from({ length: 100 }, () => ({ a: tags(), b: text })),
    numbers: new Uint32Array(1 << 20),
    longs: [new BigInt64Array(1 << 20), new Float64Array(1 << 10), new Uint16Array(700)],
  }
  for (const [name, v] of Object.entries(values)) {
    const content = { v }
    const gathered = new Gathered(weigh(content, Number.POSITIVE_INFINITY))
    const through = <T>(message: T) => {
      const parts = encode(message)
      const head = (parts[1] as Uint8Array).length
      expect([name, head]).toEqual([name, Math.min(head, AT_ONCE)])
      const bytes = Buffer.concat(parts)
      return { message: decode(bytes, AT_ONCE) as T, bytes: bytes.length }
    }
    const post = (piece: Piece) => {
      const { message, bytes } = through(piece)
      gathered.add(message, bytes)
    }
    const max = Number.POSITIVE_INFINITY
    const { parcel } = atOnce(pack(content, { post, transfers: false, max }))
    const pieces = gathered.take()
    const { v: got } = atOnce(unpack(through(parcel).message, () => pieces.shift())) ?? {}
    expect([name, isDeepStrictEqual(got, v)]).toEqual([name, true])
  }
})

describe('an application with plugins in processes', () => {
  const app = (body: string) => `
    import { createHost } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)}
    import { readFileSync } from 'node:fs'
    const host = await createHost()
    const imports = { 'test:kitchen/host': { say: (text) => console.log(text), lookUp: () => '' } }
    const plugin = await host.load(readFileSync(process.argv[2]), { name: 'k', imports, isolation: 'process' })
    ${body}`
  const files = (body: string) => {
    const folder = tempDir()
    writeFileSync(join(folder, 'app.mjs'), app(body))
    writeFileSync(join(folder, 'kitchen.wasm'), kitchen)
    return [join(folder, 'app.mjs'), join(folder, 'kitchen.wasm')] as const
  }

  it('ends when it has nothing else to do, and prints nothing of theirs', () => {
    const body = `
      await plugin.call('${API}#add', [1, 2])
      const children = () => readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').split(' ')
      if (process.platform === 'linux') {
        process.kill(Number(children()[0]), 'SIGABRT')
        await plugin.call('${API}#spin').catch(({ code }) => console.log(code))
        await plugin.call('${API}#add', [1, 2])
      } else console.log('PROCESS_CRASHED')`
    const { status, stdout, stderr } = spawnSync(process.execPath, [...files(body)], { encoding: 'utf8' })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'PROCESS_CRASHED\n', stderr: '' })
  })

  onLinux('takes them along when it is killed, whatever they do', async () => {
    const body = `plugin.call('${API}#say-and-spin', ['begun']).catch(() => {})`
    const child = spawn(process.execPath, [...files(body)], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    const [plugin] = childrenOf(child.pid as number) as [number]
    expect(existsSync(`/proc/${plugin}`)).toBe(true)
    child.kill('SIGKILL')
    await vi.waitFor(() => expect(existsSync(`/proc/${plugin}`)).toBe(false), 10_000)
  })

  it('hears at load that it may start none', () => {
    const [flag] = flagsFor({ ...limits, grants: { fs: [] } })
    const args = [flag as string, '--allow-worker', '--allow-fs-read=*', '--no-warnings']
    const [script, file] = files('')
    const { stderr } = spawnSync(process.execPath, [...args, script, file], { encoding: 'utf8' })
    expect(stderr).toContain('PROCESS_UNAVAILABLE')
  })
})

const limits = { heapBytes: 256 << 20, limits: { memoryBytes: 1 << 20, tableElements: 10 } }

describe('Node, in the process of a plugin', () => {
  /** What a script comes to that runs as the relay does. */
  function run(body: string, fs: readonly { access: string }[] = []): unknown {
    const input = `const outcome = (work) => { try { return work() ?? 'done' } catch ({ code, message }) { return code ?? message } }
      const fs = require('node:fs')
      console.log(JSON.stringify(${body}))`
    const { stdout, stderr } = spawnSync(process.execPath, flagsFor({ ...limits, grants: { fs } as never }), {
      ...{ input, env: {}, encoding: 'utf8' },
    })
    return JSON.parse(stdout || JSON.stringify(stderr))
  }

  attack(
    'E180',
    'Breaks out of WebAssembly in a process of its own, and reads a file, starts a program or loads an add-on',
    'Node refuses each; and to write, where files may be read alone',
    () => {
      const file = join(tempDir(), 'file')
      const name = JSON.stringify(file)
      writeFileSync(file, 'content')
      const tries = `[
        outcome(() => fs.readFileSync(${name}, 'utf8')),
        outcome(() => fs.writeFileSync(${name}, '')),
        outcome(() => require('node:child_process').spawnSync('true').error?.code),
        outcome(() => process.dlopen({ exports: {} }, '/nowhere.node'))]`
      const denied = 'ERR_ACCESS_DENIED'
      const addOn = expect.stringMatching(/^ERR_(DLOPEN_DISABLED|ACCESS_DENIED)$/)
      expect(run(tries)).toEqual([denied, denied, denied, addOn])
      expect(run(tries, [{ access: 'read' }])).toEqual(['content', denied, denied, addOn])
      expect(run(tries, [{ access: 'read-write' }])).toEqual(['content', 'done', denied, addOn])
    },
  )

  it('has heap, memories and tables by limit, and no environment', () => {
    const tries = `[
      Object.keys(process.env),
      require('node:v8').getHeapStatistics().heap_size_limit < 600e6,
      outcome(() => new WebAssembly.Memory({ initial: 17 }) && 'more'),
      outcome(() => new WebAssembly.Memory({ initial: 16 }) && 'as much'),
      outcome(() => new WebAssembly.Table({ initial: 10001, element: 'anyfunc' }) && 'more')]`
    expect(run(tries)).toEqual([
      [],
      true,
      expect.not.stringMatching('more'),
      'as much',
      expect.not.stringMatching('more'),
    ])
  })
})

describe('what comes from the process of a plugin', () => {
  const ended = "the plugin's process ended unexpectedly: it sent"
  const noMessage = `${ended} what is no message`

  /** How the application ends a process that sends this, and what it hears of it before; `repeat` for one without end. */
  async function sent(
    send: string,
    { repeat = false, onMessage = () => {} }: { repeat?: boolean; onMessage?: (message: never) => void } = {},
  ): Promise<string> {
    const rules = new RuleState(parseGrants({}, undefined, grantPorts))
    const source = `const { serialize } = require('node:v8')
      const message = (value) => framed(serialize(value))
      const framed = (body) => Buffer.concat([head(body.length + 4), head(body.length), body])
      const head = (length) => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(length); return bytes }
      const stream = new (require('node:net').Socket)({ fd: 3 })
      const bytes = ${send}
      const go = () => { while (stream.write(bytes) && ${repeat}); stream.once('drain', go) }
      ${repeat ? 'go()' : 'stream.write(bytes)'}
      setInterval(() => {}, 1_000)`
    const child = spawn(process.execPath, ['-e', source], { stdio: ['pipe', 'inherit', 'inherit', 'pipe'] })
    const init = { plugin: 'one', limits: { liftedValues: 1_000 }, component: { modules: [] } }
    const script = { source: '', filename: '', code: undefined, isKept: false }
    let crashed: PluginError | undefined
    await new Promise<void>((resolve) => {
      runProcess({ child, script, desk: new RuleDesk(rules) }, { init, heapBytes: 0, rules } as never, {
        ask: async () => ({ ok: true, value: undefined }),
        onAnswered() {},
        onMessage,
        onCrash: (error) => {
          crashed = error as PluginError
        },
        onExit: () => resolve(),
      })
    })
    return crashed?.message ?? 'nothing'
  }

  attack(
    'E183',
    'Breaks out of WebAssembly in a process of its own, and sends the application what is no message, or one without end',
    'that process is ended; the call fails with PROCESS_CRASHED',
    async () => {
      for (const junk of [
        'Buffer.concat([head(3), Buffer.from("abc")])',
        'message(null)',
        'message({ type: "constructor" })',
        'message({ type: "ask", id: 1 })',
        'message({ type: "ask", id: 1, request: { content: null, holes: [], pieces: 0 } })',
        'message({ type: "result", id: 1, outcome: { content: {}, holes: [{}], pieces: 0 } })',
        'message({ type: "crash" })',
      ])
        expect([junk, await sent(junk)]).toEqual([junk, noMessage])
      expect(await sent('head(2 ** 31)')).toBe(`${ended} a message of 2147483648 bytes`)
    },
  )

  attack(
    'E184',
    'Breaks out of WebAssembly in a process of its own, and sends pieces without the message that they belong to, or asks and asks',
    'no more is kept than one message may have; that process is ended',
    async () => {
      const piece = (part: string) =>
        `message({ type: 'piece', piece: { whole: 0, part: ${part}, holes: [] } })`
      const before = process.memoryUsage().rss
      for (const part of [
        "'x'.repeat(1 << 20)",
        '[]',
        'new Map(Array(50_000).fill(0).map((_, i) => [i, i]))',
      ])
        expect([part, await sent(piece(part), { repeat: true })]).toEqual([part, noMessage])
      const ask = "{ type: 'ask', id: 1, request: { content: { kind: 'drain' }, holes: [], pieces: 9 } }"
      expect(await sent(`message(${ask})`, { repeat: true })).toBe(noMessage)
      const result =
        "{ type: 'result', id: 1, used: [0, 0, 0, 0, 0, 0], outcome: { content: {}, holes: [], pieces: 0 } }"
      expect(await sent(`message(${result})`)).toBe(noMessage)
      expect(process.memoryUsage().rss - before).toBeLessThan(256 << 20)
    },
  )

  attack(
    'E185',
    'Breaks out of WebAssembly in a process of its own, and sends a message that takes the application seconds to read',
    'that process is ended, and the message is not read: what is read at once is little, large bytes are copied alone',
    async () => {
      const large = `${ended} more at once than is read at once`
      // Objects without anything in them, three bytes each.
      expect(await sent('framed(Buffer.alloc(3 << 20, Buffer.from([0x6f, 0x7b, 0])))')).toBe(large)
      expect(await sent('Buffer.concat([head(8), head(5), Buffer.alloc(4)])')).toBe(large)
      expect(await sent('Buffer.concat([head(2), Buffer.alloc(2)])')).toBe(noMessage)
      // Bytes apart that are not there: an array of 2^31 of them.
      const apart = 'framed(Buffer.from([0xff, 0x0f, 0x5c, 1, 0x80, 0x80, 0x80, 0x80, 8]))'
      expect(await sent(apart)).toBe(noMessage)
    },
  )

  attack(
    'E186',
    'Breaks out of WebAssembly in a process of its own, and reports uses and lines of the log as another plugin, in a call of it, or under a name of an event that the host has for itself',
    'they are told as its own; what is no such event, or in no call of it, ends that process',
    async () => {
      const access = {
        capability: 'net',
        operation: 'GET',
        target: 'https://a.example\u001b',
        rule: null,
        time: 1,
      }
      const log = { level: 'info', stream: 'stdout', message: 'a\u001b[2J' }
      const sendEvent = async (type: string, event: object, call?: unknown): Promise<[string, unknown[]]> => {
        const heard: unknown[] = []
        const frame = `message(${JSON.stringify({ type, event, call })}), message(null)`
        const how = await sent(`Buffer.concat([${frame}])`, { onMessage: (message) => heard.push(message) })
        return [how, heard.map((message) => (message as { event: unknown }).event)]
      }
      const mine = (event: object) => [noMessage, [{ ...event, plugin: 'one' }]]
      const target = 'https://a.example\\u{1b}'
      const allowed = { ...access, decision: 'allowed', plugin: 'other' }
      expect(await sendEvent('access', { ...allowed, error: 1 })).toEqual(mine({ ...allowed, target }))
      expect(await sendEvent('log', { ...log, plugin: 'other' })).toEqual(
        mine({ ...log, message: 'a\\u{1b}[2J' }),
      )
      for (const [type, event, call] of [
        ['access', { ...access, decision: 'closed' }],
        ['access', { ...access, decision: 'fault' }],
        ['access', { ...access, decision: 'denied', reason: '__proto__' }],
        ['access', { ...allowed, target: {} }],
        ['access', { ...allowed, time: 'x' }],
        ['access', allowed, 7],
        ['log', {}],
        ['log', { ...log, level: 'constructor' }],
        ['log', { ...log, message: 'a\nb' }],
        ['log', log, 7],
      ] as [string, object, number?][])
        expect([event, await sendEvent(type, event, call)]).toEqual([event, [noMessage, []]])
    },
  )
})

describe.skipIf(noRust)('files of plugins in processes', () => {
  const load = async (path: string, options: { quotaBytes: number; instances?: number }) => {
    const { quotaBytes, instances = 1 } = options
    const plugin = await host.load(keeper(), {
      ...{ isolation, pool: { instances } },
      grants: { fs: [{ path, at: '/d', access: 'read-write', quotaBytes }] },
    })
    return { plugin, run: runs(plugin.exports) }
  }

  attack(
    'E181',
    'Fills its quota of a directory, and has its process ended to begin anew',
    'the quota is kept by the application: the next process finds it used up',
    async () => {
      const path = tempDir()
      const { plugin, run } = await load(path, { quotaBytes: 1_000 })
      expect(await run('write', '/d/a', 'x'.repeat(900))).toBe('done')
      await expect(
        plugin.call('test:keeper/keeping#run', ['spin', []], { timeoutMs: 100 }),
      ).rejects.toMatchObject({
        code: 'DEADLINE_EXCEEDED',
      })
      expect(await run('write', '/d/b', 'x'.repeat(200))).toMatch(/^error: /)
      expect(await run('write', '/d/c', 'x'.repeat(100))).toBe('done')
    },
  )

  attack(
    'E182',
    'Has several processes fill one directory at a time',
    'what they write together is no more than its quota, and none waits for one that was ended',
    async () => {
      const path = tempDir()
      const { run } = await load(path, { quotaBytes: 10_000, instances: 3 })
      const files = Array.from({ length: 30 }, (_, i) => `/d/${i}`)
      const outcomes = await Promise.all(files.map((file) => run('write', file, 'x'.repeat(1_000))))
      expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(10)
      const bytes = readdirSync(path).reduce((sum, name) => sum + readFileSync(join(path, name)).length, 0)
      expect(bytes).toBeLessThanOrEqual(10_000)
    },
  )

  it('are closed for a process whose grants are taken back while it runs', async () => {
    const path = tempDir()
    mkdirSync(join(path, 'in'))
    const { plugin, run } = await load(path, { quotaBytes: 1_000 })
    expect(await run('write', '/d/a', 'x')).toBe('done')
    plugin.narrow({ fs: [{ path, at: '/d', access: 'read' }] })
    expect(await run('write', '/d/b', 'x')).toMatch(/^error: /)
    expect(await run('read', '/d/a')).toBe('x')
    plugin.revoke('fs')
    expect(await run('read', '/d/a')).toMatch(/^error: /)
  })
})
