import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createGateway, listen } from '@wasm-plugin/gateway'
import { createHost } from '@wasm-plugin/host'
import { describe, expect, it, onTestFinished } from 'vitest'
import { noRust, raw, serve, server } from './helpers/serve.js'

const textOf = async (url: string, init?: RequestInit) => await (await fetch(url, init)).text()

describe.skipIf(noRust)('a gateway', () => {
  it('has plugins answer, by path, by parameters and by host name', async () => {
    const { url, port, log, logged } = await serve({
      routes: [
        { path: '/hello', plugin: server() },
        { path: '/request/...', plugin: server() },
        { path: '/request/:id', plugin: server() },
        { path: '/request/fixed', plugin: server() },
        { path: '/hello', host: 'other.example', plugin: server() },
      ],
    })
    expect(await textOf(`${url}/hello`)).toBe('hello\n')
    expect((await fetch(`${url}/hello/`)).status).toBe(404)
    expect((await fetch(`${url}/hell`)).status).toBe(404)
    const matched = async (target: string) => /x-matched-route: (\S+)/.exec(await textOf(url + target))?.[1]
    expect(await matched('/request/fixed')).toBe('/request/fixed')
    expect(await matched('/request/17')).toBe('/request/:id')
    expect(await matched('/request/')).toBe('/request/...')
    expect(await matched('/request')).toBe('/request/...')
    expect(await matched('/request/17/more?a=b')).toBe('/request/...')
    expect(await textOf(`${url}/request/a%2Fb?c`)).toContain('x-path-match-id: a%2Fb')
    const other = await raw(
      port,
      'GET /hello HTTP/1.1\r\nHost: OTHER.example:80\r\nConnection: close\r\n\r\n',
    )
    expect(other).toMatch(/^HTTP\/1.1 200 /)
    const whole = await raw(
      port,
      'GET http://other.example/hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    )
    expect(whole).toMatch(/^HTTP\/1.1 200 /)
    await logged(11)
    expect(log.at(-1)).toMatchObject({
      route: 'other.example/hello',
      status: 200,
      bytes: 6,
      error: undefined,
    })
  })

  it('gives the plugin the path as it came, who asks, and nothing that a client says of that', async () => {
    const { port } = await serve({ routes: [{ path: '/request/...', plugin: server() }] })
    const answer = await raw(
      port,
      'GET /request/../%2e%2e//a?b=%0d HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n',
      'Forwarded: for=6.6.6.6\r\nX-Matched-Route: /admin\r\nX-Path-Match-Id: 1\r\nX-Real-IP: 6.6.6.6\r\nConnection: close\r\n\r\n',
    )
    expect(answer).toContain('Some("/request/../%2e%2e//a?b=%0d")')
    expect(answer).toContain('Some(Scheme::Http) Some("shop.example")')
    expect(answer).not.toContain('6.6.6.6')
    expect(answer).toContain('x-forwarded-for: 127.0.0.1\n')
    expect(answer).toContain('x-forwarded-proto: http\n')
    expect(answer).not.toMatch(/\/admin|x-path-match-id|x-real-ip/)
  })

  it('believes the proxies that it is told to trust', async () => {
    const { url, log, logged } = await serve({
      routes: [{ path: '/request', plugin: server() }],
      trustedProxies: ['127.0.0.0/8', '10.1.0.0/16'],
    })
    const headers = {
      'x-forwarded-for': '6.6.6.6, 203.0.113.9, 10.1.2.3',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'shop.example',
    }
    const answer = await textOf(`${url}/request`, { headers })
    expect(answer).toContain('Some(Scheme::Https) Some("shop.example")')
    expect(answer).toContain('x-forwarded-for: 203.0.113.9\n')
    await logged(1)
    expect(log[0]?.client).toBe('203.0.113.9')
  })

  it('passes on both bodies, fields that are there twice, trailers, and hints', async () => {
    const { url, port } = await serve({ routes: [{ path: '/...', plugin: server() }] })
    const large = 'x'.repeat(3_000_000)
    expect(await textOf(`${url}/echo`, { method: 'POST', body: large })).toBe(large)
    expect(await textOf(`${url}/echo`, { method: 'POST', body: 'small' })).toBe('small')
    expect((await fetch(`${url}/cookies`)).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    const chunked =
      'POST /size HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: x-sum\r\nConnection: close\r\n\r\n'
    expect(await raw(port, chunked, '4\r\ndata\r\n', '0\r\nx-sum: 42\r\n\r\n')).toMatch(/\r\n4 1(\r\n|$)/)
    const hints = await raw(port, 'GET /early-hints HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(hints).toMatch(
      /^HTTP\/1.1 103 Early Hints\r\nLink: <\/a.css>; rel=preload; as=style\r\n\r\nHTTP\/1.1 200 OK/,
    )
    const trailers = await new Promise((resolve, reject) => {
      httpRequest(`${url}/trailers`, (response) =>
        response.resume().once('end', () => resolve(response.trailers)),
      )
        .once('error', reject)
        .end()
    })
    expect(trailers).toEqual({ 'x-sum': '42' })
  })

  it('sends no body where there is none', async () => {
    const { url, port } = await serve({ routes: [{ path: '/...', plugin: server() }] })
    const head = await fetch(`${url}/sized/10`, { method: 'HEAD' })
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['10', ''])
    for (const status of [204, 205, 304]) {
      const answer = await raw(port, `GET /status/${status} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      // Of a 205 its length is said.
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*\r\n\r\n(0\r\n\r\n)?$`))
      if (status !== 205) expect(answer).not.toMatch(/transfer-encoding/i)
    }
  })

  it('sends a response that is finished, though its plugin goes on', async () => {
    for (const isolation of ['worker', 'process'] as const) {
      const { url } = await serve({
        routes: [{ path: '/...', plugin: server(), isolation, pool: { instances: 2 } }],
      })
      expect(await textOf(`${url}/whole-then-spin`)).toBe('whole')
      const events = await fetch(`${url}/event-then-spin/2`)
      let text = ''
      for await (const bytes of events.body ?? []) {
        text += new TextDecoder().decode(bytes)
        if (text === 'event\nevent\n') break
      }
    }
  })

  it('answers that it has none while nothing of a response was sent, and says so in the log', async () => {
    for (const isolation of ['worker', 'process'] as const) {
      const { url, log, logged } = await serve({ routes: [{ path: '/...', plugin: server(), isolation }] })
      for (const path of ['/panic-before-body', '/long', '/claims', '/kept'])
        expect((await fetch(`${url}${path}`)).status).toBe(500)
      expect((await fetch(`${url}/whole-then-panic`)).status).toBe(200)
      await logged(5)
      expect(log.map(({ status, error }) => [status, error?.code])).toEqual([
        [500, 'GUEST_TRAP'],
        [500, 'HTTP_RESPONSE_INCOMPLETE'],
        [500, 'HTTP_RESPONSE_INCOMPLETE'],
        [500, 'HTTP_RESPONSE_INCOMPLETE'],
        [200, undefined],
      ])
      // Of these something may be on its way; what is cut must not look as if it were whole.
      for (const path of ['/short', '/unfinished', '/panic-after'])
        expect(['cut', 'none']).toContain(await cut(`${url}${path}`))
      await logged(8)
      for (const { error } of log.slice(5))
        expect(['GUEST_TRAP', 'HTTP_RESPONSE_INCOMPLETE']).toContain(error?.code)
    }
  })

  it('is not ready when the plugin of a route was closed by itself', async () => {
    const { url, host, gateway } = await serve({
      routes: [
        { path: '/one', plugin: server() },
        { path: '/count', plugin: server() },
      ],
    })
    expect(await textOf(`${url}/readyz`)).toBe('OK\n')
    await host.plugins.get('/one')?.close()
    expect([(await fetch(`${url}/readyz`)).status, gateway.isReady]).toEqual([503, false])
    expect((await fetch(`${url}/one`)).status).toBe(503)
    // The others answer until nobody asks any more.
    expect(await textOf(`${url}/count`)).toBe('0')
  })

  it('uses a connection again, also one whose request was not read', async () => {
    const { port } = await serve({ routes: [{ path: '/...', plugin: server() }] })
    const body = 'x'.repeat(200_000)
    const post = `POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const answer = await raw(port, post, 'GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect(answer.match(/HTTP\/1.1 200 OK/g)).toHaveLength(2)
  })

  it('gives each request a fresh instance, or as many as are wanted', async () => {
    const one = await serve({ routes: [{ path: '/count', plugin: server() }] })
    for (let i = 0; i < 3; i++) expect(await textOf(`${one.url}/count`)).toBe('0')
    const many = await serve({
      routes: [{ path: '/count', plugin: server(), reuse: 100, pool: { instances: 1 } }],
    })
    for (let i = 0; i < 3; i++) expect(await textOf(`${many.url}/count`)).toBe(String(i))
  })

  it('has plugins answer from processes of their own', async () => {
    const { url } = await serve({
      routes: [{ path: '/...', plugin: server(), isolation: 'process', pool: { instances: 1 } }],
    })
    expect(await textOf(`${url}/hello`)).toBe('hello\n')
    const body = 'x'.repeat(1_000_000)
    expect(await textOf(`${url}/echo`, { method: 'POST', body })).toBe(body)
    expect((await fetch(`${url}/panic`)).status).toBe(500)
    expect(await textOf(`${url}/count`)).toBe('0')
  })

  it('gives each route its own grants', async () => {
    const { url } = await serve({
      routes: [
        { path: '/env/A', plugin: server(), grants: { env: { A: 'granted' } } },
        { path: '/env/B', plugin: server() },
      ],
    })
    expect(await textOf(`${url}/env/A`)).toBe('granted')
    expect(await textOf(`${url}/env/B`)).toBe('unset')
  })

  it('answers what goes wrong with a status, and says why in the log alone', async () => {
    const { url, log, logged } = await serve({
      routes: [
        { path: '/bad/...', plugin: server() },
        { path: '/...', plugin: server() },
      ],
    })
    const cases = [
      ['/panic', 500, 'GUEST_TRAP'],
      ['/unset', 500, 'HTTP_NO_RESPONSE'],
      ['/refuse', 500, 'HTTP_REFUSED'],
      ['/exit', 500, 'PLUGIN_EXITED'],
    ] as const
    for (const [target, status, code] of cases) {
      const answer = await fetch(url + target)
      const text = await answer.text()
      expect([target, answer.status, text]).toEqual([target, status, '500 Internal Server Error\n'])
      await logged(cases.findIndex(([other]) => other === target) + 1)
      expect(log.at(-1)).toMatchObject({ id: answer.headers.get('x-request-id'), status, error: { code } })
    }
    expect(['cut', 'none']).toContain(await cut(`${url}/panic-after`))
    expect(['cut', 'none']).toContain(await cut(`${url}/short`))
    expect(['cut', 'none']).toContain(await cut(`${url}/unfinished`))
    await logged(7)
    expect(log.slice(4).map(({ error }) => error?.code)).toEqual([
      'GUEST_TRAP',
      'HTTP_RESPONSE_INCOMPLETE',
      'HTTP_RESPONSE_INCOMPLETE',
    ])
    expect(await textOf(`${url}/hello`)).toBe('hello\n')
  })

  it('answers 503 when it is busy or a plugin is suspended, 504 at the deadline, 413 for too much', async () => {
    const { url, port, gateway } = await serve({
      routes: [
        { path: '/spin', plugin: server(), limits: { timeoutMs: 500 }, pool: { instances: 1, queue: 0 } },
        {
          path: '/panic',
          plugin: server(),
          restart: { maxPerMinute: 1, backoffMs: 60_000 },
          pool: { instances: 1 },
        },
        { path: '/size', plugin: server(), maxBodyBytes: 10 },
      ],
    })
    const spinning = fetch(`${url}/spin`)
    while (gateway.inside === 0) await new Promise((resolve) => setImmediate(resolve))
    const busy = await fetch(`${url}/spin`)
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '1'])
    expect((await spinning).status).toBe(504)
    let suspended = await fetch(`${url}/panic`)
    for (let i = 0; i < 3; i++) suspended = await fetch(`${url}/panic`)
    expect(suspended.status).toBe(503)
    expect(Number(suspended.headers.get('retry-after'))).toBeGreaterThan(1)
    expect((await fetch(`${url}/size`, { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413)
    expect(await textOf(`${url}/size`, { method: 'POST', body: 'x'.repeat(10) })).toBe('10')
    const chunked =
      'POST /size HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n'
    expect(await raw(port, chunked, 'b\r\nxxxxxxxxxxx\r\n0\r\n\r\n')).toMatch(/^HTTP\/1.1 413 /)
  })

  it('answers many at a time', async () => {
    const { url, log, logged } = await serve({ routes: [{ path: '/...', plugin: server(), reuse: 50 }] })
    const answers = await Promise.all(Array.from({ length: 200 }, () => textOf(`${url}/hello`)))
    expect(new Set(answers)).toEqual(new Set(['hello\n']))
    await logged(200)
    expect(new Set(log.map(({ id }) => id)).size).toBe(200)
  })

  it('goes on with what runs when it closes, and refuses the rest', async () => {
    const { url, gateway, listening, port } = await serve({
      routes: [{ path: '/...', plugin: server(), pool: { instances: 2 } }],
    })
    const { body } = await fetch(`${url}/big/64`)
    const reader = (body as ReadableStream<Uint8Array>).getReader()
    let size = (await reader.read()).value?.length ?? 0
    // A connection that is there already, in the midst of a request.
    const late = raw(port, 'GET /hello HTTP/1.1\r\nHost: x\r\n')
    expect(await textOf(`${url}/readyz`)).toBe('OK\n')
    const closed = listening.close({ drainMs: 60_000 })
    expect(gateway.isReady).toBe(false)
    const refused = await gateway.fetch(new Request(`${url}/hello`))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    await refused.text()
    for (let next = await reader.read(); !next.done; next = await reader.read()) size += next.value.length
    expect(size).toBe(64 << 16)
    await closed
    await late
    await expect(fetch(`${url}/hello`)).rejects.toThrow()
  })

  it('cuts what runs longer than that', async () => {
    const { url, listening, log, logged } = await serve({ routes: [{ path: '/...', plugin: server() }] })
    const spinning = fetch(`${url}/spin`).then(
      ({ status }) => status,
      () => 'cut',
    )
    const endless = await fetch(`${url}/endless`)
    await listening.close({ drainMs: 1 })
    expect([503, 'cut']).toContain(await spinning)
    await expect(endless.text()).rejects.toThrow()
    await logged(2)
    expect(log.map(({ error }) => error?.code)).toContain('PLUGIN_CLOSED')
  })

  it('speaks fetch as well, and is a handler of an application', async () => {
    const { gateway, log, logged } = await serve({
      routes: [
        { path: '/a/...', plugin: server() },
        { path: '/endless', plugin: server() },
        { path: '/hello', plugin: server() },
      ],
    })
    expect(
      await (await gateway.fetch(new Request('http://localhost/hello'), { client: '192.0.2.1' })).text(),
    ).toBe('hello\n')
    await logged(1)
    expect(log[0]).toMatchObject({ client: '192.0.2.1', status: 200, bytes: 6 })
    const read = new Request('http://localhost/hello', { method: 'POST', body: 'text' })
    await read.text()
    await expect(gateway.fetch(read)).rejects.toMatchObject({ code: 'GATEWAY_OPTIONS_INVALID' })
    for (const none of [undefined, 'http://localhost/hello', new URL('http://localhost/hello')])
      await expect(gateway.fetch(none as unknown as Request)).rejects.toMatchObject({
        code: 'GATEWAY_OPTIONS_INVALID',
      })
    const client = new AbortController()
    const { body } = await gateway.fetch(new Request('http://localhost/endless', { signal: client.signal }))
    client.abort()
    await expect(new Response(body).arrayBuffer()).rejects.toMatchObject({ code: 'CALL_ABORTED' })
    await logged(2)
    expect(log[1]).toMatchObject({ status: 200, error: undefined })
    const application = createServer((request, response) => {
      response.setHeader('x-powered-by', 'an application')
      gateway.handler(request, response, () => response.end('not found here'))
    })
    await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void application.close())
    const url = `http://127.0.0.1:${(application.address() as AddressInfo).port}`
    const answer = await fetch(`${url}/hello`)
    expect([answer.headers.get('x-powered-by'), await answer.text()]).toEqual(['an application', 'hello\n'])
    expect(await textOf(`${url}/elsewhere`)).toBe('not found here')
  })

  it('takes a time for the whole of a request that is shorter than that for its fields', async () => {
    const { url } = await serve(
      { routes: [{ path: '/hello', plugin: server() }] },
      { requestTimeoutMs: 5_000 },
    )
    expect(await textOf(`${url}/hello`)).toBe('hello\n')
  })

  it('listens on Unix sockets', async () => {
    const { gateway } = await serve({ routes: [{ path: '/request', plugin: server() }] })
    const socketPath = path.join(tmpdir(), `gateway-${process.pid}.sock`)
    const listening = await listen(gateway, [{ socket: socketPath }])
    expect(listening.addresses).toEqual([socketPath])
    const answer = await new Promise<string>((resolve, reject) => {
      httpRequest({ socketPath, path: '/request' }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk
        })
        response.once('end', () => resolve(text))
      })
        .once('error', reject)
        .end()
    })
    expect(answer).toContain('x-forwarded-for: unix:')
    await listening.close()
  })
})

