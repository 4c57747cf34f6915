import { createSocket } from 'node:dgram'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server as HttpServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { join } from 'node:path'
import { createHost, type GrantsInput, type InlinePlugin, type Plugin } from '@wasm-plugin/host'
import { describe, expect, it, onTestFinished } from 'vitest'
import { keeper, noRust, runs } from './helpers/keeper.js'
import { tempDir } from './helpers/wasi.js'

type Isolation = 'worker' | 'inline'

async function load(grants: GrantsInput, isolation: Isolation = 'worker') {
  const host = await createHost({ limits: { timeoutMs: 60_000 } })
  onTestFinished(() => host.close())
  const plugin: Plugin | InlinePlugin =
    isolation === 'inline'
      ? await host.load(keeper(), { grants, isolation })
      : await host.load(keeper(), { grants })
  return { host, plugin, run: runs(plugin.exports) }
}

async function listen(server: Server | HttpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A promise, and what resolves it. */
function signal() {
  let give = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { give, given }
}

const DENIED = /^error: /

describe.skipIf(noRust)('the grants of a running plugin', () => {
  it.each(['worker', 'inline'] as const)('are narrowed from writing to reading (%s)', async (isolation) => {
    const path = tempDir()
    writeFileSync(join(path, 'a'), 'hello')
    const { plugin, run } = await load({ fs: [{ path, at: '/data', access: 'read-write' }] }, isolation)
    expect(await run('open-write', 'w', '/data/a')).toBe('open')
    expect(await run('open-read', 'r', '/data/a')).toBe('open')
    expect(await run('use-write', 'w', 'H')).toBe('done')
    expect(plugin.narrow({ fs: [{ path, at: '/data', access: 'read' }] }).rules).toEqual(['fs read /data'])
    expect(plugin.grants.given.fs[0]?.access).toBe('read')
    for (const use of ['use-write', 'use-read', 'use-stat']) expect(await run(use, 'w', 'x')).toMatch(DENIED)
    expect(await run('use-read', 'r')).toBe('Hello')
    expect(await run('read', '/data/a')).toBe('Hello')
    expect(await run('write', '/data/a', 'x')).toMatch(DENIED)
    expect(await run('remove', '/data/a')).toMatch(DENIED)
    expect(readFileSync(join(path, 'a'), 'utf8')).toBe('Hello')
    plugin.revoke('fs')
    expect(await run('use-read', 'r')).toMatch(DENIED)
    expect(plugin.grants.rules).toEqual([])
  })

  it.each(['worker', 'inline'] as const)('are narrowed to a folder inside (%s)', async (isolation) => {
    const path = tempDir()
    mkdirSync(join(path, 'in'))
    for (const name of ['secret', 'in/open']) writeFileSync(join(path, name), name)
    const grants = { fs: [{ path, at: '/data', access: 'read' as const }], env: { A: '1', B: '2' } }
    const { plugin, run } = await load(grants, isolation)
    expect(await run('open-read', 'f', '/data/secret')).toBe('open')
    expect(await run('open-dir', 'd', '/data')).toBe('open')
    plugin.narrow({ fs: [{ path: join(path, 'in'), at: '/data/in', access: 'read' }] })
    expect(await run('read', '/data/in/open')).toBe('in/open')
    expect(await run('list', '/data/in')).toBe('1')
    for (const [use, of] of [['use-read', 'f'] as const, ['use-next', 'd'] as const])
      expect(await run(use, of)).toMatch(DENIED)
    expect(await run('read', '/data/secret')).toMatch(DENIED)
    expect(await run('list', '/data')).toMatch(DENIED)
    expect(() => plugin.narrow({ fs: [{ path, at: '/data', access: 'read' }] })).toThrow(
      expect.objectContaining({ code: 'GRANTS_NOT_NARROWER' }),
    )
  })

  it('hold for an instance that starts later', async () => {
    const path = tempDir()
    writeFileSync(join(path, 'a'), 'hello')
    const { plugin, run } = await load({ fs: [{ path, at: '/data', access: 'read-write' }], env: { A: '1' } })
    plugin.narrow({ fs: [{ path, at: '/data', access: 'read' }], env: [] })
    await expect(run('panic')).rejects.toMatchObject({ code: 'GUEST_TRAP' })
    expect(await run('env', 'A')).toMatch(DENIED)
    expect(await run('read', '/data/a')).toBe('hello')
    expect(await run('write', '/data/a', 'x')).toMatch(DENIED)
  })

  it('hold for a thread that is busy', async () => {
    const path = tempDir()
    const { host, plugin, run } = await load({ fs: [{ path, at: '/data', access: 'read-write' }] })
    const [started, denied] = [signal(), signal()]
    const decisions: string[] = []
    for (const event of ['allowed', 'denied'] as const)
      host.on(event, ({ operation, decision }) => {
        if (operation === 'mkdir') decisions.push(decision)
      })
    host.on('allowed', ({ operation }) => operation === 'mkdir' && started.give())
    host.on('denied', () => denied.give())
    const call = run('repeat', '3000', 'mkdir', '/data/same')
    await started.given
    plugin.narrow({ fs: [{ path, at: '/data', access: 'read' }] })
    await denied.given
    await call
    const first = decisions.indexOf('denied')
    expect(first).toBeGreaterThan(0)
    expect(decisions.slice(first)).not.toContain('allowed')
  })

  it('end requests and connections that are open, those that are waited for too', async () => {
    const [gone, asked] = [signal(), signal()]
    const http = await listen(
      createServer((request, response) => {
        response.on('close', gone.give)
        response.write('begun')
        if (request.url === '/wait') asked.give()
      }),
    )
    const closed = signal()
    const tcp = await listen(
      createTcpServer((socket) =>
        socket
          .resume()
          .on('close', closed.give)
          .on('error', () => {}),
      ),
    )
    const { plugin, run } = await load({ net: [`http://${http}`, `tcp://${tcp}`] })
    expect(await run('open-http', 'h', `http://${http}/wait`)).toBe('open')
    expect(await run('use-read', 'h')).toBe('begun')
    expect(await run('open-tcp', 't', tcp)).toBe('open')
    await asked.given
    const waiting = run('use-read', 'h')
    plugin.narrow({ net: [`GET http://${http}/other`, `tcp://${tcp}`] })
    await gone.given
    expect(await waiting).toMatch(DENIED)
    expect(await run('get', `http://${http}/wait`)).toMatch(DENIED)
    expect(await run('use-write', 't', 'x')).toBe('done')
    plugin.revoke(`net tcp://${tcp}`)
    await closed.given
    expect(await run('use-write', 't', 'x')).toMatch(DENIED)
    expect(await run('tcp', tcp)).toMatch(DENIED)
  })

  it('end what a socket hears from others', async () => {
    const server = createSocket('udp4')
    const from = signal()
    let answer = (_text: string) => {}
    server.on('message', (_, { address, port }) => {
      answer = (text) => server.send(text, port, address)
      from.give()
    })
    await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const to = `127.0.0.1:${server.address().port}`
    const { plugin, run } = await load({ net: [`udp://${to}`] })
    expect(await run('open-udp', 'u')).toBe('open')
    expect(await run('use-send', 'u', to, 'hi')).toBe('2')
    await from.given
    answer('late')
    plugin.revoke('net')
    expect(await run('use-receive', 'u')).toMatch(DENIED)
    expect(await run('use-send', 'u', to, 'hi')).toMatch(DENIED)
  })
})
