import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { cgiServerNames, hasCgiServers, startCgiServer } from '../../../../scripts/lib/cgi-servers.mjs'

const SOURCE = fileURLToPath(new URL('says.c', import.meta.url))

export type ServerName = 'lighttpd' | 'nginx' | 'apache'

export const isThere = hasCgiServers() && hasCompiler()

if (process.env.CI === 'true' && process.platform === 'linux' && !isThere)
  throw new Error('nginx, fcgiwrap, Apache, lighttpd or cc are missing, which CI has')

function hasCompiler(): boolean {
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export interface Oracle extends AsyncDisposable {
  /** The program, as one of WASI. */
  readonly module: Uint8Array
  /** Ports of servers that have the same program, for this machine, at `/page`. */
  readonly ports: ReadonlyMap<ServerName, number>
}

export async function startOracle(): Promise<Oracle> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cgi-oracle-'))
  // The servers give up the rights of root.
  chmodSync(folder, 0o755)
  const program = path.join(folder, 'says.cgi')
  execFileSync('cc', ['-O1', '-Wall', '-Werror', SOURCE, '-o', program])
  const ports = new Map<ServerName, number>()
  const running: { stop(): Promise<void> }[] = []
  const end = async () => {
    await Promise.all(running.map((server) => server.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    for (const name of cgiServerNames as ServerName[]) {
      const server = await startCgiServer(name, { folder, program })
      if (server === undefined) throw new Error(`${name} is not there`)
      running.push(server)
      ports.set(name, server.port)
    }
    return { module: await compiled(), ports, [Symbol.asyncDispose]: end }
  } catch (error) {
    await end()
    throw error
  }
}

async function compiled(): Promise<Uint8Array> {
  const host = createRequire(new URL('../../../host/package.json', import.meta.url))
  const { runClang } = await import(pathToFileURL(host.resolve('@yowasp/clang')).href)
  const files = { 'says.c': readFileSync(SOURCE) }
  const tree = await runClang(['clang', '-O1', 'says.c', '-o', 'says.wasm'], files, { stderr: () => {} })
  return tree['says.wasm']
}

export interface Sent {
  readonly path: string
  readonly method?: string | undefined
  readonly headers?: readonly string[]
  readonly body?: string
}

/**
 * What a client gets: status, the fields that the program has to do with, and the body, which ends in `…` where it breaks off. Of an
 * error of the server itself it is the status alone.
 */
export async function answerOf(
  port: number,
  { path: at, method = 'GET', headers = [], body }: Sent,
): Promise<string> {
  const all = ['Host', `127.0.0.1:${port}`, ...headers]
  const options = { host: '127.0.0.1', port, path: at, method, agent: false, headers: all } as const
  const response = await new Promise<IncomingMessage | undefined>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) =>
      error.code?.startsWith('HPE_') ? resolve(undefined) : reject(error)
    request(options, resolve).on('error', failed).end(body)
  })
  if (response === undefined) return 'none of HTTP'
  const text = await textOf(response)
  const { statusCode = 0, rawHeaders } = response
  if (statusCode >= 500 && statusCode < 600) return String(statusCode)
  const fields: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase()
    if (!OF_SERVER.has(name)) fields.push(`${name}: ${rawHeaders[i + 1]}`)
  }
  const shown = text.includes('<html') ? 'its own text' : JSON.stringify(text)
  return [statusCode, ...fields.sort(), shown].join(' | ')
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  try {
    for await (const chunk of response.setEncoding('latin1')) text += chunk
  } catch {
    text += '…'
  }
  return text
}

const OF_SERVER = new Set([
  ...['date', 'server', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'accept-ranges'],
])

/** What the program is told to write, and its exit code. */
export function told(text: string, exit = 0): string {
  return `/page?${exit}.${Buffer.from(text, 'latin1').toString('hex')}`
}
