// Serves a plugin, or what it does by `node:http` alone: `node app.mjs node|inline|reused|fresh|wagi [FILE]`. Says its port.
import { createServer } from 'node:http'
import { createGateway, listen } from '@wasm-plugin/gateway'
import { createHost } from '@wasm-plugin/host'
import { plain } from './plain.mjs'

const [kind, plugin] = process.argv.slice(2)

/** More requests than any of the rows has: one instance for all of them. */
const ALL = 100_000_000
const ROUTES = {
  inline: { isolation: 'inline', reuse: ALL },
  reused: { reuse: ALL },
  fresh: {},
  wagi: { cgi: { isWagi: true } },
}

if (kind === 'node') {
  const server = createServer(plain).listen(0, '127.0.0.1', () => console.log(server.address().port))
} else {
  const host = await createHost()
  const gateway = await createGateway({ host, routes: [{ path: '/...', plugin, ...ROUTES[kind] }] })
  const { addresses } = await listen(gateway, [{ port: 0, host: '127.0.0.1' }])
  console.log(new URL(addresses[0]).port)
}
process.once('SIGTERM', () => process.exit())
