import { spawn } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { pluginWith } from '../../../registry/test/helpers/plugins.js'
import { at, done } from '../helpers/cached-cli.js'
import { look } from '../helpers/look.js'
import { runJson } from '../helpers/run-cli.js'
import { block, buildServed } from '../helpers/served-project.js'
import { startCli } from '../helpers/start-cli.js'
import { tempDir } from '../helpers/temp-dir.js'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

/** The project of the guide, built. */
let dir = ''
beforeAll(async () => {
  dir = await buildServed()
})

afterAll(() => rmSync(dir, { recursive: true, force: true }))

const text = async (url: string, init?: RequestInit) => await (await fetch(url, init)).text()

describe('serve', () => {
  it('serves a plugin until it is interrupted, and writes what was asked', async () => {
    const running = startCli(['serve', 'dist/hello.wasm', '--port', '0', '--reuse', '10'], { cwd: dir })
    const [, url] = /Listening (http:\S+)/.exec(await running.until(/Listening http:\S+\n/)) ?? []
    expect(await text(`${url}/a/b?c`)).toBe('<h1>Hello from /a/b?c</h1>\n')
    expect(await text(`${url}/healthz`)).toBe('OK\n')
    expect(await text(`${url}/readyz`)).toBe('OK\n')
    expect(await running.until(/ 200 \d+\n/)).toMatch(
      /127\.0\.0\.1 - - \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET \/a\/b\?c HTTP\/1.1" 200 27\n/,
    )
    expect(await running.interrupt()).toBe(0)
    await running.until(/Served 1 requests, 0 of which failed\./)
    await expect(fetch(`${url}/`)).rejects.toThrow()
  })

  it('shows what it serves through one window, through every reload', async () => {
    const folder = tempDir()
    const [routes, plugin] = [path.join(folder, 'routes.json'), path.join(dir, 'dist/hello.wasm')]
    const serving = (name: string) =>
      writeFileSync(routes, JSON.stringify({ routes: [{ path: '/...', plugin, name }] }))
    serving('before')
    const running = startCli(['serve', routes, '--port', '0', '--ui', '--watch'], { cwd: folder })
    const said = await running.until(/Watching /)
    const [, window = ''] = /Window (\S+)/.exec(said) ?? []
    const [, url = ''] = /Listening (\S+)/.exec(said) ?? []
    const page = await look(window)
    await page.until(/"name":"before"/)
    await text(url)
    await page.until(/"calls":1\b/)
    serving('after')
    // The page is let go, and comes again.
    expect(await page.until(/"name":"after"/)).toBeUndefined()
    const again = await look(window)
    await again.until(/"name":"after"/)
    expect(await running.interrupt()).toBe(0)
    expect(await again.until(/nothing/)).toBeUndefined()
    await expect(fetch(window)).rejects.toThrow()
  })

  it('tells programs where its window is', async () => {
    const running = startCli(['serve', 'dist/hello.wasm', '--port', '0', '--ui', '--json'], { cwd: dir })
    const { result } = await running.untilLine()
    expect(result).toMatchObject({ event: 'listening', window: expect.stringMatching(/^http:.+\/#.{43}$/) })
    expect((await look(result.window)).status).toBe(200)
  })

  it('serves the routes of a file, and tells programs of each request', async () => {
    const folder = tempDir()
    cpSync(path.join(dir, 'dist/hello.wasm'), path.join(folder, 'plugins/hello.wasm'))
    const routes = [{ path: '/users/:id', plugin: 'plugins/hello.wasm' }]
    writeFileSync(
      path.join(folder, 'routes.json'),
      JSON.stringify({ listen: [{ port: 0, host: '127.0.0.1' }, { socket: 'site.sock' }], routes }),
    )
    const running = startCli(['serve', path.join(folder, 'routes.json'), '--json'], { cwd: dir })
    const { result: listening } = await running.untilLine()
    expect(listening).toEqual({
      event: 'listening',
      addresses: [expect.any(String), path.join(folder, 'site.sock')],
    })
    const [url] = listening.addresses
    expect(await text(`${url}/users/7`)).toBe('<h1>Hello from /users/7</h1>\n')
    expect(await running.untilLine()).toMatchObject({
      command: 'serve',
      ok: true,
      result: {
        event: 'request',
        method: 'GET',
        target: '/users/7',
        route: '/users/:id',
        status: 200,
        bytes: 29,
      },
    })
    expect((await fetch(`${url}/users/`)).status).toBe(404)
    expect(await running.untilLine()).toMatchObject({
      ok: false,
      result: { status: 404, error: { code: 'NO_ROUTE' } },
    })
    const status = await new Promise((resolve, reject) => {
      const socketPath = path.join(folder, 'site.sock')
      request({ socketPath, path: '/users/8' }, ({ statusCode }) => resolve(statusCode))
        .once('error', reject)
        .end()
    })
    expect(status).toBe(200)
    await running.untilLine()
    expect(await running.interrupt()).toBe(0)
    expect(await running.untilLine()).toMatchObject({ ok: true, result: { requests: 3, failed: 1 } })
  })

  it('serves what is installed without asking a registry, and nothing else', async () => {
    const cwd = tempDir()
    const hello = readFileSync(path.join(dir, 'dist/hello.wasm'))
    writeFileSync(path.join(cwd, 'hello.wasm'), pluginWith({ id: 'acme:hello', name: 'hello' }, hello))
    await done(['registry', 'add', 'acme', './plugins'], { cwd })
    await done(['publish', 'hello.wasm'], { cwd })
    await done(['install', 'acme:hello'], { cwd })
    rmSync(path.join(cwd, 'plugins'), { recursive: true })
    const serve = ['serve', 'acme:hello', '--port', '0', '--offline']
    const running = startCli(serve, at({ cwd }))
    const [, url] = /Listening (http:\S+)/.exec(await running.until(/Listening http:\S+\n/)) ?? []
    expect(await text(`${url}/a`)).toBe('<h1>Hello from /a</h1>\n')
    expect(await running.interrupt()).toBe(0)
    rmSync(path.join(cwd, 'cache'), { recursive: true })
    const { error } = (await runJson(serve, at({ cwd }))).document
    expect(error).toMatchObject({ code: 'ROUTE_UNUSABLE', message: expect.stringMatching(/cache/) })
  })

  it('serves modules of WAGI', async () => {
    const folder = tempDir()
    writeFileSync(path.join(folder, 'hello.wat'), block('wat program'))
    const [first = ''] = block('toml modules').split('\n\n')
    writeFileSync(path.join(folder, 'modules.toml'), first)
    const running = startCli(['serve', path.join(folder, 'modules.toml'), '--port', '0'], { cwd: dir })
    const [, url] = /Listening (http:\S+)/.exec(await running.until(/Listening http:\S+\n/)) ?? []
    expect(await text(`${url}/hello`)).toBe('Hello from a program\n')
    expect(await text(`${url}/healthz`)).toBe('OK\n')
    expect((await fetch(`${url}/hello/`)).status).toBe(404)
    expect(await running.interrupt()).toBe(0)
    const serve = (file: string, ...options: string[]) =>
      runJson(['serve', path.join(folder, file), '--port', '0', ...options], { cwd: dir })
    expect((await serve('modules.toml', '--reuse', '2')).document.error?.code).toBe('OPTIONS_CONFLICT')
    expect((await serve('modules.toml', '--timeout', 'banana')).document.error?.code).toBe('INVALID_OPTION')
    expect((await serve('missing.toml')).document.error?.code).toBe('PATH_NOT_FOUND')
    writeFileSync(path.join(folder, 'wrong.toml'), block('toml modules'))
    expect((await serve('wrong.toml')).document.error?.code).toBe('MODULE_UNREADABLE')
  })

  it('takes programs as text from a file of routes too, and a time for all modules', async () => {
    const folder = tempDir()
    writeFileSync(path.join(folder, 'hello.wat'), block('wat program'))
    writeFileSync(
      path.join(folder, 'spin.wat'),
      '(module (memory (export "memory") 1) (func (export "_start") (loop (br 0))))',
    )
    writeFileSync(
      path.join(folder, 'routes.json'),
      JSON.stringify({ routes: [{ path: '/...', plugin: 'hello.wat' }] }),
    )
    const first = startCli(['serve', path.join(folder, 'routes.json'), '--port', '0'], { cwd: dir })
    const [, url] = /Listening (http:\S+)/.exec(await first.until(/Listening http:\S+\n/)) ?? []
    expect(await text(`${url}/a`)).toBe('Hello from a program\n')
    expect(await first.interrupt()).toBe(0)

    const modules = '[[module]]\nroute = "/a"\nmodule = "spin.wat"\nallowed_host = ["x"]\n'
    writeFileSync(path.join(folder, 'modules.toml'), modules)
    const argv = ['serve', path.join(folder, 'modules.toml'), '--port', '0', '--timeout', '100ms']
    const second = startCli(argv, { cwd: dir })
    const said = await second.until(/Listening http:\S+\n/)
    expect(said).toMatch(/warning: \S+modules\.toml: module\[0\]\.allowed_host .*"allowed_hosts"/)
    const [, place] = /Listening (http:\S+)/.exec(said) ?? []
    expect((await fetch(`${place}/a`)).status).toBe(504)
    expect(await second.interrupt()).toBe(0)
  })

  const program = (text: string) => {
    const output = `Content-Type: text/plain\\0a\\0a${text}`
    const length = 'Content-Type: text/plain'.length + 2 + text.length
    return block('wat program')
      .replace(
        /\(data \(i32.const 0\) .*/,
        `(data (i32.const 0) "\\10\\00\\00\\00\\${length.toString(16)}\\00\\00\\00")`,
      )
      .replace(/\(data \(i32.const 16\) .*/, `(data (i32.const 16) "${output}")`)
  }
  const module = '[[module]]\nroute = "/a"\nmodule = "a.wat"\n'

  it('reads everything anew on SIGHUP, loses no request, and keeps what was there where that is wrong', async () => {
    const folder = tempDir()
    writeFileSync(path.join(folder, 'a.wat'), program('first'))
    writeFileSync(path.join(folder, 'modules.toml'), module)
    const child = spawn(process.execPath, [BIN, 'serve', path.join(folder, 'modules.toml'), '--port', '0'])
    onTestFinished(() => void child.kill('SIGKILL'))
    let said = ''
    const until = (pattern: RegExp) =>
      new Promise<RegExpExecArray>((resolve) => {
        const look = () => {
          const found = pattern.exec(said)
          if (found === null) return
          child.stderr.off('data', look)
          resolve(found)
        }
        child.stderr.on('data', look)
        look()
      })
    child.stderr.on('data', (chunk) => {
      said += chunk
    })
    const [, url] = await until(/Listening (http:\S+)\n/)
    const answers: string[] = []
    let isOver = false
    const asking = (async () => {
      while (!isOver) answers.push(await text(`${url}/a`))
    })()
    const answered = async (wanted: string) => {
      while (!answers.includes(wanted)) await new Promise((resolve) => setImmediate(resolve))
    }
    await answered('first')
    writeFileSync(path.join(folder, 'modules.toml'), '[[module]]\nroute = 1\n')
    child.kill('SIGHUP')
    await until(/error\[WAGI_CONFIG_INVALID\]/)
    writeFileSync(path.join(folder, 'a.wat'), program('second'))
    writeFileSync(path.join(folder, 'modules.toml'), module)
    child.kill('SIGHUP')
    await until(/Reloaded the configuration/)
    await answered('second')
    isOver = true
    await asking
    expect(new Set(answers)).toEqual(new Set(['first', 'second']))
    const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
  })

  it('serves anew what changes, where it watches', async () => {
    const folder = tempDir()
    writeFileSync(path.join(folder, 'a.wat'), program('first'))
    writeFileSync(path.join(folder, 'modules.toml'), module)
    const running = startCli(['serve', path.join(folder, 'modules.toml'), '--port', '0', '--watch'], {
      cwd: folder,
    })
    const [, url] = /Listening (http:\S+)/.exec(await running.until(/Listening http:\S+\n/)) ?? []
    expect(await text(`${url}/a`)).toBe('first')
    await running.until(/Watching /)
    writeFileSync(path.join(folder, 'a.wat'), program('second'))
    await running.until(/Reloaded a\.wat\n/)
    expect(await text(`${url}/a`)).toBe('second')
    expect(await running.interrupt()).toBe(0)
  })

  it('is ended by SIGTERM, with 0, when what runs has ended', async () => {
    const child = spawn(process.execPath, [BIN, 'serve', 'dist/hello.wasm', '--port', '0', '--json'], {
      cwd: dir,
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    let said = ''
    const url = await new Promise<string>((resolve) => {
      child.stdout.on('data', (chunk) => {
        said += chunk
        const [, found] = /"addresses":\["([^"]+)"/.exec(said) ?? []
        if (found !== undefined) resolve(found)
      })
    })
    const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
    expect(await text(`${url}/`)).toContain('Hello')
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
    expect(said.trimEnd().split('\n').at(-1)).toContain('"requests":1')
  })

  it.each([['stdout'], ['stdout', 'stderr']] as const)(
    'goes on when nobody reads its %s any more',
    async (...gone) => {
      const child = spawn(process.execPath, [BIN, 'serve', 'dist/hello.wasm', '--port', '0'], { cwd: dir })
      onTestFinished(() => void child.kill('SIGKILL'))
      let said = ''
      let look = () => {}
      const until = (pattern: RegExp) =>
        new Promise<RegExpExecArray>((resolve) => {
          look = () => {
            const match = pattern.exec(said)
            if (match !== null) resolve(match)
          }
          look()
        })
      child.stderr.on('data', (chunk) => {
        said += chunk
        look()
      })
      const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
      const [, url] = await until(/Listening (http:\S+)\n/)
      for (const name of gone) child[name].destroy()
      for (let i = 0; i < 5; i++) expect(await text(`${url}/${i}`)).toContain('Hello')
      if (gone.length === 1) {
        await until(/nothing more is written to stdout \(EPIPE\)/)
        expect(said.match(/nothing more/g)).toHaveLength(1)
      }
      expect(await text(`${url}/healthz`)).toBe('OK\n')
      child.kill('SIGTERM')
      expect(await exited).toBe(0)
    },
  )

  it('says what is wrong with a command line or a file, with the place of it', async () => {
    const folder = tempDir()
    const refused = async (config: unknown, ...args: string[]) => {
      writeFileSync(
        path.join(folder, 'routes.json'),
        typeof config === 'string' ? config : JSON.stringify(config),
      )
      const { document, exitCode } = await runJson(['serve', 'routes.json', ...args], { cwd: folder })
      return [exitCode, document.error?.code, document.error?.message]
    }
    const route = { path: '/', plugin: path.join(dir, 'dist/hello.wasm') }
    const wrong: [unknown, string][] = [
      ['{', 'it is not JSON'],
      [{}, 'routes'],
      [{ routes: [] }, 'routes: expected at least one route'],
      [{ routes: [route], listn: [] }, '"listn"'],
      [{ routes: [{ ...route, grant: {} }] }, 'routes[0]: unknown key "grant"'],
      [{ routes: [{ ...route, plugin: 7 }] }, 'routes[0].plugin'],
      [{ routes: [{ ...route, reuse: 0 }] }, 'routes[0].reuse'],
      [{ routes: [route], listen: [{ port: 70_000 }] }, 'listen[0]'],
      [{ routes: [route], listen: [] }, 'listen: expected at least one address'],
      [{ routes: [{ ...route, path: '/healthz' }] }, 'routes[0].path: the command itself'],
      [{ routes: [route, { ...route, path: '/readyz' }] }, 'routes[1].path: the command itself'],
      [{ routes: [route], limits: { keepAliveMs: 1e12 } }, 'limits.keepAliveMs'],
      [{ routes: [route], drainMs: -1 }, 'drainMs'],
      [{ routes: [route], limits: { maxConnections: 'many' } }, 'limits.maxConnections'],
      // Nothing is the folder of the file, and every address of the machine.
      [{ routes: [{ ...route, plugin: '' }] }, 'routes[0].plugin'],
      [{ routes: [route], listen: [{ port: 0, host: '' }] }, 'listen[0]'],
      [{ routes: [route], listen: [{ socket: '' }] }, 'listen[0]'],
      [{ routes: [route], listen: [{ port: 0, tls: { cert: '', key: 'k' } }] }, 'listen[0]'],
      [{ routes: [route], metrics: { port: 0, host: '' } }, 'metrics.host'],
    ]
    for (const [config, place] of wrong)
      expect(await refused(config)).toEqual([2, 'INVALID_SERVE_CONFIG', expect.stringContaining(place)])
    const folders = { fs: [{ path: '', at: '/all', access: 'read-write' }] }
    const granted = await refused({ routes: [{ ...route, grants: folders }] })
    expect(granted).toEqual([1, 'ROUTE_UNUSABLE', expect.stringMatching(/GRANTS_INVALID: .*fs\[0\]\.path/)])
    expect((await refused({ routes: [{ ...route, path: 'x' }] }))[1]).toBe('GATEWAY_OPTIONS_INVALID')
    expect((await refused({ routes: [{ ...route, path: '/:a/:a' }] }))[2]).toContain('routes[0].path')
    expect((await refused({ routes: [route], trustedProxies: ['x'] }))[1]).toBe('GATEWAY_OPTIONS_INVALID')
    expect((await refused({ routes: [route, route] }))[1]).toBe('ROUTE_CONFLICT')
    expect((await refused({ routes: [{ ...route, limits: { timeout: 1 } }] }))[2]).toContain(
      'load.limits: unknown key "timeout"',
    )
    expect((await refused({ routes: [{ ...route, plugin: 'nowhere.wasm' }] }))[2]).toContain('FILE_NOT_FOUND')
    expect((await refused({ routes: [route] }, '--allow-env', 'A'))[1]).toBe('OPTIONS_CONFLICT')
    expect((await refused({ routes: [route] }, '--port', '1', '--socket', 'x'))[1]).toBe('OPTIONS_CONFLICT')
    for (const args of [
      ['--port', 'x'],
      ['--port', '65536'],
      ['--drain', 'x'],
    ])
      expect((await refused({ routes: [route] }, ...args))[1]).toBe('INVALID_OPTION')
    const missing = await runJson(['serve', 'nowhere.json'], { cwd: folder })
    expect(missing.document.error?.code).toBe('PATH_NOT_FOUND')
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void taken.close())
    expect(
      (await refused({ routes: [route] }, '--port', String((taken.address() as AddressInfo).port)))[1],
    ).toBe('LISTEN_FAILED')
  })

  it('has a guide whose file of routes is one, and whose commands are such', async () => {
    const folder = tempDir()
    const config = JSON.parse(block('json routes'))
    for (const route of config.routes) route.plugin = path.join(dir, 'dist/hello.wasm')
    const fixtures = path.join(ROOT, 'packages/registry/test/fixtures')
    cpSync(path.join(fixtures, 'loopback-cert.pem'), path.join(folder, config.listen[0].tls.cert))
    cpSync(path.join(fixtures, 'loopback-key.pem'), path.join(folder, config.listen[0].tls.key))
    config.listen[0] = { ...config.listen[0], port: 0, host: '127.0.0.1' }
    config.listen[1].socket = 'site.sock'
    config.metrics.port = 0
    writeFileSync(path.join(folder, 'routes.json'), JSON.stringify(config))
    const lines = block('sh').trim().split('\n')
    expect(lines).toHaveLength(4)
    for (const line of lines) {
      const args = line.split(' ').slice(1)
      const file = args[1] === 'routes.json' ? path.join(folder, 'routes.json') : args[1]
      const port = args.includes('--port') || args[1] === 'routes.json' ? [] : ['--port', '0']
      const given = args.slice(2).map((arg) => (arg === '8080' ? '0' : arg))
      const running = startCli(['serve', file as string, ...given, ...port], {
        cwd: dir,
        env: { ...process.env, GREETING: 'Hi' },
      })
      await running.until(/Listening https?:\S+\n/)
      expect([line, await running.interrupt()]).toEqual([line, 0])
    }
  })
})
