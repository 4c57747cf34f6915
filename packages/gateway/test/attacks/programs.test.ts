import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { wagiRoutes } from '@wasm-plugin/gateway'
import { createHost } from '@wasm-plugin/host'
import { describe, expect, onTestFinished } from 'vitest'
import { attack } from '../../../../test/attack.js'
import { assembled, cgiFile, says } from '../helpers/programs.js'
import { noRust, raw, serve } from '../helpers/serve.js'

const limits = { timeoutMs: 5_000, startMs: 60_000 }

/** A program that writes its memory, over and over. */
const endless = (text: string) =>
  assembled(`(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\\40\\00\\00\\00\\00\\80\\00\\00")
    (data (i32.const 64) "${text}")
    (func (export "_start") (loop $on (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))) (br $on))))`)

describe.skipIf(noRust)('programs that answer by CGI', () => {
  attack(
    'F71',
    'A client sends fields that would be other variables of a program: `Proxy`, `Path-Info`, names with underscores, names in all cases',
    'none of them is a variable but `HTTP_…`, there is no `HTTP_PROXY`, and what one field says no other one does',
    async () => {
      const { port } = await serve({
        routes: [{ path: '/...', plugin: cgiFile('cgi'), grants: { env: { SECRET: 'kept' } } }],
      })
      const fields = [
        'Proxy: http://evil.example',
        'PROXY: http://evil.example',
        'Path-Info: /admin',
        'Remote-User: root',
        'Remote_User: root',
        'X-Forwarded_For: 6.6.6.6',
        'X-Trusted: real',
        'X_Trusted: forged',
        'x.trusted: forged',
        'Secret: forged',
        'Content-Length-: 9',
      ]
      const answer = await raw(
        port,
        `GET /env HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${fields.join('\r\n')}\r\n\r\n`,
      )
      const variables = new Map(
        (answer.split('\r\n\r\n')[1] ?? '')
          .trim()
          .split('\n')
          .map((line) => line.split(/=(.*)/s) as [string, string]),
      )
      expect(variables.get('HTTP_PROXY')).toBeUndefined()
      expect(variables.get('HTTP_X_TRUSTED')).toBe('real')
      expect(variables.get('HTTP_X_FORWARDED_FOR')).toBeUndefined()
      expect([variables.get('PATH_INFO'), variables.get('REMOTE_USER'), variables.get('SECRET')]).toEqual([
        '/env',
        '',
        'kept',
      ])
    },
  )

  attack(
    'F106',
    'A client sends a program fields that proxies and servers write: X-Forwarded-For, X-Matched-Route, Spin-Path-Info, Remote-User',
    'none of them is a variable, unless a trusted proxy sends them, of whom the gateway takes what it makes of them',
    async () => {
      const plugin = cgiFile('cgi')
      const names = [
        ...[
          'Forwarded',
          'X-Forwarded',
          'X-Forwarded-For',
          'X-Forwarded-Proto',
          'X-Forwarded-Host',
          'X-Real-IP',
        ],
        ...['X-Forwarded-Port', 'X-Forwarded-User', 'X-Forwarded-Ssl', 'x-mAtched-route', 'X-Path-Match-Id'],
        ...['X-Full-Url', 'X-Base-Path', 'X-Client-Addr', 'X-Component-Route', 'X-Raw-Component-Route'],
        ...[
          'X-Raw-Path-Info',
          'Spin-Path-Info',
          'Spin-Client-Addr',
          'X-Forwarded-Prefix',
          'X-Forwarded-Server',
        ],
      ]
      const others = [
        'Client-Ip',
        'True-Client-Ip',
        'X-Original-Url',
        'X-Rewrite-Url',
        'X-Remote-User',
        'Remote-User',
      ]
      const kept = ['X-Request-Id', 'Referer', 'Sec-Fetch-Site', 'X-Requested-With', 'Traceparent', 'Cookie']
      const fields = [...names, ...others, ...kept].map((name) => `${name}: forged\r\n`).join('')
      const route = { path: '/:id/...', plugin }
      const variables = async (port: number, more = '') => {
        const answer = await raw(
          port,
          `GET /a/env HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${fields}${more}\r\n`,
        )
        const lines = (answer.split('\r\n\r\n')[1] ?? '').trim().split('\n')
        return new Map(lines.map((line) => line.split(/=(.*)/s) as [string, string]))
      }
      const direct = await variables((await serve({ routes: [route] })).port)
      const variable = (name: string) => `HTTP_${name.toUpperCase().replaceAll('-', '_')}`
      const forged = (all: Map<string, string>) =>
        [...all].filter(([, value]) => value.includes('forged')).map(([name]) => name)
      expect(forged(direct)).toEqual(kept.map(variable).sort())
      expect(direct.get('X_MATCHED_ROUTE')).toBe('/:id/...')
      const trusted = await serve({ routes: [route], trustedProxies: ['127.0.0.1'] })
      const proxied = await variables(
        trusted.port,
        'X-Forwarded-For: 6.6.6.6, 203.0.113.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.example\r\n',
      )
      expect(forged(proxied)).toEqual([...others, ...kept].map(variable).sort())
      expect(proxied.get('HTTP_X_FORWARDED_FOR')).toBe('203.0.113.9')
      expect(proxied.get('HTTP_X_FORWARDED_PROTO')).toBe('https')
      expect(proxied.get('HTTP_X_FORWARDED_HOST')).toBe('shop.example')
      expect(proxied.get('REMOTE_ADDR')).toBe('203.0.113.9')
    },
  )

  attack(
    'F108',
    'A client names one host in its target and another in its `Host`, or ends the name of a host with a dot',
    'one host counts, for the route and in every variable; a dot at its end changes nothing',
    async () => {
      const route = { path: '/...', plugin: cgiFile('cgi') }
      const { port } = await serve({
        routes: [route, { ...route, host: 'docs.example', grants: { env: { ROUTE: 'docs' } } }],
      })
      const ask = async (target: string, host: string) => {
        const answer = await raw(port, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
        const lines = (answer.split('\r\n\r\n')[1] ?? '').trim().split('\n')
        const all = new Map(lines.map((line) => line.split(/=(.*)/s) as [string, string]))
        return ['ROUTE', 'SERVER_NAME', 'HTTP_HOST', 'X_FULL_URL'].map((name) => all.get(name))
      }
      const url = 'http://docs.example/env'
      expect(await ask(url, 'localhost')).toEqual(['docs', 'docs.example', 'docs.example', url])
      expect((await ask('http://other.example/env', 'docs.example')).slice(0, 3)).toEqual([
        undefined,
        ...['other.example', 'other.example'],
      ])
      for (const host of ['docs.example.', 'DOCS.example.:8080', 'docs.example:8080'])
        expect((await ask('/env', host))[0]).toBe('docs')
      expect((await ask('/env', 'docs.example..'))[0]).toBeUndefined()
    },
  )

  attack(
    'F72',
    'A client asks a program for paths with zeros, dots, line ends and bytes that are no text, by percent signs',
    'a zero is refused, since it would end a variable; the rest is what it is, in one variable',
    async () => {
      const { port, log, url } = await serve({ routes: [{ path: '/...', plugin: cgiFile('cgi') }] })
      const ask = (target: string) =>
        raw(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      expect(await ask('/env/%00/etc')).toMatch(/^HTTP\/1.1 400 /)
      expect(await ask('/env/a%0aHTTP_PROXY=x')).toContain('PATH_INFO=/env/a\nHTTP_PROXY=x\n')
      expect(await ask('/env/%ff%2e%2e/%2')).toContain('PATH_INFO=/env/\xef\xbf\xbd../%2\n')
      expect(await ask('/env/../../x')).toContain('PATH_INFO=/env/../../x\n')
      expect(log[0]).toMatchObject({ status: 400, error: { code: 'OPTIONS_INVALID' } })
      expect(await (await fetch(`${url}/`)).text()).toBe('hello from Rust\n')
    },
  )

  attack(
    'F73',
    'A program writes a head without end, a body without end, or a body to a client that asked for the head alone',
    'it is ended when its head is too long, when its client leaves, or at once; nothing is kept of it, and the next request is served',
    async () => {
      const { url, port, log, logged } = await serve({
        routes: [
          { path: '/head', plugin: await endless('X: y'), limits },
          { path: '/body', plugin: await endless('X: y\\0a\\0a'), limits, pool: { instances: 1 } },
          { path: '/lines', plugin: await endless('\\0aX'), limits, cgi: { isWagi: true } },
        ],
      })
      expect((await fetch(`${url}/head`)).status).toBe(502)
      expect((await fetch(`${url}/lines`)).status).toBe(502)
      const { body } = await fetch(`${url}/body`)
      await body?.getReader().cancel()
      expect((await fetch(`${url}/body`, { method: 'HEAD' })).status).toBe(200)
      expect(await raw(port, 'HEAD /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
        /^HTTP\/1.1 200 /,
      )
      await logged(5)
      expect(log.slice(0, 2).map(({ error }) => error?.code)).toEqual([
        'CGI_RESPONSE_INVALID',
        'CGI_RESPONSE_INVALID',
      ])
    },
  )

  attack(
    'F74',
    'A module says of itself routes without end, paths of others, no paths, functions that it does not have, or nothing in time',
    'the configuration is refused with a code, before anything is served',
    async () => {
      const dir = mkdtempSync(path.join(tmpdir(), 'lying-'))
      onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
      const host = await createHost({ limits })
      onTestFinished(() => host.close())
      const routesOf = async (output: string) => {
        writeFileSync(path.join(dir, 'lying.wasm'), await says(output, 0, '_routes'))
        const toml = '[[module]]\nroute = "/site/..."\nmodule = "lying.wasm"\nentrypoint = "_routes"'
        return (await wagiRoutes(toml, { host, folder: dir })).map((route) => route.path)
      }
      expect(await routesOf('/a _routes\nb _routes\n')).toEqual(['/site/b', '/site/a', '/site/...'])
      const invalid = { code: 'WAGI_ROUTES_INVALID' }
      await expect(routesOf('/a _routes\n'.repeat(65))).rejects.toMatchObject(invalid)
      await expect(routesOf('/a\n')).rejects.toMatchObject(invalid)
      await expect(routesOf('/a b c\n')).rejects.toMatchObject(invalid)
      await expect(routesOf('\n \n')).rejects.toMatchObject(invalid)
      await expect(routesOf('/a toString\n')).rejects.toMatchObject({ code: 'WAGI_ENTRYPOINT_MISSING' })
      expect(await routesOf('/../../admin _routes\n')).toEqual(['/site/../../admin', '/site/...'])
    },
  )
})
