// On every Node: sockets and fetch.

import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import type { RequestHead } from '@wasm-plugin/wasi'
import { afterEach, describe, expect, it } from 'vitest'
import { type Lookup, systemNames } from '#internal'
import { attack } from '../helpers/attack.js'
import { client } from '../helpers/http-client.js'

const servers: (Server | TcpServer)[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function listen<T extends Server | TcpServer>(server: T): Promise<number> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const serve = (handler: RequestListener) => listen(createServer(handler))

const readAll = async (request: IncomingMessage) => {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

describe('an allowed request', () => {
  it('goes through with method, path, fields and body, and nothing of the host is added', async () => {
    let seen: unknown
    const port = await serve(async (request, response) => {
      seen = [request.method, request.url, request.rawHeaders, await readAll(request)]
      response.setHeader('x-answer', 'yes')
      response.setHeader('connection', 'keep-alive')
      response.end('hello')
    })
    const { fetch } = client([`http://127.0.0.1:${port}`])
    const answer = await fetch(`127.0.0.1:${port}`, {
      method: 'PUT',
      pathWithQuery: '/a/b?c=d',
      headers: [
        ['x-mine', new TextEncoder().encode('1')],
        ['x-mine', new TextEncoder().encode('2')],
      ],
      body: ['one ', 'two'],
    })
    expect(answer).toMatchObject({ status: 200, text: 'hello' })
    expect(seen).toEqual([
      'PUT',
      '/a/b?c=d',
      [
        'host',
        `127.0.0.1:${port}`,
        'x-mine',
        '1',
        'x-mine',
        '2',
        'Connection',
        'close',
        'Transfer-Encoding',
        'chunked',
      ],
      'one two',
    ])
    const { headers } = answer as Exclude<typeof answer, string>
    expect(headers.get('x-answer')).toBe('yes')
    expect(headers.has('connection')).toBe(false)
  })

  it('gives a large body whole, in pieces', async () => {
    const text = 'x'.repeat(3_000_000)
    const port = await serve((_, response) => response.end(text))
    const answer = await client([`http://127.0.0.1:${port}`]).fetch(`127.0.0.1:${port}`)
    expect((answer as { text: string }).text).toBe(text)
  })

  it('gives trailers', async () => {
    const port = await serve((_, response) => {
      response.writeHead(200, { trailer: 'x-sum' })
      response.write('data')
      response.addTrailers({ 'x-sum': '42' })
      response.end()
    })
    const { open, call } = client([`http://127.0.0.1:${port}`])
    const id = await open(`127.0.0.1:${port}`)
    await call('http.end', id, [])
    await call('http.response', id)
    expect(await call('http.trailers', id)).toEqual([['x-sum', new TextEncoder().encode('42')]])
  })

  it('under localhost reaches the loopback interface, which the name names', async () => {
    const port = await serve((_, response) => response.end('local'))
    const v4: Lookup = async () => [{ address: '127.0.0.1', family: 4 }]
    for (const authority of [`localhost:${port}`, `LOCALHOST:${port}`, `localhost.:${port}`])
      expect(await client([`http://localhost:${port}`], v4).fetch(authority)).toMatchObject({ text: 'local' })
  })

  it('waits in io.wait until something is there', async () => {
    let answer: (() => void) | undefined
    const port = await serve((_, response) => {
      answer = () => response.end('late')
    })
    const { open, call } = client([`http://127.0.0.1:${port}`])
    const id = await open(`127.0.0.1:${port}`)
    await call('http.end', id, [])
    await call('io.wait', [[id, 'response']], 5)
    expect(await call('http.ready', id, 'response')).toBe(false)
    while (answer === undefined) await call('io.wait', [[id, 'response']], 5)
    answer()
    await call('io.wait', [[id, 'response']], null)
    expect(await call('http.ready', id, 'response')).toBe(true)
  })
})

describe('attacks with a grant for one host', () => {
  attack(
    'B1',
    'Asks for another host, port, scheme or method',
    'denied before a name is looked up',
    async () => {
      const lookup: Lookup = async () => {
        throw new TypeError('looked up')
      }
      const { fetch, events } = client(['GET https://api.example:443/v1/**'], lookup)
      const wrong: [string, Partial<RequestHead>][] = [
        ['other.example', {}],
        ['api.example', { scheme: 'http' }],
        ['api.example:444', {}],
        ['api.example', { method: 'POST', pathWithQuery: '/v1/x' }],
        ['api.example', { pathWithQuery: '/v2/x' }],
        ['api.example', { pathWithQuery: '/v1/../v2/x' }],
        ['api.example', { pathWithQuery: '/v1/%2e%2e/v2/x' }],
        ['api.example', { pathWithQuery: '/v1/..%2fv2/x' }],
        ['api.example', { pathWithQuery: '/v1/%252e%252e/v2' }],
        ['api.example', { pathWithQuery: '/v1/..;/v2' }],
        ['sub.api.example', { pathWithQuery: '/v1/x' }],
        ['api.example.evil.test', { pathWithQuery: '/v1/x' }],
        ['evilapi.example', { pathWithQuery: '/v1/x' }],
      ]
      for (const [authority, more] of wrong)
        expect([authority, more, await fetch(authority, { scheme: 'https', ...more })]).toEqual([
          authority,
          more,
          'HTTP-request-denied',
        ])
      expect(events.every(({ decision }) => decision === 'denied')).toBe(true)
      expect(events).toHaveLength(wrong.length)
    },
  )

  attack(
    'B2',
    'Writes an authority that two parsers could read in two ways',
    'an invalid request',
    async () => {
      const { fetch } = client(['http://api.example'])
      for (const authority of [
        'api.example@evil.test',
        'user:pw@api.example',
        'api.example/',
        'api.example#',
        'api.example?x',
        'api.example\\evil.test',
        'api.example\t',
        'api\n.example',
        'api.example ',
        ' api.example',
        'api.example:',
        'api.example:80:80',
        'api.example:0',
        'api.example:99999',
        'api%2eexample',
        '[::1',
        '',
      ])
        expect([authority, await fetch(authority)]).toEqual([authority, 'HTTP-request-URI-invalid'])
    },
  )

  attack('B3', 'Is redirected', 'the redirect is the answer; a new request is decided anew', async () => {
    let asked = 0
    const secret = await serve((_, response) => {
      asked++
      response.end('secret')
    })
    const port = await serve((_, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${secret}/` })
      response.end()
    })
    expect(await client([`http://127.0.0.1:${port}`]).fetch(`127.0.0.1:${port}`)).toMatchObject({
      status: 302,
    })
    expect(asked).toBe(0)
  })

  attack('B4', 'Writes 127.0.0.1 in every other way', 'decided, and reported, as 127.0.0.1', async () => {
    const spellings = [
      '2130706433',
      '0x7f.1',
      '017700000001',
      '127.1',
      '１２７.0.0.1',
      '127。0。0。1',
      '0x7f000001',
    ]
    for (const spelling of spellings) {
      const port = await serve((_, response) => response.end('in'))
      const other = client(['http://8.8.8.8'])
      expect([spelling, await other.fetch(`${spelling}:${port}`)]).toEqual([spelling, 'HTTP-request-denied'])
      expect(other.events[0]?.target).toBe(`http://127.0.0.1:${port}/`)
      expect(await client([`http://127.0.0.1:${port}`]).fetch(`${spelling}:${port}`)).toMatchObject({
        text: 'in',
      })
    }
  })

  attack(
    'B5',
    'Lets a granted name resolve to a private, loopback, link-local, metadata or mapped address',
    'prohibited, and reported with the address',
    async () => {
      const addresses = [
        ['127.0.0.1', 4],
        ['10.1.2.3', 4],
        ['192.168.0.1', 4],
        ['172.16.0.1', 4],
        ['169.254.169.254', 4],
        ['100.64.0.1', 4],
        ['0.0.0.0', 4],
        ['255.255.255.255', 4],
        ['224.0.0.1', 4],
        ['::1', 6],
        ['::', 6],
        ['::ffff:127.0.0.1', 6],
        ['::ffff:a9fe:a9fe', 6],
        ['64:ff9b::7f00:1', 6],
        ['fd00:ec2::254', 6],
        ['fe80::1', 6],
        ['2002:7f00:1::', 6],
        ['2001:0:7f00:1::', 6],
      ] as const
      for (const [address, family] of addresses) {
        const { fetch, events } = client(['http://api.example'], async () => [{ address, family }])
        expect([address, await fetch('api.example')]).toEqual([address, 'destination-IP-prohibited'])
        expect(events.map(({ operation, decision }) => [operation, decision])).toEqual([
          ['GET', 'allowed'],
          ['connect', 'denied'],
        ])
        expect(events[1]?.target).toContain(address)
      }
    },
  )

  attack(
    'B6',
    'Is granted `localhost`, which is made to resolve elsewhere',
    'reaches the loopback interface or nothing',
    async () => {
      const { fetch } = client(['http://localhost'], async () => [{ address: '10.0.0.1', family: 4 }])
      expect(await fetch('localhost')).toBe('destination-IP-prohibited')
      const wild = client(['http://*.dev.localhost'], async () => [{ address: '127.0.0.1', family: 4 }])
      expect(await wild.fetch('a.dev.localhost')).toBe('destination-IP-prohibited')
    },
  )

  attack('B7', 'Reaches for private addresses beside the range that was granted', 'prohibited', async () => {
    const port = await serve((_, response) => response.end('private'))
    const net = { allow: [`http://db.corp:${port}`], privateAddresses: ['127.0.0.0/8'] }
    const at = (address: string, family = 4) =>
      client(net, async () => [{ address, family }]).fetch(`db.corp:${port}`)
    expect(await at('127.0.0.1')).toMatchObject({ text: 'private' })
    expect(await at('10.0.0.1')).toBe('destination-IP-prohibited')
    expect(await at('::1', 6)).toBe('destination-IP-prohibited')
  })

  attack(
    'B8',
    'Answers the second lookup of a name with another address (DNS rebinding)',
    'there is no second lookup: the connection goes to the address that was checked',
    async () => {
      let lookups = 0
      const port = await serve((_, response) => response.end('first'))
      const flipping: Lookup = async () => [
        { address: lookups++ === 0 ? '127.0.0.1' : '10.0.0.1', family: 4 },
      ]
      const { fetch } = client(
        { allow: [`http://api.example:${port}`], privateAddresses: ['127.0.0.1'] },
        flipping,
      )
      expect(await fetch(`api.example:${port}`)).toMatchObject({ text: 'first' })
      expect(lookups).toBe(1)
      expect(await fetch(`api.example:${port}`)).toBe('destination-IP-prohibited')
    },
  )

  attack('B9', 'Mixes a private address among those of its name', 'the private one is not used', async () => {
    const port = await serve((_, response) => response.end('ok'))
    const net = { allow: [`http://api.example:${port}`], privateAddresses: ['127.0.0.1'] }
    const { fetch } = client(net, async () => [
      { address: '10.255.255.1', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ])
    expect(await fetch(`api.example:${port}`)).toMatchObject({ text: 'ok' })
  })

  attack('B10', 'Puts line breaks or spaces into method or path', 'errors of WASI', async () => {
    const { fetch } = client(['http://127.0.0.1:1'])
    for (const method of ['GET\r\nX: y', 'G T', '', 'GÉT', 'CONNECT', 'connect'])
      expect(await fetch('127.0.0.1:1', { method })).toBe('HTTP-request-method-invalid')
    for (const pathWithQuery of ['/a b', '/a\r\nX: y', '/a#b', 'a', '', '/\0', '/é'])
      expect(await fetch('127.0.0.1:1', { pathWithQuery })).toBe('HTTP-request-URI-invalid')
    expect(await fetch('127.0.0.1:1', { pathWithQuery: `/${'a'.repeat(10_000)}` })).toBe(
      'HTTP-request-URI-too-long',
    )
  })

  attack('B11', 'Sets fields that decide where a message ends', 'they cannot be sent', async () => {
    let raw = ''
    const port = await listen(
      createTcpServer((socket) => {
        socket.on('data', (data) => {
          raw += data.toString('latin1')
          socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
        })
      }),
    )
    const value = (text: string) => new TextEncoder().encode(text)
    await client([`http://127.0.0.1:${port}`]).fetch(`127.0.0.1:${port}`, {
      headers: [
        ['Transfer-Encoding', value('chunked')],
        ['TE', value('trailers')],
        ['Connection', value('keep-alive')],
        ['Host', value('other.example')],
        ['Upgrade', value('h2c')],
      ],
    })
    expect(raw).toBe(`GET / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`)
  })

  attack('B12', 'Hides a second request in the body of a GET', 'the body is framed as one', async () => {
    const bodies: string[] = []
    const port = await serve(async (request, response) => {
      bodies.push(`${request.method} ${await readAll(request)}`)
      response.end()
    })
    await client([`http://127.0.0.1:${port}`]).fetch(`127.0.0.1:${port}`, {
      body: ['POST /evil HTTP/1.1\r\n\r\n'],
    })
    expect(bodies).toEqual(['GET POST /evil HTTP/1.1\r\n\r\n'])
  })

  attack(
    'B13',
    'Answers itself without end, and does not read',
    'cut off at the cap; the server waits meanwhile',
    async () => {
      let sent = 0
      const port = await serve((_, response) => {
        const more = () => {
          while (response.write('x'.repeat(65_536))) sent += 65_536
          response.once('drain', more)
        }
        more()
      })
      const net = { allow: [`http://127.0.0.1:${port}`], limits: { responseBytes: 1_000_000 } }
      expect(await client(net).fetch(`127.0.0.1:${port}`)).toBe('HTTP-response-body-size')
      expect(sent).toBeLessThan(64 << 20)
    },
  )

  attack('B14', 'Sends a body over the cap', 'refused', async () => {
    const port = await serve(
      (request, response) =>
        void readAll(request).then(
          () => response.end(),
          () => {},
        ),
    )
    const net = { allow: [`http://127.0.0.1:${port}`], limits: { requestBytes: 10 } }
    expect(await client(net).fetch(`127.0.0.1:${port}`, { method: 'POST', body: ['123456', '789012'] })).toBe(
      'HTTP-request-body-size',
    )
  })

  attack('B15', 'Lets a server send headers without end', 'refused at the cap', async () => {
    const port = await serve((_, response) => {
      response.setHeader('x-big', 'x'.repeat(10_000))
      response.end()
    })
    const net = { allow: [`http://127.0.0.1:${port}`], limits: { headerBytes: 4_000 } }
    expect(await client(net).fetch(`127.0.0.1:${port}`)).toBe('HTTP-response-header-section-size')
    const big = [['x', new Uint8Array(5_000).fill(65)]] as const
    expect(await client(net).fetch(`127.0.0.1:${port}`, { headers: big })).toBe(
      'HTTP-request-header-section-size',
    )
  })

  attack('B16', 'Starts more requests at a time than granted', 'refused', async () => {
    const port = await serve(() => {})
    const { open, call } = client({ allow: [`http://127.0.0.1:${port}`], limits: { concurrent: 3 } })
    const ids = [
      await open(`127.0.0.1:${port}`),
      await open(`127.0.0.1:${port}`),
      await open(`127.0.0.1:${port}`),
    ] as const
    await expect(open(`127.0.0.1:${port}`)).rejects.toMatchObject({
      payload: { tag: 'connection-limit-reached' },
    })
    await call('http.close', ids[0])
    await expect(open(`127.0.0.1:${port}`)).resolves.toBeGreaterThan(0)
  })

  attack('B17', 'Lets a server be silent, or stop in the middle', 'the timeout of the request', async () => {
    const silent = await serve(() => {})
    const { fetch } = client([`http://127.0.0.1:${silent}`])
    expect(await fetch(`127.0.0.1:${silent}`, { firstByteTimeoutMs: 30 })).toBe('HTTP-response-timeout')
    const slow = await serve((_, response) => void response.write('a'))
    const answer = await client([`http://127.0.0.1:${slow}`]).fetch(`127.0.0.1:${slow}`, {
      betweenBytesTimeoutMs: 30,
    })
    expect(answer).toBe('connection-read-timeout')
  })

  attack('B18', 'Lets a server break off a response', 'an error, not a short answer', async () => {
    const port = await listen(
      createTcpServer((socket) => {
        socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'))
      }),
    )
    expect(await client([`http://127.0.0.1:${port}`]).fetch(`127.0.0.1:${port}`)).toBe(
      'HTTP-response-incomplete',
    )
  })

  it('names failures of the network without the words of the host', async () => {
    const port = await listen(createTcpServer((socket) => socket.destroy()))
    expect(await client(['http://127.0.0.1:1']).fetch('127.0.0.1:1')).toBe('connection-refused')
    expect(await client([`http://127.0.0.1:${port}`]).fetch(`127.0.0.1:${port}`)).toBe(
      'connection-terminated',
    )
    const nowhere = client(['http://nowhere.invalid'], (host) => systemNames.ask({}, host, () => true))
    expect(await nowhere.fetch('nowhere.invalid')).toBe('DNS-error')
    const garbage = await listen(
      createTcpServer((socket) => socket.on('data', () => socket.end('garbage\r\n\r\n'))),
    )
    expect(await client([`http://127.0.0.1:${garbage}`]).fetch(`127.0.0.1:${garbage}`)).toBe(
      'HTTP-protocol-error',
    )
  })

  it('ends with its rule', async () => {
    const port = await serve((_, response) => response.end('x'))
    const { open, call, control } = client([`http://127.0.0.1:${port}`])
    const id = await open(`127.0.0.1:${port}`)
    await call('http.end', id, [])
    await call('http.response', id)
    control.revoke('net')
    await expect(call('http.read', id, 10, true)).rejects.toMatchObject({
      payload: { tag: 'HTTP-request-denied' },
    })
    await expect(open(`127.0.0.1:${port}`)).rejects.toMatchObject({ payload: { tag: 'HTTP-request-denied' } })
  })

  it('ends with the plugin', async () => {
    const port = await serve(() => {})
    const { open, call, services } = client([`http://127.0.0.1:${port}`])
    const id = await open(`127.0.0.1:${port}`)
    const answer = call('http.response', id)
    const refused = expect(answer).rejects.toMatchObject({ payload: { tag: 'connection-terminated' } })
    services.close()
    await refused
    await expect(call('http.response', id)).rejects.toBeDefined()
  })
})
