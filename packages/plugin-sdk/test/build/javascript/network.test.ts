import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHost, type Host } from '@wasm-plugin/host'
import { build } from '@wasm-plugin/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeScriptProject } from '../../support/script.js'

const WIT = `package t:net;
interface api {
  get: func(url: string) -> result<string, string>;
  post: func(url: string, body: string) -> result<string, string>;
  both: func(a: string, b: string) -> result<list<string>, string>;
  later: func(ms: list<u32>) -> list<u32>;
}
world net { export api; }
`
const SOURCE = `
const attempt = async (work) => {
  try { return await work() } catch (error) { throw String(error.message || error.name) }
}
const text = async (url, options) => {
  const response = await fetch(url, options)
  return response.status + ' ' + response.headers.get('x-seen') + ' ' + await response.text()
}
export const api = {
  get: (url) => attempt(() => text(url)),
  post: (url, body) => attempt(() => text(url, { method: 'POST', body, headers: { 'content-type': 'text/plain' } })),
  both: (a, b) => attempt(() => Promise.all([text(a), text(b)])),
  async later(ms) {
    const done = []
    await Promise.all([...ms].map((n) => new Promise((resolve) => setTimeout(() => resolve(done.push(n)), n))))
    return new Uint32Array(done)
  },
}
`
interface Api {
  get(url: string): Promise<string>
  post(url: string, body: string): Promise<string>
  both(a: string, b: string): Promise<string[]>
  later(ms: Uint32Array): Promise<Uint32Array>
}

describe('fetch and timers of a plugin in JavaScript', () => {
  let host: Host
  let server: Server
  let origin: string
  let path: string
  const requests: string[] = []

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (part) => {
        body += part
      })
      request.on('end', () => {
        requests.push(`${request.method} ${request.url} ${body}`)
        response.setHeader('x-seen', request.headers['content-type'] ?? 'none')
        response.statusCode = request.url === '/missing' ? 404 : 200
        response.end(`you sent ${body || 'nothing'} to ${request.url}`)
      })
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const dir = makeScriptProject({ 'src/index.js': SOURCE, 'w.wit': WIT }, [
      'esbuild',
      '@wasm-plugin/starling',
    ])
    path = (await build({ dir, name: 'net', language: 'js', engine: 'starling', wit: 'w.wit' })).path
    host = await createHost()
  }, 600_000)
  afterAll(async () => {
    await host?.close()
    server.close()
  })

  const load = async (name: string, net: string[] | undefined): Promise<Api> => {
    const plugin = await host.load<{ 't:net/api': Api }>(path, {
      name,
      grants: net === undefined ? {} : { net },
    })
    return plugin.exports['t:net/api']
  }

  it('reaches what was granted: status, headers and bodies, several at once', async () => {
    const api = await load('granted', [origin])
    expect(await api.get(`${origin}/a`)).toBe('200 none you sent nothing to /a')
    expect(await api.get(`${origin}/missing`)).toBe('404 none you sent nothing to /missing')
    expect(await api.post(`${origin}/b`, 'héé')).toBe('200 text/plain you sent héé to /b')
    expect(await api.both(`${origin}/c`, `${origin}/d`)).toEqual([
      '200 none you sent nothing to /c',
      '200 none you sent nothing to /d',
    ])
  })

  it('reaches nothing else: no grant, another path, another method', async () => {
    const before = requests.length
    const none = await load('none', undefined)
    await expect(none.get(`${origin}/a`)).rejects.toMatchObject({ payload: expect.any(String) })
    const some = await load('some', [`GET ${origin}/open/**`])
    await expect(some.get(`${origin}/secret`)).rejects.toMatchObject({ payload: expect.any(String) })
    await expect(some.post(`${origin}/open/a`, 'x')).rejects.toMatchObject({ payload: expect.any(String) })
    const large = 'x'.repeat(200_000)
    await expect(some.post(`${origin}/open/a`, large)).rejects.toMatchObject({ payload: expect.any(String) })
    expect(requests.length).toBe(before)
    expect(await some.get(`${origin}/open/a`)).toContain('to /open/a')
  })

  it('waits for timers in the order of their time', async () => {
    const api = await load('timers', undefined)
    expect(await api.later(new Uint32Array([60, 5, 30]))).toEqual(new Uint32Array([5, 30, 60]))
  })
})
