import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGateway } from '@wasm-plugin/gateway'
import { createHost } from '@wasm-plugin/host'
import { describe, expect, it, onTestFinished } from 'vitest'
import { says } from './helpers/programs.js'
import { noRust, raw, serve, server } from './helpers/serve.js'

const textOf = async (url: string, init?: RequestInit) => await (await fetch(url, init)).text()
const inline = { isolation: 'inline' } as const

describe.skipIf(noRust)("a route whose plugin is in the application's thread", () => {
  it('answers as any other', async () => {
    const { url, port, log, logged } = await serve({
      routes: [
        { path: '/request/:id', plugin: server(), ...inline },
        { path: '/...', plugin: server(), reuse: 100, ...inline },
        { path: '/count', plugin: server(), ...inline },
      ],
    })
    expect(await textOf(`${url}/hello`)).toBe('hello\n')
    expect(await textOf(`${url}/request/17?a`)).toContain('x-path-match-id: 17')
    expect([await textOf(`${url}/count`), await textOf(`${url}/count`)]).toEqual(['0', '0'])
    const head = await fetch(`${url}/sized/10`, { method: 'HEAD' })
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['10', ''])
    expect((await textOf(`${url}/sized/1000000`)).length).toBe(1_000_000)
    const trailers = await raw(port, 'GET /trailers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(trailers).toMatch(/\r\nx-sum: 42\r\n\r\n$/)
    await logged(7)
    expect(log[0]).toMatchObject({ route: '/...', status: 200, bytes: 6, error: undefined })
  })

  it('has the body read before, as much as it may have', async () => {
    const { url, port } = await serve({
      routes: [
        { path: '/...', plugin: server(), ...inline },
        { path: '/echo', plugin: server(), maxBodyBytes: 1 << 20, ...inline },
      ],
    })
    const post = async (path: string, body: RequestInit['body']) => {
      const response = await fetch(`${url}${path}`, { method: 'POST', body, duplex: 'half' } as RequestInit)
      return [response.status, (await response.text()).length]
    }
    expect(await post('/size', 'x'.repeat(65_536))).toEqual([200, 5])
    expect((await post('/size', 'x'.repeat(65_537)))[0]).toBe(413)
    expect((await post('/size', new Blob(['x'.repeat(100_000)]).stream()))[0]).toBe(413)
    expect(await post('/echo', 'x'.repeat(1 << 20))).toEqual([200, 1 << 20])
    expect(await post('/echo', new Blob(['x'.repeat(1 << 20)]).stream())).toEqual([200, 1 << 20])
    expect((await post('/echo', new Blob(['x'.repeat((1 << 20) + 1)]).stream()))[0]).toBe(413)
    // What is not all there has not reached the plugin.
    const slow = raw(
      port,
      'POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nConnection: close\r\n\r\nhalf',
    )
    expect(await textOf(`${url}/hello`)).toBe('hello\n')
    void slow
  })

  it('answers what goes wrong as any other, and the next request', async () => {
    const limits = { fuel: 30_000_000, valueBytes: 1 << 20 }
    const { url, log, logged } = await serve({
      routes: [{ path: '/...', plugin: server(), limits, ...inline }],
    })
    const statuses: number[] = []
    for (const path of ['panic', 'spin', 'unset', 'refuse', 'hello'])
      statuses.push((await fetch(`${url}/${path}`)).status)
    expect(statuses).toEqual([500, 500, 500, 500, 200])
    // The head was not sent yet, so that there is no half of a response.
    await fetch(`${url}/panic-after`)
      .then((response) => response.text())
      .catch(() => 'broken off')
    await logged(6)
    expect(log.map(({ error }) => error?.code)).toEqual([
      'GUEST_TRAP',
      'OUT_OF_FUEL',
      'HTTP_NO_RESPONSE',
      'HTTP_REFUSED',
      undefined,
      'GUEST_TRAP',
    ])
  })

  it('speaks fetch, and is a handler of an application', async () => {
    const host = await createHost()
    const gateway = await createGateway({ host, routes: [{ path: '/...', plugin: server(), ...inline }] })
    const application = createServer(gateway.handler).listen(0)
    onTestFinished(async () => {
      application.close()
      await gateway.close()
      await host.close()
    })
    const response = await gateway.fetch(new Request('http://x/echo', { method: 'POST', body: 'body' }))
    expect(await response.text()).toBe('body')
    const { port } = application.address() as AddressInfo
    expect(await textOf(`http://127.0.0.1:${port}/hello`)).toBe('hello\n')
    expect(gateway.metrics()).toContain('wasm_plugin')
  })

  it('cannot be a program', async () => {
    const host = await createHost()
    onTestFinished(() => host.close())
    const plugin = await says('Status: 200\n\n')
    await expect(createGateway({ host, routes: [{ path: '/', plugin, ...inline }] })).rejects.toMatchObject({
      code: 'ROUTE_UNUSABLE',
      data: { code: 'PROGRAM_NEEDS_THREAD' },
    })
    expect(host.plugins.size).toBe(0)
  })
})
