import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBuilt } from '../../../host/test/helpers/guests.js'
import { attack } from '../helpers/attack.js'
import { browsers } from '../helpers/browsers.js'

/** What a plugin does that waits, in a thread that shares no memory with its page. */
const WAITS = `
  const grants = {
    net: ['GET ' + location.origin + '/**', 'tcp://127.0.0.1:9'],
    keyvalue: { notes: {} },
    config: { KEY: 'value' },
    fs: [{ memory: { 'a.txt': 'in memory' }, at: '/d', access: 'read' }],
    stdio: { stdin: 'a line' },
  }
  const { run } = await load('waits', { grants })
  answer({
    slept: Number(await run('sleep', '30')) >= 30,
    http: (await run('http-get', location.origin + '/')).slice(0, 19),
    denied: await run('http-get', 'http://example.com/'),
    missing: await run('http-with-field', location.origin + '/nothing', 'x-a', 'b'),
    tcp: await run('tcp-connect', '127.0.0.1', '9'),
    set: await run('store-set', 'notes', 'key'),
    get: await run('store-get', 'notes', 'key'),
    exists: await run('store-exists', 'notes', 'other'),
    none: await run('store-get', 'others', 'key'),
    config: await run('config-get', 'KEY'),
    file: await run('fs-read', '/d/a.txt'),
    stdin: await run('read-line'),
    printed: await run('print', 'x'.repeat(100_000)),
    panic: await run('panic', 'oh'),
    after: await run('store-get', 'notes', 'key'),
  })
`

/** Grants are taken back while the plugin is suspended, before it starts again, and before another thread of it does. */
const TAKEN_BACK = `
  const { plugin, run } = await load('taken', { grants: { config: { KEY: 'value', OTHER: 'other' } } })
  const before = await run('config-get', 'KEY')
  const sleeping = run('sleep', '20')
  plugin.revoke('config KEY')
  await sleeping
  const next = [await run('config-get', 'KEY'), await run('config-get', 'OTHER')]
  await run('panic', 'oh')
  next.push(await run('config-get', 'KEY'), await run('config-get', 'OTHER'))
  const late = await plugin.call('test:guest/program#run', ['sleep', ['100000']], { timeoutMs: 50 }).catch(said)
  next.push(late, await run('config-get', 'KEY'), await run('config-get', 'OTHER'))
  answer({ before, next })
`

/** Every use is heard of, faster than the page takes it in. */
const HEARD = `
  let uses = 0
  host.on('allowed', () => uses++)
  const files = [{ memory: { 'a.txt': 'in memory' }, at: '/d', access: 'read', maxOpen: 2_000 }]
  const { run } = await load('heard', { grants: { fs: files } })
  const opened = await run('fs-flood', '/d/a.txt')
  const waiting = [run('sleep', '5'), run('fs-read', '/d/a.txt'), run('sleep', '5')]
  answer({ opened, uses, read: (await Promise.all(waiting))[1] })
`

const PRELUDE = `
  import { createHost, ComponentError, PluginError } from './dist/index.js'
  const host = await createHost({ thread: '/thread.js' })
  const said = (error) => PluginError.is(error) ? error.code : ComponentError.is(error) ? '!' + error.payload : String(error)
  const load = async (name, options) => {
    const plugin = await host.load('plugin.wasm', { name, ...options })
    const run = (operation, ...args) => plugin.call('test:guest/program#run', [operation, args]).catch(said)
    return { plugin, run }
  }
`

// Needs a browser; `npm test` gets one, or says why not.
const [[, executable, start]] = browsers
const isReady = executable !== undefined && isBuilt('rust')
describe.skipIf(!isReady)('a plugin in a page that is not isolated', () => {
  let browser: Awaited<ReturnType<typeof start>>
  let wasm: Uint8Array
  beforeAll(async () => {
    browser = await start()
    wasm = await readFile(new URL('../../../host/test/guests/rust/dist/rust.wasm', import.meta.url))
  })
  afterAll(() => browser?.close())
  const visit = (script: string) => browser.visit({ script: PRELUDE + script, wasm, headers: {} })

  it('waits for whatever there is to wait for, suspended', async () => {
    expect(await visit(WAITS)).toEqual({
      slept: true,
      http: '200 <!doctype html>',
      denied: '!http-request-denied',
      missing: '404 ',
      tcp: '!not-supported',
      set: 'set',
      get: '5 bytes',
      exists: 'false',
      none: '!no-such-store',
      config: 'value',
      file: 'in memory',
      stdin: 'a line',
      printed: '',
      panic: 'GUEST_TRAP',
      after: '5 bytes',
    })
  })

  it('makes no more events than the page takes in, and its calls wait for each other', async () => {
    expect(await visit(HEARD)).toEqual({
      opened: '1999 quota',
      uses: 2_000,
      read: 'in memory',
    })
  })

  attack(
    'H6',
    'Reads what was taken back while it was suspended: then, in the instance after a fault, and in a new thread',
    'it is gone in each of them; what it sleeps through its deadline for ends its thread',
    async () => {
      expect(await visit(TAKEN_BACK)).toEqual({
        before: 'value',
        next: ['!unset', 'other', '!unset', 'other', 'DEADLINE_EXCEEDED', '!unset', 'other'],
      })
    },
  )
})
