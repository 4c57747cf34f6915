import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { loadServer, noRust } from '../helpers/server.js'

describe.skipIf(noRust)('a plugin that answers requests', () => {
  attack(
    'F40',
    'Returns without a response, keeps or drops the place for it, or answers with an error',
    'the caller gets a code, nothing of what the plugin says with it, and the next request is answered',
    async () => {
      const { ask, plugin } = await loadServer()
      expect(await ask('/unset')).toBe('HTTP_NO_RESPONSE')
      expect(await ask('/kept-out')).toBe('HTTP_NO_RESPONSE')
      expect(await ask('/refuse')).toBe('HTTP_REFUSED')
      expect(await ask('/switch')).toBe('HTTP_REFUSED')
      const refused = await plugin.handle({ path: '/refuse' }).catch((error) => error)
      expect(refused.data).toEqual({ error: 'internal-error' })
      expect(JSON.stringify([refused, refused.message, refused.hint])).not.toContain('a secret')
      expect(await ask('/hello')).toMatchObject({ text: 'hello\n' })
    },
  )

  attack(
    'F41',
    'Writes more or less than its content-length says, or lets go of a body in the midst of it',
    'the body ends with an error and never as if it were whole',
    async () => {
      const { ask } = await loadServer()
      for (const path of ['/short', '/unfinished'])
        expect([path, await ask(path)]).toEqual([path, 'after 200: HTTP_RESPONSE_INCOMPLETE'])
      // Of these nothing was sent.
      for (const path of ['/long', '/claims', '/kept'])
        expect([path, await ask(path)]).toEqual([path, 'HTTP_RESPONSE_INCOMPLETE'])
      expect(await ask('/hello')).toMatchObject({ text: 'hello\n' })
    },
  )

  attack(
    'F42',
    'Traps, panics or exits before its response or in the midst of it',
    'the error has the code of the fault, and the next request a fresh instance',
    async () => {
      const { ask, text } = await loadServer()
      expect(await text('/count')).toBe('0')
      expect(await ask('/panic')).toBe('GUEST_TRAP')
      expect(await text('/count')).toBe('0')
      expect(await ask('/panic-after')).toBe('after 200: GUEST_TRAP')
      expect(await text('/count')).toBe('0')
      expect(await ask('/exit')).toBe('PLUGIN_EXITED')
      expect(await text('/count')).toBe('0')
    },
  )

  attack(
    'F43',
    'Writes into the response of a request that was answered before, from within another one',
    'nothing arrives, neither here nor there',
    async () => {
      const { ask, text } = await loadServer()
      expect(await ask('/kept')).toBe('HTTP_RESPONSE_INCOMPLETE')
      const answer = await text('/use-kept')
      expect(answer).toMatch(/^Err\(StreamError::LastOperationFailed/)
      expect(answer).not.toContain('smuggled')
    },
  )

  attack(
    'F44',
    'Sets fields of the connection, or switches the protocol, to smuggle a second response into the first',
    'the fields are refused',
    async () => {
      const { text } = await loadServer()
      expect(await text('/forbidden')).toBe('connection transfer-encoding upgrade keep-alive trailer host')
    },
  )

  attack(
    'F45',
    'Sends informational responses without end',
    'some are sent, the others refused',
    async () => {
      const { text } = await loadServer()
      let heard = 0
      expect(await text('/hints', { onInformational: () => heard++ })).toBe('16 false')
      expect(heard).toBe(16)
    },
  )

  attack(
    'F46',
    'Writes without end to a client that reads slowly, or not at all',
    'the plugin waits, and its deadline ends it; what waits in memory is bounded',
    async () => {
      const { plugin, ask } = await loadServer()
      const before = process.memoryUsage().arrayBuffers
      const { body } = await plugin.handle({ path: '/endless' }, { timeoutMs: 2_000 })
      const end = (async () => {
        const chunks = body[Symbol.asyncIterator]()
        await chunks.next()
        await ask('/hello')
        for (;;) if ((await chunks.next()).done) return 'whole'
      })().catch((error) => error.code)
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20)
      expect(await end).toBe('DEADLINE_EXCEEDED')
      expect(await ask('/hello')).toMatchObject({ text: 'hello\n' })
    },
  )

  attack(
    'F47',
    'Goes on when its client has left: writes to nobody, waits, or computes without end',
    'a plugin that hears of it ends by itself and keeps its instance; another one is ended',
    async () => {
      const { plugin, text } = await loadServer()
      expect(await text('/count')).toBe('0')
      const { body } = await plugin.handle({ path: '/endless' })
      for await (const _ of body) break
      expect(await text('/count')).toBe('1')
      const deaf = await plugin.handle({ path: '/endless/deaf' })
      for await (const _ of deaf.body) break
      expect(await text('/count')).toBe('0')
      const client = new AbortController()
      const onInformational = () => client.abort(new Error('left'))
      const spinning = plugin.handle({ path: '/spin' }, { signal: client.signal, onInformational })
      await expect(spinning).rejects.toMatchObject({ code: 'CALL_ABORTED' })
      expect(await text('/count')).toBe('0')
    },
  )

  attack(
    'F107',
    'Many clients leave that waited behind a long request, and as many others come before it has ended',
    'each of those has the answer to its own request, and nothing ends that was not left',
    async () => {
      const { plugin, text } = await loadServer()
      expect(await text('/count')).toBe('0')
      const { body } = await plugin.handle({ path: '/endless' })
      const chunks = body[Symbol.asyncIterator]()
      await chunks.next()
      for (let i = 0; i < 3; i++) {
        const clients = new AbortController()
        const left = Array.from({ length: 60 }, () =>
          plugin.handle({ path: '/hello' }, { signal: clients.signal }).catch(({ code }) => code),
        )
        clients.abort()
        expect(new Set(await Promise.all(left))).toEqual(new Set(['CALL_ABORTED']))
      }
      const others = Array.from({ length: 120 }, (_, i) =>
        text({ method: 'POST', path: '/echo', body: new TextEncoder().encode(`${i}`) }),
      )
      await chunks.return?.()
      expect(await Promise.all(others)).toEqual(others.map((_, i) => `${i}`))
      expect(await text('/count')).toBe('1')
    },
  )

  attack(
    'F57',
    'Is cut in the midst of its response, by whoever asked for it',
    'the body ends with an error and never as if it were whole',
    async () => {
      const { plugin } = await loadServer()
      for (const isFetch of [false, true]) {
        const client = new AbortController()
        const { signal } = client
        const body = isFetch
          ? (await plugin.fetch(new Request('http://x/endless'), { signal })).body
          : (await plugin.handle({ path: '/endless' }, { signal })).body
        const chunks = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
        expect((await chunks.next()).done).toBe(false)
        client.abort()
        const end = (async () => {
          for (;;) if ((await chunks.next()).done) return 'whole'
        })().catch((error) => error.code)
        expect([isFetch, await end]).toEqual([isFetch, 'CALL_ABORTED'])
      }
    },
  )

  attack(
    'F58',
    'Answers without end a request of `fetch` that nobody holds but the call, and whose signal is aborted then',
    'the call hears of it: the request stays in memory for as long as it is answered',
    async () => {
      const { plugin } = await loadServer()
      const client = new AbortController()
      const ask = () => plugin.fetch(new Request('http://x/endless', { signal: client.signal }))
      const { body } = await ask()
      const chunks = (body as ReadableStream<Uint8Array>).getReader()
      for (let i = 0; i < 5; i++) {
        await chunks.read()
        gc?.()
        await new Promise((resolve) => setImmediate(resolve))
      }
      client.abort()
      const end = (async () => {
        for (;;) if ((await chunks.read()).done) return 'whole'
      })().catch((error) => error.code)
      expect(await end).toBe('CALL_ABORTED')
    },
  )

  it('does not run a request whose client left while it waited', async () => {
    const { plugin, text } = await loadServer()
    const client = new AbortController()
    const { body } = await plugin.handle({ path: '/endless' })
    const waiting = plugin.handle({ path: '/count' }, { signal: client.signal })
    client.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'CALL_ABORTED' })
    for await (const _ of body) break
    expect(await text('/count')).toBe('0')
    await expect(plugin.handle({ path: '/count' }, { signal: client.signal })).rejects.toMatchObject({
      code: 'CALL_ABORTED',
    })
  })

  attack(
    'F48',
    'Asks other servers for what its client wants, without a grant',
    'denied as everywhere; with a grant it is let out',
    async () => {
      const other = createServer((_, response) => response.writeHead(418).end())
      onTestFinished(() => void other.close())
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
      const at = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
      expect(await (await loadServer()).text(`/fetch?${at}/a`)).toBe('ErrorCode::HttpRequestDenied')
      const granted = await loadServer({ grants: { net: [at] } })
      expect(await granted.text(`/fetch?${at}/a`)).toBe('418')
    },
  )

  attack(
    'F102',
    'The body of a request yields empty pieces without end',
    'timers of the application run, and the plugin is ended at its deadline',
    async () => {
      const { plugin } = await loadServer()
      const nothing = async function* () {
        for (;;) yield new Uint8Array()
      }
      const request = { method: 'POST', path: '/size', body: nothing() }
      await expect(plugin.handle(request, { timeoutMs: 500 })).rejects.toMatchObject({
        code: 'DEADLINE_EXCEEDED',
      })
    },
  )

  it('keeps no exchange of a request that is over', async () => {
    const { plugin, text } = await loadServer()
    const broken = async function* () {
      yield new Uint8Array(1)
      await new Promise(() => {})
    }
    const answered = await plugin.handle({ method: 'POST', path: '/hello', body: broken() })
    for await (const _ of answered.body);
    expect(await text('/hello')).toBe('hello\n')
  })
})
