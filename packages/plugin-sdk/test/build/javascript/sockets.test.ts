import { type AddressInfo, createServer, type Server } from 'node:net'
import { createHost, type Host } from '@wasm-plugin/host'
import { build } from '@wasm-plugin/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeScriptProject } from '../../support/script.js'

// Resources without functions: `network` of WASI, `token` of the application and `ticket` of the plugin.
const WIT = `package t:sock;
interface app {
  resource token;
  give: func() -> token;
  look: func(token: borrow<token>) -> string;
}
interface api {
  resource ticket;
  talk: func(port: u16, text: string) -> string;
  names: func(host: string) -> list<string>;
  tokens: func() -> string;
  issue: func() -> ticket;
  redeem: func(ticket: ticket) -> string;
}
world sock {
  import app;
  import wasi:sockets/instance-network@0.2.12;
  import wasi:sockets/network@0.2.12;
  import wasi:sockets/tcp@0.2.12;
  import wasi:sockets/tcp-create-socket@0.2.12;
  import wasi:sockets/ip-name-lookup@0.2.12;
  export api;
}
`
const SOURCE = `
import { give, look } from 't:sock/app'
import { instanceNetwork } from 'wasi:sockets/instance-network'
import { resolveAddresses } from 'wasi:sockets/ip-name-lookup'
import * as network from 'wasi:sockets/network'
import { createTcpSocket } from 'wasi:sockets/tcp-create-socket'

const when = (pollable, work) => {
  for (;;) {
    try { return work() } catch (error) { if (error.payload !== 'would-block') throw error }
    pollable.block()
  }
}

class Ticket { text = 'a ticket of ' + Object.keys(network).length }

export const api = {
  Ticket,
  talk(port, text) {
    const socket = createTcpSocket('ipv4')
    const ready = socket.subscribe()
    socket.startConnect(instanceNetwork(), { tag: 'ipv4', val: { port, address: [127, 0, 0, 1] } })
    const [input, output] = when(ready, () => socket.finishConnect())
    output.blockingWriteAndFlush(new TextEncoder().encode(text))
    return new TextDecoder().decode(input.blockingRead(100n))
  },
  names(host) {
    const found = []
    const stream = resolveAddresses(instanceNetwork(), host)
    for (let next; (next = when(stream.subscribe(), () => stream.resolveNextAddress())) !== undefined; )
      found.push(next.tag)
    return found
  },
  tokens: () => look(give()),
  issue: () => new Ticket(),
  redeem: (ticket) => ticket.text,
}
`

describe('sockets and resources without functions of a plugin in JavaScript', () => {
  let host: Host
  let server: Server
  let path: string

  beforeAll(async () => {
    server = createServer((socket) => socket.on('data', (data) => socket.end(`you said ${data}`)))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const dir = makeScriptProject({ 'src/index.js': SOURCE, 'w.wit': WIT }, [
      'esbuild',
      '@wasm-plugin/starling',
    ])
    path = (await build({ dir, name: 'sock', language: 'js', engine: 'starling', wit: 'w.wit' })).path
    host = await createHost()
  }, 600_000)
  afterAll(async () => {
    await host?.close()
    server.close()
  })

  it('reach what was granted', async () => {
    class Token {
      text = 'a token'
    }
    const { port } = server.address() as AddressInfo
    const plugin = await host.load(path, {
      grants: { net: [`tcp://127.0.0.1:${port}`, 'dns://localhost'] },
      imports: { 't:sock/app': { Token, give: () => new Token(), look: ({ text }: Token) => text } },
    })
    const api = plugin.exports['t:sock/api']
    expect(await api.talk(port, 'hello')).toBe('you said hello')
    expect(await api.names('localhost')).toContain('ipv4')
    expect(await api.tokens()).toBe('a token')
    expect(await api.redeem(await api.issue())).toBe('a ticket of 0')
  })
})
