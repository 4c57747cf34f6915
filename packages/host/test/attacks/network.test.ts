import { createSocket } from 'node:dgram'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { createHost } from '@wasm-plugin/host'
import { describe, expect, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { addGuest, isBuilt, loadGuest } from '../helpers/guests.js'

/** A server on the loopback interface that remembers who came. */
async function serve(handler: RequestListener = (_, response) => void response.end('hello')) {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { requests, port, url: `http://127.0.0.1:${port}` }
}

const DENIED = '!http-request-denied'

describe.skipIf(!isBuilt('rust'))('a program with a grant for one host', () => {
  attack(
    'B21',
    'Asks for another host, port, scheme or method',
    'denied, reported, and no request leaves',
    async () => {
      const allowed = await serve()
      const other = await serve()
      const { run, host } = await loadGuest('rust', { grants: { net: [`GET ${allowed.url}/public/**`] } })
      const denied: string[] = []
      host.on('denied', ({ operation, target }) => denied.push(`${operation} ${target}`))
      expect(await run('http-get', `${allowed.url}/public/a`)).toBe('200 hello')
      const authority = `127.0.0.1:${allowed.port}`
      for (const [method, scheme, to, path] of [
        ['GET', 'http', `127.0.0.1:${other.port}`, '/public/a'],
        ['GET', 'http', '127.0.0.1', '/public/a'],
        ['GET', 'https', authority, '/public/a'],
        ['POST', 'http', authority, '/public/a'],
        ['DELETE', 'http', authority, '/public/a'],
        ['GET', 'http', authority, '/private'],
        ['GET', 'http', authority, '/public/../private'],
        ['GET', 'http', authority, '/public/%2e%2e/private'],
        ['GET', 'http', authority, '/public/..%2fprivate'],
        ['GET', 'http', authority, '/publicity'],
        ['GET', 'http', `evil.test:${allowed.port}`, '/public/a'],
      ] as const)
        expect([method, scheme, to, path, await run('http', method, scheme, to, path)]).toEqual([
          method,
          scheme,
          to,
          path,
          DENIED,
        ])
      expect(allowed.requests).toHaveLength(1)
      expect(other.requests).toHaveLength(0)
      expect(denied).toHaveLength(11)
    },
  )

  attack(
    'B22',
    'Is redirected to a host that is not granted',
    'the plugin sees the redirect; nothing follows it',
    async () => {
      const secret = await serve()
      const open = await serve((_, response) => {
        response.writeHead(302, { location: `${secret.url}/secret` }).end('go on')
      })
      const { run } = await loadGuest('rust', { grants: { net: [open.url] } })
      expect(await run('http-get', `${open.url}/`)).toBe('302 go on')
      expect(await run('http-get', `${secret.url}/secret`)).toBe(DENIED)
      expect(secret.requests).toHaveLength(0)
    },
  )

  attack(
    'B23',
    'Writes the loopback address in other ways: decimal, octal, hexadecimal, short, full-width, mapped to IPv6',
    'denied: what counts is the address',
    async () => {
      const server = await serve()
      const { run } = await loadGuest('rust', {
        grants: { net: [`http://api.example.com:${server.port}`, 'https://*.example.com'] },
      })
      for (const host of [
        '2130706433',
        '0x7f.1',
        '017700000001',
        '127.1',
        '0x7f000001',
        '１２７.0.0.1',
        '127。0。0。1',
        '[::1]',
        '[::ffff:127.0.0.1]',
        '[::ffff:7f00:1]',
        '[64:ff9b::7f00:1]',
        '[::]',
        '0.0.0.0',
        '0',
        'localhost',
        'localhost.',
        'LOCALHOST',
        'a.localhost',
        'api.example.com@127.0.0.1',
        '127.0.0.1#api.example.com',
        '127.0.0.1\\.example.com',
      ])
        expect([host, await run('http', 'GET', 'http', `${host}:${server.port}`, '/')]).toEqual([
          host,
          expect.stringMatching(/^!/),
        ])
      expect(server.requests).toHaveLength(0)
    },
  )

  attack(
    'B24',
    'Asks for the metadata services of clouds with a grant for every public host of a domain',
    'denied',
    async () => {
      const { run } = await loadGuest('rust', {
        grants: { net: ['http://*.example.com', 'http://example.com'] },
      })
      for (const host of [
        '169.254.169.254',
        '[fd00:ec2::254]',
        '[::ffff:a9fe:a9fe]',
        '[::ffff:169.254.169.254]',
        '2852039166',
        '0xa9fea9fe',
        '100.100.100.200',
        'metadata.google.internal',
      ])
        expect([host, await run('http', 'GET', 'http', host, '/latest/meta-data/')]).toEqual([
          host,
          expect.stringMatching(/^!(http-request-denied|http-request-uri-invalid|invalid authority)$/),
        ])
    },
  )

  attack(
    'B25',
    'Puts line breaks, spaces or fields that decide where a message ends into a request',
    'an error of WASI; the server sees one request at most',
    async () => {
      const server = await serve()
      const { run } = await loadGuest('rust', { grants: { net: [server.url] } })
      const authority = `127.0.0.1:${server.port}`
      for (const path of [
        '/a b',
        '/a\r\nx: y',
        '/\n',
        '/a\0',
        '/ HTTP/1.1\r\n\r\nGET /b',
        'http://evil.test/',
      ])
        expect([path, await run('http', 'GET', 'http', authority, path)]).toEqual([
          path,
          expect.stringMatching(/^!/),
        ])
      for (const method of ['GET /x', 'GET\r\n', '', 'CONNECT', 'G E T', 'GÉT'])
        expect([method, await run('http', method, 'http', authority, '/')]).toEqual([
          method,
          expect.stringMatching(/^!/),
        ])
      for (const [name, value] of [
        ['x', 'a\r\nb: c'],
        ['x', 'a\nb'],
        ['x\r\ny', 'a'],
        ['x y', 'a'],
        ['host', 'evil.test'],
        ['transfer-encoding', 'chunked'],
        ['connection', 'upgrade'],
        ['content-length', '+5'],
      ] as const)
        expect([name, value, await run('http-with-field', `${server.url}/`, name, value)]).toEqual([
          name,
          value,
          expect.stringMatching(/^!/),
        ])
      expect(server.requests).toHaveLength(0)
    },
  )

  attack(
    'B26',
    'Opens TCP, UDP or looks up names with a grant for HTTP only',
    'access denied before anything leaves',
    async () => {
      const server = await serve()
      const { run } = await loadGuest('rust', { grants: { net: [server.url] } })
      expect(await run('tcp-connect', '127.0.0.1', `${server.port}`)).toBe('!access-denied')
      expect(await run('udp-send', '127.0.0.1', '53', 'x')).toBe('!access-denied')
      expect(await run('resolve', '127.0.0.1')).toBe('!access-denied')
      expect(await run('resolve', 'localhost')).toBe('!access-denied')
    },
  )

  attack(
    'B27',
    'Connects to another address or port than the one of its TCP or UDP grant',
    'access denied; nobody hears of it',
    async () => {
      let reached = 0
      const listen = async () => {
        const server = createTcpServer(() => reached++).listen(0, '127.0.0.1')
        onTestFinished(() => void server.close())
        await new Promise((resolve) => server.once('listening', resolve))
        return (server.address() as AddressInfo).port
      }
      const [allowed, other] = [await listen(), await listen()]
      const udp = createSocket('udp4', () => reached++).bind(0, '127.0.0.1')
      onTestFinished(() => void udp.close())
      await new Promise((resolve) => udp.once('listening', resolve))
      const { run } = await loadGuest('rust', {
        grants: { net: [`tcp://127.0.0.1:${allowed}`, 'udp://127.0.0.1:9'] },
      })
      expect(await run('tcp-connect', '127.0.0.1', `${other}`)).toBe('!access-denied')
      expect(await run('tcp-connect', '127.0.0.2', `${allowed}`)).toBe('!access-denied')
      expect(await run('udp-send', '127.0.0.1', `${udp.address().port}`, 'x')).toBe('!access-denied')
      expect(reached).toBe(0)
      expect(await run('tcp-connect', '127.0.0.1', `${allowed}`)).toBe('connected')
    },
  )

  attack(
    'B28',
    'Reads a response that never ends, in body or in headers',
    'cut off at the cap of the grant; the memory of the host stays bounded',
    async () => {
      const body = await serve((_, response) => {
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(1 << 16, 120)));
        }
        response.on('drain', more)
        more()
      })
      const headers = await serve((_, response) => {
        for (let i = 0; i < 200; i++) response.setHeader(`x-${i}`, 'v'.repeat(1_000))
        response.end()
      })
      const { run } = await loadGuest('rust', {
        grants: {
          net: { allow: [body.url, headers.url], limits: { responseBytes: 1 << 20, headerBytes: 8_192 } },
        },
      })
      expect(await run('http-get', `${body.url}/`)).toMatch(
        /^!(broke off after \d+|http-response-body-size)$/,
      )
      expect(await run('http-get', `${headers.url}/`)).toMatch(/^!http-/)
    },
  )

  attack('B29', 'Sends a body that is larger than granted', 'refused at the cap', async () => {
    let received = 0
    const server = await serve((request, response) => {
      request.on('data', (chunk: Buffer) => {
        received += chunk.length
      })
      request.on('end', () => response.end('all'))
    })
    const { run } = await loadGuest('rust', {
      grants: { net: { allow: [server.url], limits: { requestBytes: 1 << 16 } } },
    })
    expect(await run('http-post', `${server.url}/`, '4096')).toBe('200 all')
    expect(await run('http-post', `${server.url}/`, `${1 << 22}`)).toMatch(/^!/)
    expect(received).toBeLessThanOrEqual((1 << 16) + 4096)
  })

  attack(
    'B30',
    'Starts 10,000 requests or sockets and drops none',
    'an error at the limit of the grant',
    async () => {
      const server = await serve(() => {})
      const socket = `tcp://127.0.0.1:${server.port}`
      const { run } = await loadGuest('rust', {
        grants: { net: { allow: [server.url, socket], limits: { concurrent: 8 } } },
      })
      expect(await run('http-flood', `${server.url}/`, '10000')).toMatch(
        /^[0-8] (connection-limit-reached|.*limit.*)$/,
      )
      expect(server.requests.length).toBeLessThanOrEqual(8)
      expect(await run('tcp-flood', '127.0.0.1', `${server.port}`)).toMatch(/^[0-8] new-socket-limit$/)
    },
  )

  attack(
    'B31',
    'Waits for a server that never answers, past the deadline of the call',
    'the call ends at its deadline; the next one works',
    async () => {
      const server = await serve((request, response) => {
        if (request.url === '/fast') response.end('here')
      })
      const { run, plugin } = await loadGuest('rust', { grants: { net: [server.url] } })
      const slow = plugin.call('test:guest/program#run', ['http-get', [`${server.url}/slow`]], {
        timeoutMs: 500,
      })
      await expect(slow).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
      expect(await run('http-get', `${server.url}/fast`)).toBe('200 here')
    },
  )

  attack(
    'B32',
    'Hopes for the proxy that the variables of the process name',
    'connects directly: the variables are not read',
    async () => {
      const proxy = await serve()
      const server = await serve()
      const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY']
      for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : proxy.url
      onTestFinished(() => {
        for (const name of names) delete process.env[name]
      })
      const { run } = await loadGuest('rust', { grants: { net: [server.url] } })
      expect(await run('http-get', `${server.url}/`)).toBe('200 hello')
      expect(proxy.requests).toHaveLength(0)
    },
  )

  attack(
    'B33',
    'Hopes for the cookies, the credentials or the connection of another plugin',
    'a connection of its own; nothing is sent that the plugin did not write',
    async () => {
      const ports: (number | undefined)[] = []
      const server = await serve((request, response) => {
        ports.push(request.socket.remotePort)
        response.setHeader('set-cookie', 'session=secret').end('hello')
      })
      const host = await createHost()
      onTestFinished(() => host.close())
      const grants = { net: [server.url] }
      const one = await addGuest(host, 'rust', { name: 'one', grants })
      const two = await addGuest(host, 'rust', { name: 'two', grants })
      for (const { run } of [one, two, one]) expect(await run('http-get', `${server.url}/`)).toBe('200 hello')
      expect(ports[0]).not.toBe(ports[1])
      for (const { headers } of server.requests)
        expect(Object.keys(headers).sort()).toEqual(['connection', 'host'])
    },
  )

  attack(
    'B34',
    'Goes on after its grant for the network was revoked',
    'denied from the next request on',
    async () => {
      const server = await serve()
      const { run, plugin } = await loadGuest('rust', { grants: { net: [server.url] } })
      expect(await run('http-get', `${server.url}/`)).toBe('200 hello')
      plugin.revoke('net')
      expect(await run('http-get', `${server.url}/`)).toBe(DENIED)
      expect(server.requests).toHaveLength(1)
    },
  )
})
