import { createHost, type HttpRequest } from '@wasm-plugin/host'
import { describe, expect, it, onTestFinished } from 'vitest'
import { guest } from '../helpers/guests.js'
import { loadInlineServer, noRust, server } from '../helpers/server.js'

const bytes = (text: string) => new TextEncoder().encode(text)

describe.skipIf(noRust)("a plugin that answers requests in the application's thread", () => {
  it('sees the request as it is, and answers with status, fields and trailers', async () => {
    const { ask, text } = await loadInlineServer()
    const request: HttpRequest = {
      method: 'REPORT',
      path: '/request/%2e%2e/a?b',
      scheme: 'https',
      authority: 'plugins.example:8443',
      headers: [
        ['Connection', 'keep-alive'],
        ['X-One', '1'],
        ['x-bytes', 'caf\xe9'],
      ],
    }
    expect(await text(request)).toBe(
      `Method::Other("REPORT") Some(Scheme::Https) Some("plugins.example:8443") Some("/request/%2e%2e/a?b")
x-one: 1
x-bytes: caf\ufffd
`,
    )
    expect(await ask('/hello')).toEqual({
      status: 200,
      headers: [['content-type', 'text/plain; charset=utf-8']],
      text: 'hello\n',
      trailers: [],
    })
    expect(await ask('/cookies')).toMatchObject({
      headers: [
        ['set-cookie', 'a=1'],
        ['x-one', '1'],
        ['set-cookie', 'b=2'],
        ['x-one', '2'],
      ],
    })
    expect(await ask('/trailers')).toMatchObject({ text: 'data', trailers: [['x-sum', '42']] })
    expect(await ask({ method: 'HEAD', path: '/sized/10' })).toMatchObject({
      headers: [['content-length', '10']],
      text: '',
    })
    const hints: unknown[] = []
    const onInformational = (status: number) => hints.push(status)
    expect(await ask('/early-hints', { onInformational })).toMatchObject({ text: 'late' })
    expect(hints).toEqual([103])
  })

  it('takes a body of bytes, however long, and gives the whole of its response', async () => {
    const { plugin, text } = await loadInlineServer()
    const body = new Uint8Array(3 << 20).fill(120)
    expect(await text({ method: 'POST', path: '/size', body })).toBe(String(3 << 20))
    expect(await text({ method: 'POST', path: '/hello', body })).toBe('hello\n')
    const { whole, body: rest } = await plugin.handle({ method: 'POST', path: '/echo', body })
    expect(Buffer.compare(whole() as Uint8Array, body)).toBe(0)
    for await (const chunk of rest) expect.unreachable(`${chunk.length} bytes are left`)
    const trailers = () => [['x-sum', '42'] as const]
    expect(await text({ method: 'POST', path: '/size', body: bytes('four'), trailers })).toBe('4')
  })

  it('refuses a body that has to be waited for', async () => {
    const { ask } = await loadInlineServer()
    const stream = (async function* () {
      yield bytes('piece')
    })()
    expect(await ask({ method: 'POST', path: '/size', body: stream })).toBe('HTTP_NEEDS_THREAD')
    expect(await ask('/hello')).toMatchObject({ text: 'hello\n' })
  })

  it('speaks fetch, and reads the body first', async () => {
    const { plugin } = await loadInlineServer()
    const init = { method: 'POST', body: new Blob(['a', 'bc']).stream(), duplex: 'half' } as RequestInit
    const response = await plugin.fetch(new Request('http://x/echo', init))
    expect([response.status, await response.text()]).toEqual([200, 'abc'])
    expect((await plugin.fetch(new Request('http://x/empty/204'))).status).toBe(204)
    const aborted = new Request('http://x/hello', { signal: AbortSignal.abort() })
    await expect(plugin.fetch(aborted)).rejects.toMatchObject({ code: 'CALL_ABORTED' })
  })

  it('answers with one instance, or as many requests with one as is said', async () => {
    const { text, plugin } = await loadInlineServer()
    expect([await text('/count'), await text('/count'), await text('/count')]).toEqual(['0', '1', '2'])
    expect([await text('/count', { reuse: 2 }), await text('/count', { reuse: 2 })]).toEqual(['0', '1'])
    expect([await text('/count', { reuse: 2 }), await text('/count', { reuse: 3 })]).toEqual(['0', '1'])
    expect([await text('/count', { reuse: 1 }), await text('/count', { reuse: 1 })]).toEqual(['0', '0'])
    expect([await text('/count'), await text('/count', { reuse: 1 })]).toEqual(['0', '0'])
    expect(plugin.stats.calls).toBe(11)
  })

  it('fails as in a thread, and answers the next request', async () => {
    const { ask, text, plugin, host } = await loadInlineServer()
    const faults: string[] = []
    host.on('fault', ({ error }) => faults.push(error.code))
    for (const path of ['/unset', '/kept-out']) expect(await ask(path)).toBe('HTTP_NO_RESPONSE')
    for (const path of ['/refuse', '/switch']) expect(await ask(path)).toBe('HTTP_REFUSED')
    for (const path of ['/short', '/long', '/claims', '/unfinished', '/kept'])
      expect([path, await ask(path)]).toEqual([path, 'HTTP_RESPONSE_INCOMPLETE'])
    expect(await text('/use-kept')).toMatch(/^Err\(StreamError::LastOperationFailed/)
    expect(faults).toEqual([])
    expect(await text('/count')).toBe('0')
    expect(await ask('/panic')).toBe('GUEST_TRAP')
    expect(await text('/count')).toBe('0')
    expect(await ask('/panic-after')).toBe('GUEST_TRAP')
    expect(await text('/count')).toBe('0')
    expect(await ask('/exit')).toBe('PLUGIN_EXITED')
    expect(await text('/hints')).toBe('16 false')
    expect(faults).toEqual(['GUEST_TRAP', 'GUEST_TRAP', 'PLUGIN_EXITED'])
    expect(plugin.stats.failures).toBe(12)
  })

  it('ends with its fuel, and with a response that is larger than a value may be', async () => {
    const { ask } = await loadInlineServer({ limits: { fuel: 30_000_000, valueBytes: 1 << 20 } })
    expect(await ask('/spin')).toBe('OUT_OF_FUEL')
    // Of what it has written by then nobody gets a part that looks like the whole.
    expect(await ask('/endless')).toBe('HTTP_RESPONSE_INCOMPLETE')
    expect(await ask('/sized/900000')).toMatchObject({ status: 200 })
    expect(await ask('/hello')).toMatchObject({ text: 'hello\n' })
  })

  it('takes no request while it answers one, nor when it is closed', async () => {
    const { plugin, ask } = await loadInlineServer()
    let within: Promise<string> | undefined
    const onInformational = () => {
      within = plugin.handle({ path: '/hello' }).then(
        () => 'answered',
        (error) => error.code,
      )
    }
    expect(await ask('/early-hints', { onInformational })).toMatchObject({ text: 'late' })
    expect(await within).toBe('CANNOT_ENTER')
    expect(await ask('/hello')).toMatchObject({ text: 'hello\n' })
    expect(await ask('/hello', { signal: AbortSignal.abort() })).toBe('CALL_ABORTED')
    await plugin.close()
    expect(await ask('/hello')).toBe('PLUGIN_CLOSED')
  })

  it('says that fetch takes a Request', async () => {
    const { plugin } = await loadInlineServer()
    for (const url of ['http://x/hello', undefined])
      await expect(plugin.fetch(url as unknown as Request)).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  })

  it('takes the options that it has a use for', async () => {
    const { ask } = await loadInlineServer()
    expect(await ask('/hello', { timeoutMs: 1 })).toBe('OPTIONS_INVALID')
    expect(await ask('/hello', { reuse: 0 })).toBe('OPTIONS_INVALID')
    expect(await ask({ path: 'hello' })).toBe('OPTIONS_INVALID')
  })

  it('answers with another build once it is updated', async () => {
    const { plugin, text } = await loadInlineServer()
    expect([await text('/count'), await text('/count')]).toEqual(['0', '1'])
    await plugin.update(server())
    expect(await text('/count')).toBe('0')
  })

  it('is no server where it exports no handler', async () => {
    const host = await createHost()
    onTestFinished(() => host.close())
    const plugin = await host.load(await guest('says'), { isolation: 'inline' })
    await expect(plugin.handle({ path: '/' })).rejects.toMatchObject({ code: 'HTTP_NOT_SERVED' })
  })
})