describe('what is not a gateway', () => {
  it.each([
    [{ routes: [{ path: 'hello', plugin: 'x.wasm' }] }, 'routes[0].path'],
    [{ routes: [{ path: '/a?b', plugin: 'x.wasm' }] }, 'routes[0].path'],
    [{ routes: [{ path: '/.../a', plugin: 'x.wasm' }] }, 'routes[0].path'],
    [{ routes: [{ path: '/:1', plugin: 'x.wasm' }] }, 'routes[0].path'],
    [{ routes: [{ path: '/:a/:a', plugin: 'x.wasm' }] }, 'routes[0].path'],
    [{ routes: [{ path: '/:a/b/:A/...', plugin: 'x.wasm' }] }, 'routes[0].path'],
    [{ routes: [{ path: '/a', plugin: 7 }] }, 'routes[0].plugin'],
    [{ routes: [{ path: '/a', host: 'A.example', plugin: 'x.wasm' }] }, 'routes[0].host'],
    [{ routes: [{ path: '/a', plugin: 'x.wasm', reuse: 0 }] }, 'routes[0].reuse'],
    [{ routes: [{ path: '/a', plugin: 'x.wasm', isolation: 'outside' }] }, 'routes[0].isolation'],
    [{ routes: [], proxies: [] }, 'proxies'],
    [{ routes: [], trustedProxies: ['10.0.0.0/33'] }, 'trustedProxies[0]'],
    [{ routes: [], trustedProxies: ['example'] }, 'trustedProxies[0]'],
  ])('is refused with the place of the mistake: %j', async (options, place) => {
    const host = await createHost()
    const error = await createGateway({ host, ...options } as never).catch((thrown) => thrown)
    expect([error.code, error.message]).toEqual(['GATEWAY_OPTIONS_INVALID', expect.stringContaining(place)])
    await host.close()
  })

  it.skipIf(noRust)(
    'is refused where two routes are the same, or a plugin answers nothing, and nothing stays loaded',
    async () => {
      const host = await createHost()
      const same = [
        { path: '/a/:id', plugin: server() },
        { path: '/a/:name', plugin: server() },
      ]
      await expect(createGateway({ host, routes: same })).rejects.toMatchObject({ code: 'ROUTE_CONFLICT' })
      const missing = [
        { path: '/a', plugin: server() },
        { path: '/b', plugin: './nowhere.wasm' },
      ]
      await expect(createGateway({ host, routes: missing })).rejects.toMatchObject({
        code: 'ROUTE_UNUSABLE',
        data: { route: '/b', code: 'FILE_NOT_FOUND' },
      })
      const keeper = new URL('../../host/test/guests/keeper/dist/keeper.wasm', import.meta.url)
      await expect(createGateway({ host, routes: [{ path: '/k', plugin: keeper }] })).rejects.toMatchObject({
        code: 'ROUTE_UNUSABLE',
        data: { route: '/k', code: 'HTTP_NOT_SERVED' },
      })
      const misspelt = [{ path: '/a', plugin: server(), grant: {} }]
      await expect(createGateway({ host, routes: misspelt as never })).rejects.toMatchObject({
        code: 'ROUTE_UNUSABLE',
      })
      expect(host.plugins.size).toBe(0)
      await host.close()
    },
  )

  it.skipIf(noRust || process.platform === 'win32')(
    'takes a Unix socket that nobody answers at, and no other file',
    async () => {
      const { gateway } = await serve({ routes: [{ path: '/hello', plugin: server() }] })
      const folder = mkdtempSync(path.join(tmpdir(), 'sockets-'))
      onTestFinished(() => rmSync(folder, { recursive: true }))
      const socket = path.join(folder, 'site.sock')
      const script = `require('net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`
      spawnSync(process.execPath, ['-e', script])
      expect(existsSync(socket)).toBe(true)
      const listening = await listen(gateway, [{ socket }])
      onTestFinished(() => listening.close())
      const failed = { code: 'LISTEN_FAILED' }
      await expect(listen(gateway, [{ socket }])).rejects.toMatchObject(failed)
      expect(existsSync(socket)).toBe(true)
      const file = path.join(folder, 'file')
      writeFileSync(file, 'kept')
      await expect(listen(gateway, [{ socket: file }])).rejects.toMatchObject(failed)
      expect(readFileSync(file, 'utf8')).toBe('kept')
      const long = path.join(folder, 'x'.repeat(108 - Buffer.byteLength(folder) - 1))
      await expect(listen(gateway, [{ socket: long }])).rejects.toMatchObject(failed)
      expect(readdirSync(folder).toSorted()).toEqual(['file', 'site.sock'])
    },
  )

  it.skipIf(noRust)('cannot listen where somebody else does', async () => {
    const { gateway, port } = await serve({ routes: [{ path: '/hello', plugin: server() }] })
    await expect(listen(gateway, [{ port, host: '127.0.0.1' }])).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
    })
  })
})

/** Whether a response was cut, or there was none. */
async function cut(url: string): Promise<'cut' | 'none' | 'whole'> {
  try {
    const response = await fetch(url)
    await response.text()
    return response.status === 500 ? 'none' : 'whole'
  } catch {
    return 'cut'
  }
}
