import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A web server of the application, on this machine alone. */
export interface NoticeServer extends AsyncDisposable {
  /** The one document it has. */
  readonly url: string
}

const NOTICE = { edition: 'Field notes', notice: 'Reading times assume a reader in no hurry.' }

/** Serves the notice of this edition as JSON, on a port that is free. */
export async function serveNotice(): Promise<NoticeServer> {
  const server = createServer((request, response) => {
    const found = request.method === 'GET' && request.url === '/notice.json'
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(found ? NOTICE : { error: 'not found' }))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/notice.json`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
