import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'

/** A server on the loopback interface that answers with the path as it understands it, once, and would route by it. */
export interface WebServer {
  readonly name: string
  readonly port: number
}

export interface Answer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
}

/** What a server understood of a request; `null` when it refused the request. */
export interface Understood {
  readonly method: string | null
  readonly path: string
}

const BINARIES = {
  nginx: '/usr/sbin/nginx',
  apache: '/usr/sbin/apache2',
  lighttpd: '/usr/sbin/lighttpd',
}

export const hasWebServers = Object.values(BINARIES).every((file) => existsSync(file))

if (process.env.CI === 'true' && process.platform === 'linux' && !hasWebServers)
  throw new Error('nginx, Apache and lighttpd are missing, which the set-up installs in CI')

export interface WebServers extends Disposable {
  readonly servers: readonly WebServer[]
}

/** Starts nginx, Apache and lighttpd with their defaults and with what is often changed, and servers of Node. */
export async function startWebServers(): Promise<WebServers> {
  const dir = mkdtempSync(join(tmpdir(), 'web-servers-'))
  mkdirSync(join(dir, 'empty'))
  // Apache's child gives up the rights of root.
  chmodSync(dir, 0o755)
  const ends = [() => rmSync(dir, { recursive: true, force: true })]
  const servers: WebServer[] = []
  for (const { file, config, binary, args, names } of PROGRAMS) {
    const ports = await freePorts(names.length)
    const path = join(dir, file)
    writeFileSync(path, config(dir, ports))
    const child = spawn(binary, args(path), { stdio: ['ignore', 'ignore', 'inherit'] })
    ends.unshift(() => void child.kill('SIGKILL'))
    for (const [index, port] of ports.entries()) {
      await answering(child, port)
      servers.push({ name: names[index] ?? '', port })
    }
  }
  for (const [name, read] of Object.entries(READERS)) {
    const server = await serve(read)
    ends.unshift(() => {
      server.closeAllConnections()
      server.close()
    })
    servers.push({ name, port: (server.address() as AddressInfo).port })
  }
  return { servers, [Symbol.dispose]: () => ends.forEach((end) => void end()) }
}

/** How a server says what it understood: each in the way that its configuration has. */
export function readAnswer({ status, headers, text }: Answer): Understood | null {
  const path = headers.get('x-path')
  if (status === 202 && path !== undefined)
    return { method: headers.get('x-method') ?? null, path: fromEscapes(path) }
  const location = headers.get('location')
  if (status === 302 && location !== undefined)
    return { method: null, path: Buffer.from(location.slice('/?'.length), 'base64url').toString() }
  const [method = '', ...rest] = text.split(' ')
  return status === 202 ? { method, path: rest.join(' ') } : null
}

const PROGRAMS = [
  {
    file: 'nginx.conf',
    binary: BINARIES.nginx,
    args: (path: string) => ['-c', path],
    names: ['nginx', 'nginx without merge_slashes'],
    config: (dir: string, [first, second]: readonly number[]) => `
daemon off; master_process off; pid ${dir}/nginx.pid; error_log stderr emerg;
events { worker_connections 512; }
http {
  access_log off; default_type text/plain; keepalive_requests 1000000;
  client_body_temp_path ${dir}; proxy_temp_path ${dir}; fastcgi_temp_path ${dir};
  uwsgi_temp_path ${dir}; scgi_temp_path ${dir};
  server { listen 127.0.0.1:${first}; location / { return 202 "$request_method $uri"; } }
  server { listen 127.0.0.1:${second}; merge_slashes off; location / { return 202 "$request_method $uri"; } }
}`,
  },
  {
    file: 'apache.conf',
    binary: BINARIES.apache,
    args: (path: string) => ['-X', '-f', path],
    names: ['Apache', 'Apache with AllowEncodedSlashes'],
    config: (dir: string, [first, second]: readonly number[]) => `
ServerRoot ${dir}
PidFile ${dir}/apache.pid
ErrorLog /dev/null
ServerName localhost
${['mpm_event', 'headers', 'rewrite', 'authz_core'].map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
MaxKeepAliveRequests 0
Listen 127.0.0.1:${first}
Listen 127.0.0.1:${second}
Header always set x-method "expr=%{REQUEST_METHOD}"
Header always set x-path "expr=%{escape:%{REQUEST_URI}}"
<VirtualHost 127.0.0.1:${first}>
RewriteEngine on
RewriteRule ^ - [R=202,L]
</VirtualHost>
<VirtualHost 127.0.0.1:${second}>
AllowEncodedSlashes On
RewriteEngine on
RewriteRule ^ - [R=202,L]
</VirtualHost>`,
  },
  {
    file: 'lighttpd.conf',
    binary: BINARIES.lighttpd,
    args: (path: string) => ['-D', '-f', path],
    names: ['lighttpd'],
    config: (dir: string, [port]: readonly number[]) => `
server.document-root = "${dir}/empty"
server.bind = "127.0.0.1"
server.port = ${port}
server.modules = ("mod_redirect")
server.errorlog = "/dev/null"
server.max-keep-alive-requests = 10000
$HTTP["url"] =~ "^(.*)$" { url.redirect = ("" => "/?%{encb64u:1}") }`,
  },
]

/** What applications on Node do with `request.url`: a URL resolved, or a path cut, decoded and normalised by hand. */
const READERS: Record<string, (url: string) => string> = {
  'Node with URL': (url) => decodeURIComponent(new URL(url, 'http://host').pathname),
  'Node with split': (url) => posix.normalize(decodeURIComponent(url.split('?')[0] ?? '')),
  'Node, decoded twice, without parameters': (url) =>
    posix.normalize(decodeURIComponent(decodeURIComponent(url.split('?')[0] ?? '')).replace(/;[^/]*/g, '')),
  'Node, without case and slash at the end': (url) =>
    decodeURIComponent(url.split('?')[0] ?? '')
      .toLowerCase()
      .replace(/(.)\/+$/, '$1'),
}

async function serve(read: (url: string) => string): Promise<Server> {
  const server = createServer((request, response) => {
    try {
      response.setHeader('x-method', request.method ?? '')
      response.setHeader('x-path', toEscapes(Buffer.from(read(request.url ?? '')))).writeHead(202)
    } catch {
      response.writeHead(400)
    }
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function toEscapes(bytes: Buffer): string {
  return bytes.toString('hex').replace(/../g, '%$&')
}

function fromEscapes(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString(),
  )
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createTcpServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** Until somebody takes connections, or the program has ended. */
async function answering(child: ChildProcess, port: number): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`)
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
    if (isThere) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
