import { createServer, type Server as HttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import type { ServiceArgs, ServiceName } from '@wasm-plugin/wasi'
import { createGate } from '@wasm-plugin/wasi/instance'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Services } from '#internal'
import { attack } from '../helpers/attack.js'
import { parseGrants } from '../helpers/grants.js'
import { isBuilt, loadGuest } from '../helpers/guests.js'
import { anyGrant, errorOf, everywhere, openDir, read } from '../helpers/wasi.js'

// A guest whose language collects garbage drops a handle late or never. What a handle counts for is free when the thing
// that it stands for is over: nothing here is ever closed.

const TIMES = 40

describe.skipIf(!isBuilt('javascript'))('a plugin in JavaScript', () => {
  it.each(['http-get', 'http-status'])('makes as many requests as it likes (%s)', async (operation) => {
    const url = `http://${await serve((_, response) => response.end('hello'))}/`
    const { run } = await loadGuest('javascript', { grants: { net: [url] } })
    const expected = operation === 'http-get' ? '200 hello' : '200'
    for (let i = 0; i < 200; i++) expect([i, await run(operation, url)]).toEqual([i, expected])
  })

  it('may fail as often as it likes', async () => {
    const url = `http://${await closedPort()}/`
    const { run } = await loadGuest('javascript', { grants: { net: [url] } })
    const outcomes = new Set<string>()
    for (let i = 0; i < TIMES; i++) outcomes.add(await run('http-get', url))
    expect(outcomes.size).toBe(1)
  })
})

describe('an exchange that is never closed', () => {
  it('counts until its answer is here, whether or not it is read', async () => {
    const { exchange, call } = client([`http://${await serve((_, response) => response.end('hello'))}`])
    const ids: number[] = []
    for (let i = 0; i < TIMES; i++) ids.push(await exchange())
    for (const id of ids) {
      const { status } = await call('http.response', id)
      const { bytes: body } = await call('http.read', id, 3, true)
      expect([status, new TextDecoder().decode(body)]).toEqual([200, 'hel'])
      const rest = await call('http.read', id, 100, true)
      expect(rest).toEqual({ bytes: new TextEncoder().encode('lo'), isLast: true })
      expect(await call('http.read', id, 100, true)).toEqual({ bytes: null, isLast: true })
      expect(await call('http.trailers', id)).toEqual([])
    }
  })

  it('counts no more when it is refused, cut off or late', async () => {
    const cut = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('x', () => response.destroy())
    })
    const silent = await serve(() => {})
    const closed = await closedPort()
    const allow = [cut, silent, closed].map((address) => `http://${address}`)
    const { open, call } = client({ allow, limits: { concurrent: 2, firstByteTimeoutMs: 20 } })
    for (const address of [closed, silent, cut])
      for (let i = 0; i < 5; i++) {
        const id = await open(address)
        await call('http.end', id, [])
        const ended = async () => {
          await call('http.response', id)
          for (;;) if ((await call('http.read', id, 100, true)).bytes === null) return 'whole'
        }
        expect(await ended().catch((error) => error.payload.tag)).toMatch(/^(connection|HTTP-response)-/)
      }
  })

  attack(
    'E100',
    'Makes requests without end and reads none of the answers',
    'an error when what is kept for it reaches a limit; room again for what it lets go of',
    async () => {
      const answer = 'x'.repeat(8_000)
      const { exchange, call } = client([`http://${await serve((_, response) => response.end(answer))}`])
      const ids: number[] = []
      const refusal = await (async () => {
        for (;;) ids.push(await exchange())
      })().catch((error) => error.payload.tag)
      expect(refusal).toBe('connection-limit-reached')
      // 4 MiB of answers, and those that are left in their connections.
      expect(ids.length * answer.length).toBeGreaterThan(3 << 20)
      expect(ids.length * answer.length).toBeLessThan(5 << 20)
      for (const id of ids.slice(0, 20)) await call('http.close', id)
      for (let i = 0; i < 3; i++) ids.push(await exchange())
      // Those that found no place when they came have lost nothing.
      for (const id of ids.slice(20))
        expect((await call('http.read', id, 9_000, true)).bytes?.length).toBe(8_000)
    },
  )
})

