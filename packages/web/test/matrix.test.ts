import { type AccessEvent, createHost, type GrantsInput, type Host } from '@wasm-plugin/web'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { columns as all, cellOf, FILES, rows } from '../../host/test/programs/matrix-table.js'
import { newFolder } from './helpers/folder.js'
import { addGuest, isBuilt } from './helpers/guests.js'

/** Every grant of the matrix that a page can give; directories of the system are folders of the browser here. */
const every = [
  'none',
  'ro',
  'rw',
  'in',
  'mem',
  'tmp',
  'http',
  '!http',
  'tcp',
  'udp',
  'dns',
  'env',
  'cfg',
  'kv',
  'io',
]

/** Those that need memory which the page shares with its threads. */
const SHARED = ['ro', 'rw', 'in', 'mem', 'tmp']
const columns = every.filter((column) => globalThis.crossOriginIsolated || !SHARED.includes(column))

/** What a page cannot do, whatever is granted, and what comes of it there. */
const UNSUPPORTED: Record<string, string> = {
  'tcp-connect granted': '!not-supported',
  'udp-send granted': '!not-supported',
  'resolve granted': '!not-supported',
}

/** What a browser has no means for in its folders. */
const IN_FOLDERS: Record<string, string> = {
  'fs-read-link /d/l': '!no-entry',
  'fs-set-times /d/f': '!unsupported',
  'fs-set-times /d/in/f': '!unsupported',
  'fs-symlink /d/new-link': '!unsupported',
  'fs-link /d/b /d/s/b': '!unsupported',
  'fs-link /d/in/f /d/stolen': '!unsupported',
}
const FOLDERS = ['ro', 'rw', 'in']

const base = `http://127.0.0.1:${inject('port')}`
let host: Host

beforeAll(async () => {
  host = await createHost()
})
afterAll(() => host.close())

describe.skipIf(!isBuilt('rust'))('every operation in a page', () => {
  it.each(columns)('with the grants "%s" comes out as in Node', { timeout: 120_000 }, async (column) => {
    const { run, plugin } = await addGuest(host, 'rust', { name: column, grants: await grantsOf(column) })
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
    const wrong: string[] = []
    for (const { step, cells } of rows) {
      const said = cells[all.indexOf(column)]
      const cannot = UNSUPPORTED[step] ?? (FOLDERS.includes(column) ? IN_FOLDERS[step] : undefined)
      const expected = said === '+' ? (cannot ?? said) : said
      decisions.length = 0
      const outcome = await run(...callOf(step))
      const denied = decisions.includes('denied')
      const came = outcome === cannot ? outcome : cellOf(step, outcome, denied)
      if (came !== expected) wrong.push(`${step}: ${came} instead of ${expected}`)
    }
    expect(wrong).toEqual([])
    await plugin.close()
  })
})

function callOf(step: string): [operation: string, ...args: string[]] {
  const [operation = '', ...args] = step.split(' ')
  const port = args[0] === 'granted' ? '7001' : '7002'
  switch (operation) {
    case 'http':
      return ['http', args[0] ?? '', 'http', `127.0.0.1:${inject('port')}`, args[1] ?? '']
    case 'tcp-connect':
      return [operation, '127.0.0.1', port]
    case 'udp-send':
      return [operation, '127.0.0.1', port, 'x']
    case 'resolve':
      return [operation, args[0] === 'granted' ? 'localhost' : 'example.com']
    default:
      return [operation, ...args]
  }
}

async function grantsOf(column: string): Promise<GrantsInput> {
  if (FOLDERS.includes(column)) {
    const folder = await newFolder(Object.fromEntries([...FILES, 's/x'].map((name) => [name, 'text'])))
    await folder.getDirectoryHandle('empty', { create: true })
    const all = { folder, at: '/d', access: column === 'ro' ? 'read' : 'read-write' } as const
    const inner = { folder, below: 'in', at: '/d/in', access: 'read' } as const
    return { fs: column === 'in' ? [all, inner] : [all] }
  }
  const grants: Record<string, GrantsInput> = {
    mem: {
      fs: [
        {
          memory: Object.fromEntries([...FILES, 's/x'].map((name) => [name, 'text'])),
          at: '/d',
          access: 'read-write',
        },
      ],
    },
    tmp: { fs: [{ scratch: true, at: '/t' }] },
    http: { net: [`GET ${base}/pub/**`] },
    '!http': { net: [base, `!${base}/secret/**`] },
    tcp: { net: ['tcp://127.0.0.1:7001'] },
    udp: { net: ['udp://127.0.0.1:7001'] },
    dns: { net: ['dns://localhost'] },
    env: { env: { KEY: 'value' } },
    cfg: { config: { KEY: 'value' } },
    kv: { keyvalue: { mine: {} } },
    io: { args: ['guest'], stdio: { stdin: 'a line\nanother\n' } },
  }
  return grants[column] ?? {}
}
