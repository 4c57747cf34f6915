import dns from 'node:dns'
import { lookup } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHost } from '@wasm-plugin/host'
import { createGate } from '@wasm-plugin/wasi/instance'
import { describe, expect, it, onTestFinished } from 'vitest'
import { askNameServers, LookupQueue, Names, parseHosts, Services } from '#internal'
import { attack } from '../helpers/attack.js'
import { parseGrants } from '../helpers/grants.js'
import { keeper, noRust, runs } from '../helpers/keeper.js'
import { startNameServer } from '../helpers/name-server.js'

/** Name servers as an application sets them, until the test ends. */
function useNameServer(at: string): void {
  const before = dns.getServers()
  dns.setServers([at])
  onTestFinished(() => dns.setServers(before))
}

async function startWebServer(): Promise<number> {
  const server = createServer((_, response) => response.end('reached'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

describe('names whose server never answers', () => {
  const THREADS = 6

  if (!noRust)
    attack(
      'B64',
      'Looks up names that are never answered, in all of its threads',
      'other plugins find their names meanwhile, and the application its names and files',
      async () => {
        const server = await startNameServer({ 'answered.example': '127.0.0.1' })
        useNameServer(server.at)
        const host = await createHost({ limits: { timeoutMs: 60_000 } })
        onTestFinished(() => host.close())
        const flood = await host.load(keeper(), {
          name: 'flood',
          grants: { net: ['http://*.silent.example'] },
          pool: { instances: THREADS },
        })
        const calls = Array.from({ length: THREADS }, (_, i) =>
          runs(flood.exports)('get', `http://${i}.silent.example/`).catch((error) => error.code),
        )
        await server.wasAskedFor(THREADS)

        const port = await startWebServer()
        const names = [`http://answered.example:${port}`, `http://localhost:${port}`]
        const net = { allow: names, privateAddresses: ['127.0.0.1'] }
        const other = await host.load(keeper(), { name: 'other', grants: { net } })
        for (const name of names) expect(await runs(other.exports)('get', name)).toBe('reached')
        expect((await lookup('localhost')).address).toMatch(/^127\.|^::1$/)
        expect(await readFile(import.meta.filename, 'utf8')).toContain('silent.example')

        await flood.close()
        expect(await Promise.all(calls)).toEqual(Array(THREADS).fill('PLUGIN_CLOSED'))
      },
    )

  attack(
    'B80',
    'Has the system look up names that are never answered, and is ended and called again',
    'one lookup is under way at a time, and those of threads that have ended are never begun: the application keeps its own',
    async () => {
      const asked: string[] = []
      let answerFirst = () => {}
      const queue = new LookupQueue((host) => {
        asked.push(host)
        if (host !== 'silent.example') return Promise.resolve([{ address: '192.0.2.1', family: 4 }])
        return new Promise((_, reject) => {
          answerFirst = () => reject(new Error('ETIMEOUT'))
        })
      })
      const plugin = {}
      let isOpen = true
      const first = queue.ask(plugin, 'silent.example', () => isOpen)
      const ended = [1, 2, 3].map((n) => queue.ask(plugin, `ended-${n}.example`, () => isOpen))
      const next = queue.ask(plugin, 'next.example', () => true)
      await new Promise(setImmediate)
      expect(asked).toEqual(['silent.example'])

      isOpen = false
      answerFirst()
      await expect(first).rejects.toThrow('ETIMEOUT')
      for (const lookup of ended) await expect(lookup).rejects.toMatchObject({ code: 'ECANCELLED' })
      expect(await next).toEqual([{ address: '192.0.2.1', family: 4 }])
      expect(asked).toEqual(['silent.example', 'next.example'])
    },
  )

  attack(
    'B66',
    'Has the system look up one slow name after the other, in all of its threads',
    'plugins are served in turn: another waits for one lookup, not for all',
    async () => {
      const asked: string[] = []
      const answers: (() => void)[] = []
      const queue = new LookupQueue((host) => {
        asked.push(host)
        return new Promise((resolve) => answers.push(() => resolve([])))
      })
      const [flood, other] = [{}, {}]
      const first = [1, 2, 3].map((n) => queue.ask(flood, `slow-${n}`, () => true))
      const own = queue.ask(other, 'own', () => true)
      const more = [4, 5].map((n) => queue.ask(flood, `slow-${n}`, () => true))
      const finish = async (question: Promise<unknown> | undefined) => {
        answers.shift()?.()
        await question
        await new Promise(setImmediate)
      }
      for (const question of [first[0], own]) await finish(question)
      expect(asked).toEqual(['slow-1', 'own', 'slow-2'])
      for (const question of [...first.slice(1), ...more]) await finish(question)
      expect(asked.slice(2)).toEqual(['slow-2', 'slow-3', 'slow-4', 'slow-5'])
    },
  )

  attack(
    'B67',
    'Keeps the system waiting for a little less than what is too long, over and over',
    'what lookups took beyond a tenth of a second adds up: the plugin goes without the system until that is paid for',
    async () => {
      let now = 1_000_000
      const asked: string[] = []
      const system = new LookupQueue(async (host) => {
        asked.push(host)
        now += host.startsWith('slow') ? 4_500 : 50
        return [{ address: '192.0.2.1', family: 4 }]
      })
      const { signal } = new AbortController()
      const names = new Names(system, () => now)
      const resolve = (host: string) =>
        names.lookup(host, signal).then(
          () => 'found',
          ({ code }) => code,
        )
      for (const name of ['slow-1', 'slow-2']) expect(await resolve(name)).toBe('found')
      for (const name of ['slow-3', 'quick']) expect(await resolve(name)).toBe('ECANCELLED')
      expect(await new Names(system, () => now).lookup('quick', signal)).toHaveLength(1)
      now += 600_000
      expect(await resolve('slow-4')).toBe('found')
      expect(await resolve('slow-5')).toBe('ECANCELLED')
      expect(asked).toEqual(['slow-1', 'slow-2', 'quick', 'slow-4'])

      const quick = new Names(system, () => now)
      for (let i = 0; i < 1_000; i++) await quick.lookup('quick', signal)
      expect(asked).toHaveLength(1_004)
    },
  )
})

describe('the file of hosts', () => {
  it('has names for addresses, both kinds, and comments', () => {
    const text =
      '# ::9 not\n127.0.0.1\tlocalhost  Me.Example # x y\r\n::1 localhost ip6-loopback\n\nnothing here\n'
    expect(Object.fromEntries(parseHosts(text))).toEqual({
      localhost: [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
      ],
      'me.example': [{ address: '127.0.0.1', family: 4 }],
      'ip6-loopback': [{ address: '::1', family: 6 }],
    })
  })
})

describe('name servers', () => {
  it('are those of the application, and are asked no more for what nobody waits for', async () => {
    const server = await startNameServer({ 'answered.example': '192.0.2.7' })
    useNameServer(server.at)
    const { signal } = new AbortController()
    expect(await askNameServers('answered.example', signal)).toEqual([{ address: '192.0.2.7', family: 4 }])
    const leaving = new AbortController()
    const lost = askNameServers('silent.example', leaving.signal)
    await server.wasAskedFor(2)
    leaving.abort()
    await expect(lost).rejects.toMatchObject({ code: 'ECANCELLED' })
  })

  it('are asked no more when the thread has ended', async () => {
    const server = await startNameServer({})
    useNameServer(server.at)
    const gate = createGate('test', parseGrants({ net: ['tcp://silent.example:1'] }), () => {})
    const services = new Services({ gate }).forThread()
    const lost = services.answer('dns.resolve', ['silent.example'])
    await server.wasAskedFor(1)
    services.close()
    await expect(lost).rejects.toMatchObject({ payload: 'unknown' })
  })
})