describe('a connection that is never closed', () => {
  it('counts until both sides have ended it, or it failed', async () => {
    const echo = await listen(createTcpServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)))
    const closed = await closedPort()
    const { call } = client({ allow: [`tcp://${echo}`, `tcp://${closed}`], limits: { concurrent: 2 } })
    for (let i = 0; i < TIMES; i++) {
      const id = await call('tcp.open', endpoint(echo))
      await call('tcp.finish', id)
      await call('tcp.write', id, new TextEncoder().encode('hello'))
      await call('tcp.shutdown', id, 'send')
      let text = ''
      for (
        let bytes = await call('tcp.read', id, 9, true);
        bytes !== null;
        bytes = await call('tcp.read', id, 9, true)
      )
        text += new TextDecoder().decode(bytes)
      expect(text).toBe('hello')
      expect(await call('socket.ready', id, 'readable')).toBe(true)
      const failed = await call('tcp.open', endpoint(closed))
      expect(await call('tcp.finish', failed).catch((error: { payload: string }) => error.payload)).toBe(
        'connection-refused',
      )
    }
  })
})

it('names that are resolved count as long as they are the last ones', async () => {
  let last = 0
  const lookup = async () => [{ address: `9.9.${(++last >> 8) & 255}.${last & 255}`, family: 4 as const }]
  const { call } = client(['tcp://*.example.com:1'], lookup)
  const addresses: string[] = []
  for (let i = 0; i < 1_500; i++) addresses.push(...(await call('dns.resolve', `n${i}.example.com`)))
  const open = (address = '') =>
    call('tcp.open', { address, port: 1 }).then(
      (id) => call('socket.close', id).then(() => 'open'),
      (error) => error.payload,
    )
  // What was forgotten is not granted by its address, and can be resolved again.
  expect(await open(addresses.at(-1))).toBe('open')
  expect(await open(addresses[0])).toBe('access-denied')
})

describe.each(everywhere)('in a folder (%s)', (where) => {
  it('streams count until their end', () => {
    const { root } = anyGrant(where, { a: 'hello', 'sub/b': '' }, { maxOpen: 4 })
    for (let i = 0; i < TIMES; i++) {
      const entries = root.readDirectory()
      const names: string[] = []
      for (let entry = entries.readDirectoryEntry(); entry; entry = entries.readDirectoryEntry())
        names.push(entry.name)
      expect(names.sort()).toEqual(['a', 'sub'])
      expect(entries.readDirectoryEntry()).toBeUndefined()
      const file = read(root, 'a')
      const stream = file.readViaStream(0n)
      file[Symbol.dispose]()
      expect(new TextDecoder().decode(stream.blockingRead(9n) as Uint8Array)).toBe('hello')
      expect(errorOf(() => stream.blockingRead(9n))).toEqual({ tag: 'closed' })
    }
    // What is open counts, and so does the folder itself.
    for (let i = 0; i < 3; i++) openDir(root, 'sub')
    expect(errorOf(() => openDir(root, 'sub'))).toBe('quota')
  })
})

/** The services of one plugin, as its thread would use them. */
function client(net: unknown, lookup?: ConstructorParameters<typeof Services>[0]['lookup']) {
  const gate = createGate('test', parseGrants({ net }), () => {})
  const services = new Services({ gate, ...(lookup ? { lookup } : {}) }).forThread()
  onTestFinished(() => services.close())
  const call = <K extends ServiceName>(service: K, ...args: ServiceArgs<K>) => services.answer(service, args)
  const authority = String((Array.isArray(net) ? net[0] : '') ?? '').replace(/^http:\/\//, '')
  const open = (authority: string): Promise<number> =>
    call('http.open', {
      method: 'GET',
      scheme: 'http',
      authority,
      pathWithQuery: '/',
      headers: [],
      connectTimeoutMs: null,
      firstByteTimeoutMs: null,
      betweenBytesTimeoutMs: null,
    })
  /** A request whose answer has begun to arrive, and is not read. */
  const exchange = async () => {
    const id = await open(authority)
    await call('http.end', id, [])
    await call('io.wait', [[id, 'body']], null)
    return id
  }
  return { call, open, exchange }
}

const serve = (handler: RequestListener) => listen(createServer(handler))

async function listen(server: Server | HttpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Where nobody listens. */
async function closedPort(): Promise<string> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `127.0.0.1:${port}`
}

function endpoint(address: string) {
  const [host = '', port] = address.split(':')
  return { address: host, port: Number(port) }
}
