import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createGateway, type Route, type WagiOptions, wagiRoutes } from '@wasm-plugin/gateway'
import { createHost } from '@wasm-plugin/host'
import { describe, expect, it, onTestFinished } from 'vitest'
import { assembled, cgiFile, says } from './helpers/programs.js'
import { noRust, raw, serve } from './helpers/serve.js'

const get = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, { redirect: 'manual', ...init })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

function folder(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'wagi-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const program = (output: string, more: Partial<Route> = {}) =>
  says(output).then((plugin) => ({ path: '/', plugin, ...more }))

describe('a route whose plugin is a program', () => {
  it('answers with what the program writes, by the rules of CGI', async () => {
    const rows: readonly (readonly [
      output: string,
      status: number,
      text: string,
      fields?: Record<string, string>,
    ])[] = [
      ['Status: 404\n\nnope', 404, 'nope'],
      [
        'Status: 404 Not Found\nContent-Type: text/plain\n\nnope',
        404,
        'nope',
        { 'content-type': 'text/plain' },
      ],
      ['Location: http://example.com/x\n\n', 302, '', { location: 'http://example.com/x' }],
      ['Status: 307\nLocation: http://example.com/x\nContent-Type: text/plain\n\nbody', 307, 'body'],
      ['Location: http://example.com/x\nStatus: 201\n\n', 201, ''],
      ['Location: /other\n\n', 302, '', { location: '/other' }],
      ['Content-Type: text/plain\n\n', 200, '', { 'content-length': '0' }],
      ['Content-Type: text/plain\r\nX-B: 2\r\n\r\nhi\r\n', 200, 'hi\r\n', { 'x-b': '2' }],
      ['CONTENT-type:text/plain\n\na\n\nb', 200, 'a\n\nb', { 'content-type': 'text/plain' }],
      ['no field at all\nContent-Type: text/plain\n\nhi', 200, 'hi'],
      ['Content-Type: text/plain\nContent-Length: 2\n\nhi', 200, 'hi', { 'content-length': '2' }],
      [
        'Content-Type: text/plain\nTransfer-Encoding: chunked\nConnection: close\nUpgrade: h2c\n\nhi',
        200,
        'hi',
      ],
      ['X-A: 1\n\nhi', 200, 'hi', { 'x-a': '1' }],
    ]
    const routes = await Promise.all(rows.map(([output], i) => program(output, { path: `/${i}` })))
    const { url, log } = await serve({ routes })
    for (const [i, [output, status, text, fields = {}]] of rows.entries()) {
      const answer = await get(`${url}/${i}`)
      expect([output, answer.status, answer.text]).toEqual([output, status, text])
      expect(Object.fromEntries(answer.headers)).toMatchObject(fields)
      expect(answer.headers.get('transfer-encoding')).toBeNull()
      expect(answer.headers.get('upgrade')).toBeNull()
    }
    expect(log.filter(({ error }) => error !== undefined)).toEqual([])
  })

  it('answers with a code where the output is no response, and the log says why', async () => {
    const rows: readonly (readonly [output: string, status: number, code: string])[] = [
      ['just text\n', 502, 'CGI_RESPONSE_INVALID'],
      ['Content-Type: text/plain\n', 502, 'CGI_RESPONSE_INVALID'],
      ['', 502, 'CGI_NO_OUTPUT'],
      ['Status: abc\nContent-Type: text/plain\n\nhi', 502, 'CGI_RESPONSE_INVALID'],
      ['Status: 101\n\n', 502, 'CGI_RESPONSE_INVALID'],
      ['Status: 200\nStatus: 404\n\n', 502, 'CGI_RESPONSE_INVALID'],
      ['Content-Type: text/plain\nBad Name: 1\n\nhi', 502, 'CGI_RESPONSE_INVALID'],
      ['Content-Type: text/plain\nX: \u0001\n\nhi', 502, 'CGI_RESPONSE_INVALID'],
      ['Content-Type: text/plain\nX: a\rSet-Cookie: b\n\nhi', 502, 'CGI_RESPONSE_INVALID'],
      ['Content-Type: text/plain\nContent-Length: 3\n\nhi', 502, 'CGI_RESPONSE_INVALID'],
      ['Content-Type: text/plain\nContent-Length: 1\n\nhi', 502, 'CGI_RESPONSE_INVALID'],
      ['Content-Type: text/plain\nContent-Length: -1\n\nhi', 502, 'CGI_RESPONSE_INVALID'],
      [`X: ${'a'.repeat(70_000)}\n\nhi`, 502, 'CGI_RESPONSE_INVALID'],
    ]
    const routes = await Promise.all([
      ...rows.map(([output], i) => program(output, { path: `/${i}` })),
      program('X-A: 1\n\nhi', { path: '/wagi', cgi: { isWagi: true } }),
      says('Content-Type: text/plain\n\nhi', 3).then((plugin) => ({ path: '/exit', plugin })),
    ])
    const { url, log, logged } = await serve({ routes })
    for (const [i, [output, status]] of rows.entries()) {
      const { text, ...answer } = await get(`${url}/${i}`)
      expect([output, answer.status]).toEqual([output, status])
      expect(text).toBe(`${status} Bad Gateway\n`)
    }
    expect((await get(`${url}/wagi`)).status).toBe(502)
    expect((await get(`${url}/exit`)).status).toBe(500)
    await logged(rows.length + 2)
    expect(log.map(({ error }) => error?.code)).toEqual([
      ...rows.map(([, , code]) => code),
      'CGI_RESPONSE_INVALID',
      'CGI_EXIT',
    ])
    expect(log.at(-1)?.error?.message).toBe('the program ended with the exit code 3')
  })

  it('gets everything of the request by CGI, in C', async () => {
    const dir = folder()
    writeFileSync(path.join(dir, 'hello.txt'), 'from the volume\n')
    const { url } = await serve({
      routes: [
        {
          path: '/c/...',
          plugin: cgiFile('cgi-c'),
          grants: { fs: [{ path: dir, at: '/data', access: 'read' }] },
        },
      ],
    })
    const { status, headers, text } = await get(`${url}/c/a%20b/c?x=1&y=%32`, {
      method: 'POST',
      body: 'the body\n',
    })
    expect([status, headers.get('x-language'), headers.getSetCookie()]).toEqual([200, 'C', ['a=1', 'b=2']])
    expect(text).toBe(
      'POST /c/a b/c?x=1&y=%32\nargv[0] = /c/a%20b/c\nargv[1] = x=1\nargv[2] = y=%32\nthe body\nfrom the volume\n',
    )
  })

  it.skipIf(noRust)('gets every variable, in Rust', async () => {
    const { url, port } = await serve({
      routes: [
        {
          path: '/app/:id/...',
          plugin: cgiFile('cgi'),
          grants: { env: { GIVEN: 'yes' } },
          cgi: { argv: `x \${ARGS} y=\${SCRIPT_NAME}` },
        },
      ],
    })
    const answer = await raw(
      port,
      'POST /app/a%41/env?q=1&r HTTP/1.1\r\nHost: [::1]:8080\r\nContent-Type: text/x\r\nContent-Length: 2\r\nX-One: 1\r\nX-one: 2\r\n',
      'Cookie: a=1\r\nCookie: b=2\r\nX_Under: 1\r\nProxy: http://evil.example\r\nAuthorization: secret\r\nConnection: close\r\n\r\nhi',
    )
    const lines = answer.split('\r\n\r\n')[1]?.trim().split('\n') ?? []
    expect(lines).toEqual([
      'AUTH_TYPE=',
      'CONTENT_LENGTH=2',
      'CONTENT_TYPE=text/x',
      'GATEWAY_INTERFACE=CGI/1.1',
      'GIVEN=yes',
      'HTTP_CONTENT_LENGTH=2',
      'HTTP_CONTENT_TYPE=text/x',
      'HTTP_COOKIE=a=1; b=2',
      'HTTP_HOST=[::1]:8080',
      'HTTP_X_ONE=1, 2',
      'PATH_INFO=/env',
      'PATH_TRANSLATED=/env',
      'QUERY_STRING=q=1&r',
      'REMOTE_ADDR=127.0.0.1',
      'REMOTE_HOST=127.0.0.1',
      'REMOTE_USER=',
      'REQUEST_METHOD=POST',
      'SCRIPT_NAME=/app/a%41',
      'SERVER_NAME=[::1]',
      'SERVER_PORT=8080',
      'SERVER_PROTOCOL=HTTP/1.1',
      'SERVER_SOFTWARE=WAGI/1',
      'X_BASE_PATH=/',
      'X_CLIENT_ADDR=127.0.0.1',
      'X_COMPONENT_ROUTE=/app/:id',
      'X_FULL_URL=http://[::1]:8080/app/a%41/env?q=1&r',
      'X_MATCHED_ROUTE=/app/:id/...',
      'X_PATH_MATCH_ID=a%41',
      'X_RAW_COMPONENT_ROUTE=/app/:id/...',
      'X_RAW_PATH_INFO=/env',
    ])
    expect((await get(`${url}/app/1/args?a&b=c`)).text).toBe('x\na\nb=c\ny=/app/1/args\n')
  })

  it.skipIf(noRust)(
    'streams what is large, answers HEAD without a body, and every request has an instance of its own',
    async () => {
      const { url, log, logged } = await serve({
        routes: [
          { path: '/...', plugin: cgiFile('cgi'), maxBodyBytes: 4_000_000 },
          { path: '/unlimited/...', plugin: cgiFile('cgi') },
        ],
      })
      const large = 'x'.repeat(3_000_000)
      expect((await get(`${url}/echo`, { method: 'POST', body: large })).text).toBe(large)
      expect((await get(`${url}/large/2000`)).text).toHaveLength(2_000_000)
      expect((await get(`${url}/echo`, { method: 'POST', body: `${large}${large}` })).status).toBe(413)
      const pieces = (count: number) =>
        new ReadableStream({
          pull(controller) {
            if (count-- > 0) controller.enqueue(new Uint8Array(1_000_000))
            else controller.close()
          },
        })
      const post = (path: string, count: number) =>
        get(url + path, { method: 'POST', body: pieces(count), duplex: 'half' } as RequestInit)
      expect((await post('/unlimited/echo', 3)).text).toHaveLength(3_000_000)
      expect((await post('/unlimited/echo', 9)).status).toBe(413)
      const head = await get(`${url}/hello`, { method: 'HEAD' })
      expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', '16'])
      expect((await get(`${url}/panic`)).status).toBe(500)
      await logged(7)
      expect(log.some(({ error }) => error?.code === 'CGI_REQUEST_TOO_LARGE')).toBe(true)
      expect(log.at(-1)?.error?.message).toContain('as it was asked to')
      const many = await Promise.all(Array.from({ length: 50 }, () => get(`${url}/hello`)))
      expect(new Set(many.map(({ text }) => text))).toEqual(new Set(['hello from Rust\n']))
    },
  )

  it('has to be one, or to answer requests', async () => {
    const host = await createHost()
    onTestFinished(() => host.close())
    const neither = await assembled('(component)')
    await expect(createGateway({ host, routes: [{ path: '/', plugin: neither }] })).rejects.toMatchObject({
      code: 'ROUTE_UNUSABLE',
    })
  })
})

async function fromModules(toml: string, options: Partial<WagiOptions> = {}) {
  const host = await createHost({ limits: { timeoutMs: 60_000, startMs: 60_000 } })
  onTestFinished(() => host.close())
  return wagiRoutes(toml, { host, folder: options.folder ?? folder(), ...options })
}

describe('a modules.toml', () => {
  it('is served as WAGI serves it: in order, with functions that modules name, volumes, arguments and variables', async () => {
    const dir = folder()
    writeFileSync(path.join(dir, 'hello.txt'), 'from the volume\n')
    writeFileSync(path.join(dir, 'says.wasm'), await says('Content-Type: text/plain\n\nsaid\n'))
    const routes = await fromModules(
      `default_host = "localhost"
[[module]]
route = "/site/..."
module = "${cgiFile('cgi-assemblyscript')}"
[[module]]
route = "/about"
module = "file://${cgiFile('cgi-assemblyscript')}"
entrypoint = "about"
[[module]]
route = "/c/..."
module = "${cgiFile('cgi-c')}"
volumes = {"/data" = "."}
argv = "c \${ARGS}"
[[module]]
route = "/..."
module = "says.wasm"
http_max_concurrency = 2
environment = { A = "1" }
[[module]]
route = "/never"
module = "says.wasm"`,
      { folder: dir, env: { SERVER: 'x' } },
    )
    const { url } = await serve({ routes, inOrder: true })
    const text = async (at: string) => (await get(url + at)).text
    expect(await text('/site')).toBe('<h1>AssemblyScript at </h1>\n')
    expect(await text('/site/deep/er')).toBe('<h1>AssemblyScript at /deep/er</h1>\n')
    expect(await text('/site/about')).toBe('<h1>About</h1>\n')
    expect(await text('/site/people/7')).toBe('<h1>People/7</h1>\n')
    expect(await text('/about')).toBe('<h1>About</h1>\n')
    expect(await text('/c/x?1&2')).toBe(
      'GET /c/x?1&2\nargv[0] = c\nargv[1] = 1\nargv[2] = 2\nfrom the volume\n',
    )
    expect(await text('/never')).toBe('said\n')
    expect(await text('/sites')).toBe('said\n')
    expect(routes.at(-2)?.grants).toMatchObject({ env: { SERVER: 'x', A: '1' }, fs: [], net: [] })
  })

  it('tells of keys that change nothing', async () => {
    const dir = folder()
    writeFileSync(path.join(dir, 'says.wasm'), await says('x'))
    const warnings: string[] = []
    const onWarning = (text: string) => warnings.push(text)
    const module = (more: string) => `[[module]]\nroute = "/a"\nmodule = "says.wasm"\n${more}\n`
    const source = `default_host = "x"\nmodul = 1\n${module('allowed_host = ["x"]\ntimeout = "banana"')}${module('"a\\nb" = 1')}`
    expect(await fromModules(source, { folder: dir, onWarning })).toHaveLength(1)
    expect(warnings.map((text) => text.replace('is no key that is known, and changes nothing', '…'))).toEqual(
      [
        'default_host …',
        'modul …; did you mean "module"?',
        'module[0].allowed_host …; did you mean "allowed_hosts"?',
        'module[0].timeout …',
        'module[1].a\\u{a}b …',
      ],
    )
  })

  it('says what is wrong with it, and where', async () => {
    const dir = folder()
    writeFileSync(path.join(dir, 'says.wasm'), await says('x'))
    writeFileSync(path.join(dir, 'text.wasm'), 'no module')
    const lying = await assembled(
      `(module (memory (export "memory") 1) (func (export "_start")) (func (export "_routes")))`,
    )
    writeFileSync(path.join(dir, 'lying.wasm'), lying)
    const module = (more: string) => `[[module]]\nroute = "/a"\nmodule = "says.wasm"\n${more}`
    const rows: readonly (readonly [toml: string, code: string, message: RegExp])[] = [
      ['[[module]', 'WAGI_CONFIG_INVALID', /./],
      ['', 'WAGI_CONFIG_INVALID', /^module/],
      ['module = []', 'WAGI_CONFIG_INVALID', /at least one/],
      ['[[module]]\nmodule = "a.wasm"', 'WAGI_CONFIG_INVALID', /^module\[0\]\.route/],
      ['[[module]]\nroute = "a"\nmodule = "a.wasm"', 'WAGI_CONFIG_INVALID', /^module\[0\]\.route/],
      [module('volumes = "all"'), 'WAGI_CONFIG_INVALID', /^module\[0\]\.volumes/],
      [
        module('volumes = { "/a" = { path = "x", access = "all" } }'),
        'WAGI_CONFIG_INVALID',
        /^module\[0\]\.volumes/,
      ],
      // To `path.resolve` nothing is the folder of the file.
      [module('volumes = { "/a" = "" }'), 'WAGI_CONFIG_INVALID', /^module\[0\]\.volumes/],
      [module('volumes = { "/a" = { path = "" } }'), 'WAGI_CONFIG_INVALID', /^module\[0\]\.volumes/],
      [module('entrypoint = ""'), 'WAGI_CONFIG_INVALID', /^module\[0\]\.entrypoint/],
      ['[[module]]\nroute = "/a"\nmodule = ""', 'WAGI_CONFIG_INVALID', /^module\[0\]\.module/],
      [module('allowed_hosts = "x"'), 'WAGI_CONFIG_INVALID', /^module\[0\]\.allowed_hosts/],
      [module('argv = 1'), 'WAGI_CONFIG_INVALID', /^module\[0\]\.argv/],
      [module('environment = { A = 1 }'), 'WAGI_CONFIG_INVALID', /^module\[0\]\.environment/],
      [module('http_max_concurrency = 0'), 'WAGI_CONFIG_INVALID', /^module\[0\]\.http_max/],
      ['[[module]]\nroute = "/a"\nmodule = "bindle:x/1"', 'WAGI_CONFIG_INVALID', /"bindle:" is not known/],
      ['[[module]]\nroute = "/a"\nmodule = "missing.wasm"', 'MODULE_UNREADABLE', /ENOENT/],
      ['[[module]]\nroute = "/a"\nmodule = "text.wasm"', 'MODULE_UNREADABLE', /no core module/],
      ['[[module]]\nroute = "/a"\nmodule = "lying.wasm"', 'WAGI_ROUTES_INVALID', /wrote nothing/],
      [module('entrypoint = "other"'), 'WAGI_ENTRYPOINT_MISSING', /"other"/],
    ]
    for (const [toml, code, message] of rows)
      await expect(fromModules(toml, { folder: dir }), toml).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      })
  })
})
