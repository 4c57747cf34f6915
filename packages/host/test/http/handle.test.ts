import { createHost, type HttpRequest } from '@wasm-plugin/host'
import { describe, expect, it, onTestFinished } from 'vitest'
import { guest } from '../helpers/guests.js'
import { type Asked, loadServer, noRust, textOf } from '../helpers/server.js'

const bytes = (text: string) => new TextEncoder().encode(text)

describe.skipIf(noRust)('a plugin that exports wasi:http/incoming-handler', () => {
  it('sees the request as it is, without what belongs to the connection', async () => {
    const { text } = await loadServer()
    const request: HttpRequest = {
      method: 'REPORT',
      path: '/request/%2e%2e/a?b=%20c&d',
      scheme: 'https',
      authority: 'plugins.example:8443',
      headers: [
        ['Host', 'plugins.example:8443'],
        ['X-One', '1'],
        ['x-one', '2'],
        ['Connection', 'keep-alive'],
        ['Transfer-Encoding', 'chunked'],
        ['X-Bytes', 'caf\xe9'],
      ],
    }
    expect(await text(request)).toBe(
      `Method::Other("REPORT") Some(Scheme::Https) Some("plugins.example:8443") Some("/request/%2e%2e/a?b=%20c&d")
x-one: 1
x-one: 2
x-bytes: caf\ufffd
`,
    )
  })

  it('answers with status, fields and trailers as it gave them', async () => {
    const { ask } = await loadServer()
    expect(await ask('/hello')).toEqual({
      status: 200,
      headers: [['content-type', 'text/plain; charset=utf-8']],
      text: 'hello\n',
      trailers: [],
    })
    expect(((await ask('/cookies')) as Asked).headers).toEqual([
      ['set-cookie', 'a=1'],
      ['x-one', '1'],
      ['set-cookie', 'b=2'],
      ['x-one', '2'],
    ])
    expect(await ask('/trailers')).toMatchObject({ text: 'data', trailers: [['x-sum', '42']] })
    expect(await ask('/early-body')).toMatchObject({ text: 'early' })
    expect(await ask('/empty/202')).toMatchObject({ status: 202, text: '' })
    expect(await ask('/status/418')).toMatchObject({ status: 418, text: 'body' })
  })

  it('gets bodies whole or as they come, with what follows them', async () => {
    const { text } = await loadServer()
    const pieces = async function* () {
      for (let i = 0; i < 5; i++) yield bytes('piece')
    }
    const trailers = () => [['x-sum', '42'] as const]
    expect(await text('/size')).toBe('0')
    expect(await text({ method: 'POST', path: '/size', body: bytes('four') })).toBe('4')
    expect(await text({ method: 'POST', path: '/size', body: new Uint8Array(1 << 20) })).toBe('1048576')
    expect(await text({ method: 'POST', path: '/size', body: pieces() })).toBe('25')
    expect(await text({ method: 'POST', path: '/size', body: pieces(), trailers })).toBe('25 1')
    expect(await text({ method: 'POST', path: '/size', body: bytes('four'), trailers })).toBe('4 1')
    expect(await text({ method: 'POST', path: '/hello', body: pieces() })).toBe('hello\n')
  })

  it('hears that the stream of a body has failed', async () => {
    const { plugin, text } = await loadServer()
    const cause = new Error('the client left')
    const broken = async function* () {
      yield bytes('half')
      throw cause
    }
    expect(await text({ method: 'POST', path: '/size', body: broken() })).toBe('4 broken')
    // A plugin that takes that for the end answers all the same, and the application hears of it.
    const { body, ended } = await plugin.handle({ method: 'POST', path: '/echo', body: broken() })
    let length = 0
    for await (const chunk of body) length += chunk.length
    expect(length).toBe(4)
    expect(await ended).toMatchObject({
      code: 'INPUT_FAILED',
      data: { input: 'body' },
      cause,
      plugin: plugin.name,
    })
  })

  it('streams both ways at once, no faster than it is read', async () => {
    const { plugin } = await loadServer()
    let given = 0
    const body = (async function* () {
      for (; given < 400; given++) yield new Uint8Array(1 << 14)
    })()
    const response = await plugin.handle({ method: 'POST', path: '/echo', body })
    const answer = response.body[Symbol.asyncIterator]()
    const first = await answer.next()
    let size = first.value.length
    // Without a reader it comes to rest: what is in between is bounded.
    let before = -1
    while (given !== before) {
      before = given
      await plugin.handle({ path: '/nothing' }, { timeoutMs: 1 }).catch(() => {})
    }
    expect(given).toBeLessThan(100)
    for (let next = await answer.next(); !next.done; next = await answer.next()) size += next.value.length
    expect([given, size]).toEqual([400, 400 << 14])
  })

  it('gives a body of any length in bounded memory', async () => {
    const { plugin } = await loadServer()
    const { body } = await plugin.handle({ path: '/big/1024' })
    let size = 0
    let most = 0
    for await (const chunk of body) {
      // What is let go of counts until it is collected, which an engine puts off as it likes.
      if (size % (4 << 20) < chunk.length) globalThis.gc?.()
      size += chunk.length
      most = Math.max(most, process.memoryUsage().arrayBuffers)
    }
    expect(size).toBe(64 << 20)
    expect(most).toBeLessThan(48 << 20)
  })

  it('gives a small response as a whole, unless some of it was read', async () => {
    const { plugin } = await loadServer()
    const { whole, body, trailers, ended } = await plugin.handle({ path: '/trailers' })
    // A first call may take so long that its response goes ahead of its end.
    expect(await ended).toBe(undefined)
    expect(new TextDecoder().decode(whole())).toBe('data')
    expect(trailers()).toEqual([['x-sum', '42']])
    for await (const bytes of body) expect.unreachable(`${bytes.length} bytes are left`)
    const read = await plugin.handle({ path: '/hello' })
    for await (const _ of read.body);
    expect(read.whole()).toBe(undefined)
    const failed = await plugin.handle({ path: '/panic-after' })
    expect(failed.whole()).toBe(undefined)
    await expect(textOf(failed.body)).rejects.toMatchObject({ code: 'GUEST_TRAP' })
    expect(failed.whole()).toBe(undefined)
    const large = await plugin.handle({ path: '/big/1024' })
    expect(large.whole()).toBe(undefined)
    for await (const _ of large.body) break
  })

  it('sends no body where the client gets none', async () => {
    const { ask } = await loadServer()
    expect(await ask({ method: 'HEAD', path: '/sized/10' })).toEqual({
      status: 200,
      headers: [['content-length', '10']],
      text: '',
      trailers: [],
    })
    expect(await ask('/status/204')).toMatchObject({ status: 204, text: '' })
    expect(await ask('/status/205')).toMatchObject({ status: 205, text: '' })
    expect(await ask('/status/304')).toMatchObject({ status: 304, text: '' })
    expect(await ask('/sized/10')).toMatchObject({ text: 'xxxxxxxxxx' })
  })

  it('has sent what it finished, whatever it does afterwards', async () => {
    const { plugin, ask } = await loadServer({ pool: { instances: 3 } })
    expect(await ask('/whole-then-panic')).toMatchObject({ status: 200, text: 'whole' })
    for (const body of [null, streamed()]) {
      // Nothing but the end of the test ends the call.
      const response = await plugin.handle({ path: '/whole-then-spin', body })
      expect(await textOf(response.body)).toBe('whole')
      expect(response.isWhole).toBe(true)
    }
  })

  it('has sent what it flushed, while it computes', async () => {
    const { plugin } = await loadServer()
    for (const body of [null, streamed()])
      for (const count of [1, 3, 50]) {
        const response = await plugin.handle({ path: `/event-then-spin/${count}`, body })
        let text = ''
        for await (const bytes of response.body) {
          text += new TextDecoder().decode(bytes)
          if (text.length === count * 'event\n'.length) break
        }
        expect(response.isWhole).toBe(false)
        await response.ended
      }
  })

  it('has begun no response when it fails with one of which nothing was sent', async () => {
    const { ask, text } = await loadServer()
    expect(await ask('/panic-before-body')).toBe('GUEST_TRAP')
    expect(await ask({ path: '/panic-before-body', body: streamed() })).toBe('GUEST_TRAP')
    expect(await ask('/claims')).toBe('HTTP_RESPONSE_INCOMPLETE')
    expect(await text('/hello')).toBe('hello\n')
  })

  it('sends no fields behind a body that decide what the message is', async () => {
    const { ask, text } = await loadServer()
    expect(await ask('/trail')).toMatchObject({ status: 200, trailers: [['x-sum', '5']] })
    const trailers = () => ['Content-Length', 'authorization', 'x-one'].map((name) => [name, '1'] as const)
    expect(await text({ method: 'POST', path: '/size', body: streamed(), trailers })).toBe('4 1')
  })

  it('may send informational responses first', async () => {
    const { text } = await loadServer()
    const heard: unknown[] = []
    const onInformational = (status: number, headers: unknown) => heard.push([status, headers])
    expect(await text('/early-hints', { onInformational })).toBe('late')
    expect(heard).toEqual([[103, [['link', '</a.css>; rel=preload; as=style']]]])
    expect(await text('/early-hints')).toBe('late')
  })

  it('keeps its state, unless an instance is to answer so many requests only', async () => {
    const { text } = await loadServer()
    expect([await text('/count'), await text('/count')]).toEqual(['0', '1'])
    const counts: string[] = []
    for (let i = 0; i < 6; i++) counts.push(await text('/count', { reuse: 3 }))
    expect(counts).toEqual(['2', '0', '1', '2', '0', '1'])
    for (let i = 0; i < 3; i++) expect(await text('/count', { reuse: 1 })).toBe('0')
    expect([await text('/count'), await text('/count'), await text('/count')]).toEqual(['0', '1', '2'])
    expect([await text('/count', { reuse: 2 }), await text('/count')]).toEqual(['0', '1'])
  })

  it('answers as many at a time as it has instances', async () => {
    const { ask } = await loadServer({ pool: { instances: 2 } })
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('/hello')))
    expect(answers.every((answer) => typeof answer === 'object' && answer.text === 'hello\n')).toBe(true)
  })

  it('is asked in the words of fetch', async () => {
    const { plugin } = await loadServer()
    const response = await plugin.fetch(
      new Request('http://localhost/request/a?b', { method: 'POST', body: 'text', headers: { 'x-a': '1' } }),
    )
    expect(await response.text()).toContain('x-a: 1')
    const cookies = await plugin.fetch(new Request('http://localhost/cookies'))
    expect(cookies.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    const echo = await plugin.fetch(
      new Request('http://localhost/echo', { method: 'POST', body: 'there and back' }),
    )
    expect(await echo.text()).toBe('there and back')
    expect((await plugin.fetch(new Request('http://localhost/status/204'))).body).toBe(null)
    expect((await plugin.fetch(new Request('http://localhost/hello', { method: 'HEAD' }))).body).toBe(null)
  })

  it('says that fetch takes a Request, whatever else it is given', async () => {
    const { plugin } = await loadServer()
    const asked = plugin.fetch.bind(plugin) as (...args: unknown[]) => Promise<Response>
    for (const args of [
      [],
      [null],
      ['http://x/hello'],
      [new URL('http://x/hello')],
      ['http://x/hello', { method: 'POST' }],
      [{ url: '/hello', method: 'GET', headers: new Headers() }],
      [{ url: 'http://x/hello' }],
    ])
      await expect(asked(...args)).rejects.toMatchObject({
        code: 'OPTIONS_INVALID',
        data: { path: 'fetch.request' },
        hint: expect.stringContaining('new Request(url, init)'),
      })
    await expect(asked(new Request('http://x/hello'), { method: 'POST' })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
    })
  })

  it('is refused a request that is none', async () => {
    const { ask, plugin } = await loadServer()
    for (const request of [
      { path: 'hello' },
      { path: '/a b' },
      { path: '/\r\nx' },
      { path: '/hello', method: 'GET /' },
      { path: '/hello', headers: [['a b', 'c']] },
      { path: '/hello', headers: [['a', 'b\r\nc: d']] },
      { path: '/hello', headers: [['a', '\u0100']] },
      { path: '/hello', headers: [['a', 'x'.repeat(200_000)]] },
      { path: '/hello', authority: 'a b' },
      null,
      { path: '/hello', method: 7 },
      { path: '/hello', scheme: 'ftp' },
      { path: '/hello', body: 'text' },
      { path: '/hello', body: {} },
      { path: '/hello', headers: { a: 'b' } },
      { path: '/hello', headers: null },
      { path: '/hello', headers: 'ab' },
      { path: '/hello', headers: ['ab'] },
      { path: '/hello', headers: [[7, 'b']] },
      { path: '/hello', trailers: [] },
    ] as unknown as HttpRequest[])
      expect(await ask(request)).toBe('OPTIONS_INVALID')
    expect(await ask('/hello', { reuse: 0 })).toBe('OPTIONS_INVALID')
    const read = new Request('http://x/hello', { method: 'POST', body: 'text' })
    await read.text()
    await expect(plugin.fetch(read)).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  })

  it('counts its calls, and refuses them when it is closed or busy', async () => {
    const { plugin, ask, host } = await loadServer({ pool: { queue: 0 } })
    const calls: unknown[] = []
    host.on('call', ({ export: name, error }) => calls.push([name, error?.code]))
    const answers = await Promise.all([ask('/hello'), ask('/hello')])
    expect(answers.filter((answer) => answer === 'POOL_SATURATED')).toHaveLength(1)
    await plugin.close({ drainMs: 60_000 })
    expect(await ask('/hello')).toBe('PLUGIN_CLOSED')
    expect(plugin.stats.calls).toBe(2)
    expect(calls).toContainEqual(['wasi:http/incoming-handler@0.2.12#handle', undefined])
  })
})

describe('a plugin that answers no requests', () => {
  it('says so', async () => {
    const host = await createHost()
    onTestFinished(() => host.close())
    const plugin = await host.load(await guest('says'))
    await expect(plugin.handle({ path: '/' })).rejects.toMatchObject({ code: 'HTTP_NOT_SERVED' })
  })
})

/** A body that does not go over shared memory. */
async function* streamed(): AsyncGenerator<Uint8Array> {
  yield bytes('four')
}
