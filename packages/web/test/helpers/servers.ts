import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The port of a server that lets pages of any origin read what it answers. */
    readonly port: number
  }
}

/** Starts what the tests in a browser ask over the network. */
export default async function setup(project: TestProject): Promise<() => void> {
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', '*')
    response.setHeader('access-control-expose-headers', '*')
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (request.method === 'OPTIONS') response.writeHead(204).end()
    else if (pathname === '/pub/redirect') response.writeHead(302, { location: '/secret/a' }).end()
    else if (pathname === '/pub/headers') response.end(JSON.stringify(request.headers))
    else if (pathname === '/pub/large') response.end('x'.repeat(1 << 20))
    else response.end('hello')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  project.provide('port', (server.address() as AddressInfo).port)
  return () => {
    server.close()
    server.closeAllConnections()
  }
}
