import { connect } from 'node:net'
import { commonLog } from '@wasm-plugin/gateway'
import { describe, expect } from 'vitest'
import { attack } from '../../../../test/attack.js'
import { noRust, raw, serve, server } from '../helpers/serve.js'

const routes = [{ path: '/...', plugin: server() }]
const hello = async (url: string) => await (await fetch(`${url}/hello`)).text()

describe.skipIf(noRust)('the clients of a gateway', () => {
  attack(
    'F50',
    'A client sends a request so that one server sees one and the next sees two: two lengths, a length and chunks, chunks that are none, line ends of its own',
    'refused, the connection is closed, and no plugin sees anything of it',
    async () => {
      const { port, log, url } = await serve({ routes })
      const smuggled = 'GET /admin HTTP/1.1\r\nHost: x\r\n\r\n'
      const heads = [
        'Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde',
        `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
        `Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${smuggled}`,
        `Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}`,
        `Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n${smuggled}`,
        `Transfer-Encoding: chunked\r\n\r\n0x4\r\nabcd\r\n0\r\n\r\n${smuggled}`,
        `Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`,
        `Content-Length: +4\r\n\r\nabcd${smuggled}`,
        `Content-Length: 4, 4\r\n\r\nabcd${smuggled}`,
        `X: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
        `X: a\r\n Content-Length: 0\r\n\r\n${smuggled}`.replace('X: a\r\n', ' X: a\r\n'),
      ]
      for (const head of heads) {
        const answer = await raw(port, `POST /size HTTP/1.1\r\nHost: x\r\n${head}`)
        expect([head, answer.split('\r\n')[0]]).toEqual([head, 'HTTP/1.1 400 Bad Request'])
        expect(answer.match(/HTTP\/1.1/g)).toHaveLength(1)
      }
      expect(log.filter(({ status }) => status === 200)).toEqual([])
      expect(await hello(url)).toBe('hello\n')
    },
  )

  attack(
    'F109',
    'A client sends chunks by HTTP/1.0, which knows none, or packs them in another coding, and another request behind it',
    'the connection ends with the answer, which is 501 for the coding, and what follows is no request',
    async () => {
      const { port, log, url } = await serve({ routes })
      const chunks = '3\r\nabc\r\n0\r\n\r\n'
      const head = (version: string, coding: string) =>
        `POST /size HTTP/${version}\r\nHost: x\r\nConnection: keep-alive\r\nTransfer-Encoding: ${coding}\r\n\r\n${chunks}`
      const next = 'GET /hello HTTP/1.1\r\nHost: x\r\n\r\n'
      const rows = [
        ['1.0', 'chunked', '200 OK'],
        ['1.1', 'gzip, chunked', '501 Not Implemented'],
      ] as const
      for (const [version, coding, status] of rows) {
        const answer = await raw(port, head(version, coding) + next)
        expect([coding, answer.split('\r\n')[0]]).toEqual([coding, `HTTP/1.1 ${status}`])
        expect(answer.match(/HTTP\/1.1/g)).toHaveLength(1)
      }
      expect(log.map(({ target, status }) => `${target} ${status}`)).toEqual(['/size 200', '/size 501'])
      expect(await hello(url)).toBe('hello\n')
    },
  )

  attack(
    'F51',
    'A client asks for targets of every kind: none, a host, a file, dots, control characters, bytes above ASCII, 100,000 characters',
    'a status for each, the plugin sees what the client wrote or nothing, and each line of the log is one',
    async () => {
      const { port, log, url } = await serve({ routes })
      const targets = [
        '*',
        'x:80',
        'file:///etc/passwd',
        'http://',
        '/../../etc/passwd',
        '/%00%0d%0a',
        '//x/y',
        '/\x7f',
        '/\xff',
        '/"\\',
        '',
      ]
      for (const target of [...targets, `/${'a'.repeat(100_000)}`]) {
        const answer = await raw(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
        expect([target, answer]).toEqual([target, expect.stringMatching(/^HTTP\/1.1 (?:400|404|431) /)])
      }
      expect(await hello(url)).toBe('hello\n')
      for (const entry of log)
        expect(commonLog(entry)).toMatch(/^127.0.0.1 - - \[[^\]]+\] "(?:[^"\\]|\\.)*" \d+ \d+$/)
    },
  )

  attack(
    'F52',
    'A client sends fields without end, or too many of them',
    'refused at the limit, before a plugin is asked',
    async () => {
      const { port, log, url } = await serve({ routes })
      const flood = Array.from({ length: 5_000 }, (_, i) => `X-${i}: ${i}\r\n`).join('')
      for (const fields of [`X: ${'x'.repeat(1 << 20)}\r\n`, flood])
        expect(await raw(port, `GET /hello HTTP/1.1\r\nHost: x\r\n${fields}`)).toMatch(/^HTTP\/1.1 431 |^$/)
      expect(log).toEqual([])
      expect(await hello(url)).toBe('hello\n')
    },
  )

  attack(
    'F53',
    'A client sends its request byte by byte, or a part of it and nothing more, on as many connections as there are',
    'each is closed in time, no instance waits for one of them, and others are answered meanwhile',
    async () => {
      const limits = { headersTimeoutMs: 1_000, requestTimeoutMs: 2_000 }
      const { port, url } = await serve(
        { routes: [{ path: '/...', plugin: server(), pool: { instances: 1 } }] },
        limits,
      )
      const slow = Array.from({ length: 20 }, (_, i) =>
        i % 2 === 0
          ? raw(port, 'GET /hello HTTP/1.1\r\nHost: x\r\nX-Slow: ')
          : raw(port, 'POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf'),
      )
      expect(await hello(url)).toBe('hello\n')
      for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1.1 408 |^$/)
      expect(await hello(url)).toBe('hello\n')
    },
  )

  attack(
    'F54',
    'A client promises more than it sends, or leaves in the midst of its request or its response',
    'the plugin hears that the body is broken, or that nobody reads; the log has 499',
    async () => {
      const { port, url, log, logged, gateway } = await serve({ routes })
      const left = (text: string) =>
        new Promise<void>((resolve) => {
          const socket = connect(port, '127.0.0.1', () => socket.write(text))
          socket.on('error', () => {})
          socket.once('data', () => socket.destroy())
          socket.once('close', () => resolve())
          if (text.startsWith('POST')) void waitFor(() => gateway.inside > 0).then(() => socket.destroy())
        })
      await left('POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nhalf')
      await logged(1)
      await left('POST /size HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n')
      await logged(2)
      await left('GET /endless HTTP/1.1\r\nHost: x\r\n\r\n')
      await logged(3)
      expect(log.map(({ target, status }) => [target, status])).toEqual([
        ['/size', 499],
        ['/size', 499],
        ['/endless', 200],
      ])
      expect(await hello(url)).toBe('hello\n')
      await waitFor(() => gateway.inside === 0)
    },
  )

  attack(
    'F55',
    'A client reads nothing of an endless response',
    'the plugin waits and ends at its deadline; memory stays bounded, and others are answered',
    async () => {
      const { port, url, log, logged } = await serve({
        routes: [{ path: '/...', plugin: server(), limits: { timeoutMs: 1_500 }, pool: { instances: 2 } }],
      })
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('GET /endless HTTP/1.1\r\nHost: x\r\n\r\n'),
      )
      socket.pause()
      socket.on('error', () => {})
      const before = process.memoryUsage().arrayBuffers
      await logged(1)
      expect(log[0]).toMatchObject({ target: '/endless', error: { code: 'DEADLINE_EXCEEDED' } })
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 << 20)
      expect(await hello(url)).toBe('hello\n')
      socket.destroy()
    },
  )

  attack(
    'F56',
    'A client opens more connections than there may be',
    'those over the limit are closed; when others end, new ones are taken',
    async () => {
      const { port, url } = await serve({ routes }, { maxConnections: 3 })
      const sockets = await Promise.all(
        Array.from(
          { length: 3 },
          () =>
            new Promise<ReturnType<typeof connect>>((resolve) => {
              const socket = connect(port, '127.0.0.1', () => {
                socket.write('GET /hello HTTP/1.1\r\nHost: x\r\n\r\n')
              })
              socket.once('data', () => resolve(socket))
            }),
        ),
      )
      expect(await raw(port, 'GET /hello HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('')
      for (const socket of sockets) socket.destroy()
      let text = ''
      while (text === '') text = await hello(url).catch(() => '')
      expect(text).toBe('hello\n')
    },
  )

  attack(
    'F103',
    'A client sends requests without waiting for the answers, and leaves when it has some of them',
    'each is answered in its turn, none ends because another is answered, and what waits when the client leaves is ended',
    async () => {
      const { port, log, url, logged, gateway } = await serve({
        routes: [{ path: '/...', plugin: server(), pool: { instances: 1, queue: 100 } }],
      })
      const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`
      const answers = await raw(port, get('/hello').repeat(20) + get('/hello', 'Connection: close\r\n'))
      expect(answers.match(/^HTTP\/1.1 200 OK\r$/gm)).toHaveLength(21)
      expect(answers.match(/^hello$/gm)).toHaveLength(21)
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(get('/hello') + get('/endless') + get('/hello').repeat(3)),
      )
      let bytes = 0
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        bytes += chunk.length
        if (bytes > 4096) socket.destroy()
      })
      await logged(26)
      const left = log.slice(21).map(({ target, status }) => `${target} ${status}`)
      expect(left.toSorted()).toEqual([
        '/endless 200',
        '/hello 200',
        ...Array.from({ length: 3 }, () => '/hello 499'),
      ])
      await waitFor(() => gateway.inside === 0)
      expect(await hello(url)).toBe('hello\n')
    },
  )

  attack(
    'F59',
    'A client sends more chunks than its route allows, when the response has begun',
    'the response breaks off and never ends as if it were whole; the log says why',
    async () => {
      const { port, log, logged } = await serve({
        routes: [{ path: '/...', plugin: server(), maxBodyBytes: 100_000 }],
      })
      const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(
          `POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}1\r\nx\r\n`,
        ),
      )
      let answer = ''
      socket.on('error', () => {})
      socket.setEncoding('latin1').on('data', (text) => {
        if (answer === '') socket.write(`${chunk}0\r\n\r\n`)
        answer += text
      })
      await new Promise((resolve) => socket.once('close', resolve))
      expect(answer).toMatch(/^HTTP\/1.1 200 OK/)
      expect(answer).not.toMatch(/\r\n0\r\n\r\n$/)
      await logged(1)
      expect(log[0]).toMatchObject({ status: 200, error: { code: 'BODY_TOO_LARGE' } })
    },
  )

  attack(
    'F60',
    'A client sends many requests at once on one connection, and leaves',
    'the one that runs is ended, the others never begin',
    async () => {
      const { port, log, logged, url, gateway } = await serve({
        routes: [{ path: '/...', plugin: server(), pool: { instances: 1 } }],
      })
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('GET /spin HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(20)),
      )
      socket.on('error', () => {})
      await waitFor(() => gateway.inside === 20)
      socket.destroy()
      await logged(20)
      expect(log.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 499))
      expect(await hello(url)).toBe('hello\n')
    },
  )

  attack(
    'F61',
    'A client sends one byte of a body, in chunks or of a length, on more connections than there are instances',
    'none of them holds an instance: others are answered',
    async () => {
      const { port, url, gateway } = await serve({
        routes: [{ path: '/...', plugin: server(), pool: { instances: 1 } }],
      })
      const heads = ['Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n', 'Content-Length: 70000\r\n\r\na']
      const sockets = heads.map((head) => {
        const socket = connect(port, '127.0.0.1', () =>
          socket.write(`POST /size HTTP/1.1\r\nHost: x\r\n${head}`),
        )
        return socket.on('error', () => {})
      })
      await waitFor(() => gateway.inside === 2)
      expect(await hello(url)).toBe('hello\n')
      for (const socket of sockets) socket.destroy()
    },
  )

  attack(
    'F62',
    'A client leaves in the midst of a small upload',
    'the log has 499 and no fault, with the address of the client',
    async () => {
      const { port, log, logged, gateway } = await serve({ routes })
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc'),
      )
      socket.on('error', () => {})
      await waitFor(() => gateway.inside === 1)
      socket.resetAndDestroy()
      await logged(1)
      expect(log[0]).toMatchObject({ status: 499, error: undefined, client: '127.0.0.1' })
    },
  )

  attack(
    'F63',
    'A client names two hosts, or a user in front of one, so that one server takes it for another site than the next',
    '400, and no plugin sees anything of it',
    async () => {
      const { port, log } = await serve({ routes: [{ path: '/...', host: 'a', plugin: server() }] })
      const heads = [
        'GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n',
        'GET /hello HTTP/1.1\r\nHost: a\r\nhOST: a\r\n',
        'GET /hello HTTP/1.1\r\nHost: b@a\r\n',
        'GET http://b@a/hello HTTP/1.1\r\nHost: a\r\n',
        'GET http://b:c@a/hello HTTP/1.1\r\nHost: a\r\n',
      ]
      for (const head of heads)
        expect([head, (await raw(port, `${head}Connection: close\r\n\r\n`)).split('\r\n')[0]]).toEqual([
          head,
          'HTTP/1.1 400 Bad Request',
        ])
      expect(log.map(({ error }) => error?.code)).toEqual([
        ...Array.from({ length: 3 }, () => 'BAD_HOST'),
        'BAD_TARGET',
        'BAD_TARGET',
      ])
    },
  )
})

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
