import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import { createServer, type Server } from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { runJson } from '../helpers/run-cli.js'
import { block } from '../helpers/served-project.js'
import { tempDir } from '../helpers/temp-dir.js'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
const FIXTURES = fileURLToPath(new URL('../../../registry/test/fixtures/', import.meta.url))
const HELLO = 'Hello from a program\n'

let folder = ''
beforeEach(() => {
  folder = tempDir()
  writeFileSync(path.join(folder, 'page.wat'), block('wat program'))
})

const text = async (url: string) => await (await fetch(url)).text()

interface Started {
  readonly child: ChildProcess
  /** Where it says that it listens. */
  readonly addresses: Promise<readonly string[]>
}

/** The command as a process, with sockets from descriptor 3 on, which this process takes no connections of any more. */
function started(args: readonly string[], sockets: readonly Server[] = [], names = ''): Started {
  const fds = sockets.map((server) => (server as unknown as { _handle: { fd: number } })._handle.fd)
  const variables = `LISTEN_PID=$$ LISTEN_FDS=${fds.length} LISTEN_FDNAMES=${names}`
  const command = fds.length === 0 ? 'exec "$@"' : `export ${variables}; exec "$@"`
  const child = spawn('sh', ['-c', command, 'sh', process.execPath, BIN, 'serve', ...args, '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit', ...fds],
  })
  for (const server of sockets) server.close()
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  return {
    child,
    addresses: once(lines, 'line').then(([line]) => JSON.parse(line).result.addresses),
  }
}

async function socket(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as { port: number }).port }
}

describe('serve', () => {
  it('answers metrics and health at a port of their own', async () => {
    const { child, addresses } = started(['page.wat', '--port', '0', '--metrics-port', '0'])
    const [site, metrics] = await addresses
    expect(await text(`${site}/`)).toBe(HELLO)
    expect(await text(`${site}/metrics`)).toBe(HELLO)
    expect(await text(`${metrics}/metrics`)).toMatch(/wasm_plugin_http_requests_total\{.*status="200"\} 2\n/)
    expect([await text(`${metrics}/healthz`), await text(`${metrics}/readyz`)]).toEqual(['OK\n', 'OK\n'])
    expect(await text(`${metrics}/`)).toContain('404')
    expect(metrics).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('has the port of metrics take the place of that of a file', async () => {
    const routes = { routes: [{ path: '/', plugin: 'page.wat' }] }
    writeFileSync(path.join(folder, 'routes.json'), JSON.stringify({ ...routes, metrics: { port: 1 } }))
    const { addresses } = started(['routes.json', '--port', '0', '--metrics-port', '0'])
    expect(await text(`${(await addresses)[1]}/metrics`)).toContain('wasm_plugin_instances')
  })
})

describe.skipIf(process.platform === 'win32')('serve, started by a service manager', () => {
  it('answers on the sockets that it is passed, and whoever came before it did', async () => {
    const [site, metrics] = [await socket(), await socket()]
    const sockets = [site.server, metrics.server]
    const { child, addresses } = started(['page.wat'], sockets, 'web:metrics')
    // It does not listen yet: the system does.
    expect(await text(`http://127.0.0.1:${site.port}/`)).toBe(HELLO)
    expect(await text(`http://127.0.0.1:${metrics.port}/metrics`)).toContain(
      'wasm_plugin_http_requests_total',
    )
    expect(await addresses).toEqual([`http://127.0.0.1:${site.port}`, `http://127.0.0.1:${metrics.port}`])
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('shows the certificates of the file there, in its order', async () => {
    for (const name of ['loopback-cert.pem', 'loopback-key.pem'])
      cpSync(path.join(FIXTURES, name), path.join(folder, name))
    const tls = { cert: 'loopback-cert.pem', key: 'loopback-key.pem' }
    const listen = [{ port: 1, tls }, { port: 2 }]
    const routes = { listen, routes: [{ path: '/', plugin: 'page.wat' }] }
    writeFileSync(path.join(folder, 'tls.json'), JSON.stringify(routes))
    const [secure, plain] = [await socket(), await socket()]
    started(['tls.json'], [secure.server, plain.server])
    expect(await text(`http://127.0.0.1:${plain.port}/`)).toBe(HELLO)
    const ca = readFileSync(path.join(FIXTURES, 'loopback-cert.pem'))
    const status = await new Promise((resolve, reject) => {
      const options = { ca, checkServerIdentity: () => undefined }
      https
        .get(`https://127.0.0.1:${secure.port}/`, options, (response) => {
          response.resume()
          resolve(response.statusCode)
        })
        .on('error', reject)
    })
    expect(status).toBe(200)
    const env = { LISTEN_PID: String(process.pid), LISTEN_FDS: '1' }
    const { document } = await runJson(['serve', 'tls.json'], { cwd: folder, env })
    expect(document.error).toMatchObject({
      code: 'INVALID_SERVE_CONFIG',
      message: expect.stringContaining('it has 2 addresses, and the service manager has passed 1 sockets'),
    })
  })

  it('takes no other place beside them, and no sockets that are for another process', async () => {
    const env = { LISTEN_PID: String(process.pid), LISTEN_FDS: '2', LISTEN_FDNAMES: 'web:metrics' }
    for (const option of ['--port', '--socket', '--metrics-port']) {
      const { document } = await runJson(['serve', 'page.wat', option, '1'], { cwd: folder, env })
      expect(document.error?.code).toBe('OPTIONS_CONFLICT')
    }
    const other = { ...process.env, LISTEN_PID: '1', LISTEN_FDS: '1' }
    const child = spawn(process.execPath, [BIN, 'serve', 'page.wat', '--port', '0', '--json'], {
      ...{ cwd: folder, env: other },
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    expect(await text(JSON.parse(line).result.addresses[0])).toBe(HELLO)
  })
})
