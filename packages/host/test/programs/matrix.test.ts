import { createSocket } from 'node:dgram'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type AccessEvent, createHost, type GrantsInput, type Host } from '@wasm-plugin/host'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { addGuest, isBuilt } from '../helpers/guests.js'
import { inProcesses } from '../helpers/walls.js'
import { tempDir } from '../helpers/wasi.js'
import { cellOf, columns, DIRECTORIES, FILES, rows } from './matrix-table.js'

let ports: Record<'http' | 'tcp' | 'tcpOther' | 'udp' | 'udpOther', number>
let host: Host
const closers: (() => void)[] = []

beforeAll(async () => {
  const listen = async () => {
    const server = createServer((_, response) => void response.end('hello'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(
      () => server.close(),
      () => server.closeAllConnections(),
    )
    return (server.address() as AddressInfo).port
  }
  const bind = async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1')
    await new Promise<void>((resolve) => socket.once('listening', resolve))
    closers.push(() => socket.close())
    return socket.address().port
  }
  ports = {
    http: await listen(),
    tcp: await listen(),
    tcpOther: await listen(),
    udp: await bind(),
    udpOther: await bind(),
  }
  host = await createHost()
})
afterAll(async () => {
  for (const close of closers) close()
  await host.close()
})

it('the table is whole', () => {
  expect(columns).toHaveLength(18)
  for (const { step, cells } of rows) expect([step, cells.length]).toEqual([step, columns.length])
})

describe.skipIf(!isBuilt('rust'))('every operation', () => {
  // Files in memory are not there for a process.
  it.each(columns.filter((column) => !(inProcesses && column === 'mem')))(
    'with the grants "%s" comes out as the table says',
    { timeout: 120_000 },
    async (column) => {
      const { run, plugin } = await addGuest(host, 'rust', { name: column, grants: grantsOf(column) })
      const decisions: AccessEvent['decision'][] = []
      const listen = (event: AccessEvent) => {
        if (event.plugin === column) decisions.push(event.decision)
      }
      host.on('allowed', listen).on('denied', listen)
      onTestFinished(() => {
        host.off('allowed', listen).off('denied', listen)
      })
      if (column === 'mem') {
        await run('fs-make-directory', '/d/empty')
        await run('fs-symlink', '/d/l')
      }
      if (column === 'less') {
        const path = plugin.grants.given.fs[0]?.path ?? ''
        plugin.narrow({
          ...NOTHING,
          fs: [{ path, at: '/d', access: 'read' }],
          net: grantsOf('http').net ?? [],
        })
      }
      if (column === 'gone') {
        for (const capability of ['fs', 'net', 'env', 'config', 'keyvalue']) plugin.revoke(capability)
      }
      const wrong: string[] = []
      for (const { step, cells } of rows) {
        const expected = cells[columns.indexOf(column)]
        decisions.length = 0
        const came = cellOf(step, await run(...callOf(step)), decisions.includes('denied'))
        if (came !== expected) wrong.push(`${step}: ${came} instead of ${expected}`)
      }
      expect(wrong).toEqual([])
      await plugin.close()
    },
  )
})

/** `tcp-connect granted` → the operation of the guest with what it stands for. */
function callOf(step: string): [operation: string, ...args: string[]] {
  const [operation = '', ...args] = step.split(' ')
  const port = (granted: keyof typeof ports, other: keyof typeof ports) =>
    String(ports[args[0] === 'granted' ? granted : other])
  switch (operation) {
    case 'http':
      return ['http', args[0] ?? '', 'http', `127.0.0.1:${ports.http}`, args[1] ?? '']
    case 'tcp-connect':
      return [operation, '127.0.0.1', port('tcp', 'tcpOther')]
    case 'udp-send':
      return [operation, '127.0.0.1', port('udp', 'udpOther'), 'x']
    case 'resolve':
      return [operation, args[0] === 'granted' ? 'localhost' : 'example.com']
    default:
      return [operation, ...args]
  }
}

function grantsOf(column: string): GrantsInput {
  const base = `http://127.0.0.1:${ports.http}`
  const of: Record<string, () => GrantsInput> = {
    none: () => ({}),
    ro: () => ({ fs: [{ path: tree(), at: '/d', access: 'read' }] }),
    rw: () => ({ fs: [{ path: tree(), at: '/d', access: 'read-write' }] }),
    in: () => {
      const path = tree()
      return {
        fs: [
          { path, at: '/d', access: 'read-write' },
          { path: join(path, 'in'), at: '/d/in', access: 'read' },
        ],
      }
    },
    mem: () => ({ fs: [{ memory: filesInMemory(), at: '/d', access: 'read-write' }] }),
    tmp: () => ({ fs: [{ scratch: true, at: '/t' }] }),
    http: () => ({ net: [`GET ${base}/pub/**`] }),
    '!http': () => ({ net: [base, `!${base}/secret/**`] }),
    tcp: () => ({ net: [`tcp://127.0.0.1:${ports.tcp}`] }),
    udp: () => ({ net: [`udp://127.0.0.1:${ports.udp}`] }),
    dns: () => ({ net: ['dns://localhost'] }),
    env: () => ({ env: { KEY: 'value' } }),
    cfg: () => ({ config: { KEY: 'value' } }),
    kv: () => ({ keyvalue: { mine: {} } }),
    io: () => ({ args: ['guest'], stdio: { stdin: 'a line\nanother\n' } }),
    all: () => ({
      fs: [of.rw, of.tmp].flatMap((some) => some?.().fs ?? []),
      net: [of.http, of.tcp, of.udp, of.dns].flatMap((some) => some?.().net as string[]),
      ...of.env?.(),
      ...of.cfg?.(),
      ...of.kv?.(),
      ...of.io?.(),
    }),
    // All of it, and then narrowed or revoked while the plugin runs.
    less: () => of.all?.() ?? {},
    gone: () => of.all?.() ?? {},
  }
  return of[column]?.() ?? {}
}

const NOTHING = { env: {}, config: {}, keyvalue: {} }

/** The directory `/d`: one file for every operation that uses one up. */
function tree(): string {
  const path = tempDir()
  for (const name of DIRECTORIES) mkdirSync(join(path, name))
  for (const name of FILES) writeFileSync(join(path, name), 'text')
  symlinkSync('f', join(path, 'l'))
  return path
}

/** The same, but for what has no content: a test makes it. */
function filesInMemory(): Record<string, string> {
  return Object.fromEntries([...FILES, 's/x'].map((name) => [name, 'text']))
}
