import { createSocket } from 'node:dgram'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { AccessEvent, ServiceArgs, ServiceName } from '@wasm-plugin/wasi'
import { createGate } from '@wasm-plugin/wasi/instance'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Lookup, Services } from '#internal'
import { attack } from '../helpers/attack.js'
import { grantControl, parseGrants } from '../helpers/grants.js'

function plugin(net: unknown, lookup?: Lookup) {
  const grants = parseGrants({ net })
  const events: AccessEvent[] = []
  const gate = createGate('test', grants, (event) => events.push(event))
  const control = grantControl(gate.grants)
  const services = new Services({ gate, ...(lookup ? { lookup } : {}) }).forThread()
  onTestFinished(() => services.close())
  const call = <K extends ServiceName>(service: K, ...args: ServiceArgs<K>) => services.answer(service, args)
  const codeOf = <K extends ServiceName>(service: K, ...args: ServiceArgs<K>) =>
    call(service, ...args).then(
      () => 'no error',
      (error) => error.payload,
    )
  return { call, codeOf, events, control }
}

async function tcpServer(handler: (socket: Socket) => void): Promise<number> {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket)
    socket.on('error', () => {})
    handler(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const utf8 = (text: string) => new TextEncoder().encode(text)
const at = (port: number, address = '127.0.0.1') => ({ address, port })
const local: Lookup = async () => [{ address: '127.0.0.1', family: 4 }]

async function echo(call: ReturnType<typeof plugin>['call'], port: number): Promise<string> {
  const id = await call('tcp.open', at(port))
  await call('tcp.finish', id)
  await call('tcp.write', id, utf8('hello'))
  await call('tcp.shutdown', id, 'send')
  let text = ''
  for (
    let chunk = await call('tcp.read', id, 100, true);
    chunk !== null;
    chunk = await call('tcp.read', id, 100, true)
  )
    text += new TextDecoder().decode(chunk)
  await call('socket.close', id)
  return text
}

describe('TCP', () => {
  it('reaches a granted address, in both directions', async () => {
    const port = await tcpServer((socket) => socket.pipe(socket))
    const { call, events } = plugin([`tcp://127.0.0.1:${port}`])
    expect(await echo(call, port)).toBe('hello')
    expect(events.map(({ operation, target, rule }) => [operation, target, rule])).toEqual([
      ['connect', `tcp://127.0.0.1:${port}`, `net tcp://127.0.0.1:${port}`],
    ])
  })

  it('reaches a granted name after it was resolved, and not before', async () => {
    const port = await tcpServer((socket) => socket.pipe(socket))
    const { call, codeOf } = plugin([`tcp://localhost:${port}`], local)
    expect(await codeOf('tcp.open', at(port))).toBe('access-denied')
    expect(await call('dns.resolve', 'localhost')).toEqual(['127.0.0.1'])
    expect(await echo(call, port)).toBe('hello')
    expect(await codeOf('tcp.open', at(port + 1))).toBe('access-denied')
  })

  attack('B41', 'Connects to other addresses, ports or schemes than granted', 'access denied', async () => {
    const { codeOf, events } = plugin(['tcp://127.0.0.1:5432', 'https://8.8.8.8', 'udp://9.9.9.9:53'])
    for (const to of [
      at(5433),
      at(5432, '127.0.0.2'),
      at(443, '8.8.8.8'),
      at(53, '9.9.9.9'),
      at(5432, '::1'),
      at(5432, '::ffff:7f00:1'),
    ])
      expect([to, await codeOf('tcp.open', to)]).toEqual([to, 'access-denied'])
    expect(events.every(({ decision }) => decision === 'denied')).toBe(true)
    expect(await codeOf('tcp.open', at(1, 'localhost'))).toBe('invalid-argument')
    expect(await codeOf('tcp.open', at(1, '/run/docker.sock'))).toBe('invalid-argument')
  })

  attack(
    'B42',
    'Lets a granted name resolve to a private address and connects to that',
    'access denied',
    async () => {
      const { codeOf, events } = plugin(['tcp://db.example:5432'], async () => [
        { address: '10.0.0.1', family: 4 },
      ])
      expect(await codeOf('dns.resolve', 'db.example')).toBe('access-denied')
      expect(await codeOf('tcp.open', at(5432, '10.0.0.1'))).toBe('access-denied')
      expect(events.map(({ operation, decision }) => [operation, decision])).toEqual([
        ['resolve', 'allowed'],
        ['resolve', 'denied'],
        ['connect', 'denied'],
      ])
    },
  )

  attack(
    'B43',
    'Reaches a denied name by an allowed one with the same address',
    'denied: denials win',
    async () => {
      const port = await tcpServer((socket) => socket.pipe(socket))
      const net = {
        allow: [`tcp://*.a.test:${port}`, 'dns://bad.test'],
        deny: [`tcp://bad.test:${port}`],
        privateAddresses: ['127.0.0.1'],
      }
      const { call, codeOf } = plugin(net, local)
      await call('dns.resolve', 'x.a.test')
      expect(await echo(call, port)).toBe('hello')
      await call('dns.resolve', 'bad.test')
      expect(await codeOf('tcp.open', at(port))).toBe('access-denied')
    },
  )

  attack('B44', 'Opens more sockets than granted', 'refused', async () => {
    const port = await tcpServer(() => {})
    const { call, codeOf } = plugin({ allow: [`tcp://127.0.0.1:${port}`], limits: { concurrent: 2 } })
    const first = await call('tcp.open', at(port))
    await call('tcp.open', at(port))
    expect(await codeOf('tcp.open', at(port))).toBe('new-socket-limit')
    await call('socket.close', first)
    expect(await codeOf('tcp.open', at(port))).toBe('no error')
  })

  it('tells what went wrong', async () => {
    const reset = await tcpServer((socket) => socket.resetAndDestroy())
    const { call, codeOf } = plugin(['tcp://127.0.0.1:1', `tcp://127.0.0.1:${reset}`])
    expect(await codeOf('tcp.finish', await call('tcp.open', at(1)))).toBe('connection-refused')
    const id = await call('tcp.open', at(reset))
    // The reset may come before or after we look at the connection.
    await codeOf('tcp.finish', id)
    expect(await codeOf('tcp.read', id, 1, true)).toBe('connection-reset')
    expect(await codeOf('tcp.read', 99, 1, true)).toBe('invalid-state')
  })

  it('waits in io.wait', async () => {
    let answer: (() => void) | undefined
    const port = await tcpServer((socket) => {
      answer = () => socket.end('late')
    })
    const { call } = plugin([`tcp://127.0.0.1:${port}`])
    const id = await call('tcp.open', at(port))
    await call('io.wait', [[id, 'connected']], null)
    await call('tcp.finish', id)
    await call('io.wait', [[id, 'readable']], 5)
    expect(await call('socket.ready', id, 'readable')).toBe(false)
    answer?.()
    await call('io.wait', [[id, 'readable']], null)
    expect(await call('tcp.read', id, 10, false)).toEqual(utf8('late'))
  })

  it('is denied once its rule is revoked', async () => {
    const { codeOf, control } = plugin(['tcp://127.0.0.1:1'])
    const port = await tcpServer((socket) => socket.pipe(socket))
    const second = plugin([`tcp://127.0.0.1:${port}`])
    const open = await second.call('tcp.open', at(port))
    await second.call('tcp.finish', open)
    second.control.revoke('net')
    expect(await second.codeOf('tcp.write', open, utf8('x'))).toBe('access-denied')
    expect(await codeOf('tcp.open', at(1))).toBe('no error')
    control.revoke('net')
    expect(await codeOf('tcp.open', at(1))).toBe('access-denied')
  })
})

describe('UDP', () => {
  async function udpServer() {
    const server = createSocket('udp4')
    server.on('message', (data, from) => server.send(`echo ${data}`, from.port, from.address))
    await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return server
  }

  it('sends to granted addresses and hears from those', async () => {
    const server = await udpServer()
    const { port } = server.address()
    const { call, codeOf } = plugin([`udp://127.0.0.1:${port}`])
    const { id, local: own } = await call('udp.open', 4, '127.0.0.1')
    await call('udp.send', id, { data: utf8('hi'), ...at(port) })
    await call('io.wait', [[id, 'readable']], null)
    const [datagram] = await call('udp.receive', id, 10)
    expect([new TextDecoder().decode(datagram?.data), datagram?.port]).toEqual(['echo hi', port])
    expect(await codeOf('udp.send', id, { data: utf8('hi'), ...at(port === 1 ? 2 : 1) })).toBe(
      'access-denied',
    )
    expect(own.port).toBeGreaterThan(0)
  })

  attack('B45', 'Waits for datagrams of others than it was granted', 'hears nothing', async () => {
    const [friend, stranger] = [await udpServer(), await udpServer()]
    const { port } = friend.address()
    const { call } = plugin([`udp://127.0.0.1:${port}`])
    const { id, local: own } = await call('udp.open', 4, '127.0.0.1')
    await new Promise((resolve) => stranger.send('unasked', own.port, '127.0.0.1', resolve))
    await call('udp.send', id, { data: utf8('hi'), ...at(port) })
    await call('io.wait', [[id, 'readable']], null)
    const heard = await call('udp.receive', id, 10)
    expect(heard.map(({ port: from }: { port: number }) => from)).toEqual([port])
  })
})

describe('name lookup', () => {
  attack('B46', 'Looks up names to carry data out by DNS', 'access denied, reported, no lookup', async () => {
    const { call, codeOf, events } = plugin(['dns://*.example.com'], async () => [
      { address: '8.8.8.8', family: 4 },
    ])
    expect(await call('dns.resolve', 'API.example.com.')).toEqual(['8.8.8.8'])
    for (const name of ['example.com', 'example.com.evil.test', 'evil.test'])
      expect(await codeOf('dns.resolve', name)).toBe('access-denied')
    expect(await codeOf('dns.resolve', 'a b')).toBe('invalid-argument')
    expect(events.map(({ decision }) => decision)).toEqual(['allowed', 'denied', 'denied', 'denied'])
    // To know an address is not to be allowed to connect to it.
    expect(await codeOf('tcp.open', at(443, '8.8.8.8'))).toBe('access-denied')
  })

  it('gives an address back as it is', async () => {
    const { call } = plugin(['tcp://127.0.0.1:1'])
    expect(await call('dns.resolve', '127.0.0.1')).toEqual(['127.0.0.1'])
    expect(await call('dns.resolve', '::1')).toEqual(['::1'])
  })
})
