// On every Node: what keeps a process alive.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type Server as HttpServer } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'

import { size, tries } from '../../../../test/seed.js'
import { assemble, guest } from '../helpers/guests.js'
import { keeper, noRust } from '../helpers/keeper.js'
import { tempDir } from '../helpers/wasi.js'

const ROUNDS = size(5, 20)
/** Of those that take a second each. */
const SLOW_ROUNDS = size(2, 5)

it('whatever is awaited while a host or a plugin closes keeps the process alive', {
  timeout: 600_000,
}, async () => {
  const spinning = await assemble(`(component
    (core module $m (func $spin (loop $l (br $l))) (start $spin) (func (export "f")))
    (core instance $i (instantiate $m))
    (func (export "f") (canon lift (core func $i "f"))))`)
  const files = fileOf({ 'kitchen.wasm': await guest('kitchen'), 'spinning.wasm': spinning })
  const closed = [ROUNDS, ['PLUGIN_CLOSED']]
  expect(await run('holds.mjs', files('kitchen.wasm'), files('spinning.wasm'), ROUNDS)).toEqual([
    ['a host whose plugin computes', ...closed],
    ['a host whose plugin waits for the application', ...closed],
    ['a plugin that computes', ...closed],
    [
      'a host twice at a time, with calls that run and calls that wait',
      ROUNDS,
      ['PLUGIN_CLOSED,PLUGIN_CLOSED,PLUGIN_CLOSED'],
    ],
    ['a host after a deadline', ROUNDS, ['DEADLINE_EXCEEDED']],
    ['a host after an abort', ROUNDS, ['CALL_ABORTED']],
    ['a host, in a function that its plugin called', ...closed],
    ['a plugin, in a function that it called', ...closed],
    ['a host, in a handler of SIGTERM', ...closed],
    ['a host whose plugin loads', ROUNDS, ['HOST_CLOSED']],
    ['a host whose plugin arrives for ever', ROUNDS, ['HOST_CLOSED']],
    ['nothing, until a plugin that arrives for ever is late', ROUNDS, ['SOURCE_UNREADABLE']],
    ['a host with an audit file', ...closed],
  ])
})

it('a host that nobody waits for lets the process end', { timeout: 600_000 }, async () => {
  const files = fileOf({ 'kitchen.wasm': await guest('kitchen') })
  expect(await run('lets-go.mjs', files('kitchen.wasm'), ROUNDS)).toEqual([
    ['a plugin that was never called', ROUNDS, [null]],
    ['a plugin that was called, with listeners', ROUNDS, ['loaded,call']],
    ['instances side by side', ROUNDS, [null]],
    ['a thread that a deadline ended', ROUNDS, ['DEADLINE_EXCEEDED']],
    ['a signal that is never aborted', ROUNDS, [null]],
    ['a plugin that was refused', ROUNDS, ['IMPORT_NOT_GRANTED']],
    ['an audit file, a memory volume, a scratch folder and a store', ROUNDS, [null]],
    ['a plugin in this thread', ROUNDS, [null]],
    ['a host that was closed', ROUNDS, [null]],
  ])
})

it('plugins that compute without end are ended by one close, and nothing of them is left', {
  timeout: 600_000,
}, async () => {
  const files = fileOf({ 'kitchen.wasm': await guest('kitchen') })
  // So many keep every processor from whatever is tested beside this: a hundred are for `npm run fuzz` and `npm run chaos`.
  const [threads, processes] = [tries(8), tries(2)]
  const [found] = await run('hung.mjs', files('kitchen.wasm'), threads, processes)
  const none =
    process.platform === 'linux' ? { handles: 0, threads: 0, children: 0, descriptors: 0 } : { handles: 0 }
  expect(found).toEqual({
    counts: { PLUGIN_CLOSED: threads + processes },
    wereRunning: true,
    left: none,
  })
})

it.skipIf(noRust)(
  'neither do connections that a plugin keeps open or begins hold the process',
  { timeout: 600_000 },
  async () => {
    const files = fileOf({ 'keeper.wasm': keeper() })
    const http = await listen(createServer((_, response) => response.write('begun')))
    const tcp = await listen(createTcpServer((socket) => socket.on('error', () => {})))
    const silent = `http://127.0.0.1:${await startDeaf()}`
    expect(
      await run('lets-go-net.mjs', files('keeper.wasm'), SLOW_ROUNDS, `http://${http}`, tcp, silent),
    ).toEqual([
      ['a request, a connection and a socket that the plugin keeps open', SLOW_ROUNDS, ['open,open,open']],
      ['a request whose server does not accept it', SLOW_ROUNDS, ['open']],
    ])
  },
)

/** The port of a server that accepts no connection: it was stopped, and its queue is full. */
async function startDeaf(): Promise<number> {
  const source = `const server = require('net').createServer()
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => process.send(server.address().port))`
  const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [port] = await once(child, 'message')
  child.kill('SIGSTOP')
  const queued = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}))
  onTestFinished(() => {
    for (const socket of queued) socket.destroy()
  })
  await Promise.all(queued.slice(0, 2).map((socket) => once(socket, 'connect')))
  return port
}

/** Runs a program, which prints what came of each of its modes; one that does not end by itself is ended. */
async function run(program: string, ...args: unknown[]): Promise<unknown[]> {
  const file = join(import.meta.dirname, program)
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...args.map(String)], {
    timeout: 500_000,
  })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

function fileOf(contents: Record<string, Uint8Array>): (name: string) => string {
  const folder = tempDir()
  for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(folder, name), bytes)
  return (name) => join(folder, name)
}

async function listen(server: Server | HttpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
