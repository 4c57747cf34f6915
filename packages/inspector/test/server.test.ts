import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { createHost } from '@wasm-plugin/host'
import { openInspector } from '@wasm-plugin/inspector'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Entry, Row, Tick, Told } from '#internal'
import { ask, askRaw, load, opened, watching } from './helpers.js'

const ticks = (told: readonly Told[]) => told.filter((one): one is Tick => one.kind === 'tick')
const entries = (told: readonly Told[]): Entry[] => ticks(told).flatMap(({ entries: some }) => some)
const rows = (told: readonly Told[]): Row[] => ticks(told).flatMap(({ rows: some }) => some)

/** What a request with this target is answered, which no client would send. */
async function askTarget(port: number, target: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.end(`GET ${target} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n\r\n`)
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

describe('who may ask the window', () => {
  it('is whoever has the token, from its own origin, by a name of this machine', async () => {
    const window = await opened()
    const { port, token } = window
    const auth = { authorization: `Bearer ${token}` }
    const codeOf = async (headers: Record<string, string>, path = '/events') =>
      (await askRaw(port, path, { headers })).json().error?.code
    // A name of somebody else that leads here.
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      '127.0.0.1',
    ])
      for (const path of ['/', '/page.js', '/events'])
        expect(await codeOf({ ...auth, host }, path), `${host} ${path}`).toBe('INSPECTOR_HOST_REFUSED')
    for (const origin of [
      'http://evil.example',
      `http://127.0.0.1:${port + 1}`,
      `https://127.0.0.1:${port}`,
      'null',
    ])
      expect(await codeOf({ ...auth, origin }), origin).toBe('INSPECTOR_ORIGIN_REFUSED')
    // Another port of this machine is the same site.
    for (const site of ['same-site', 'cross-site', 'none'])
      expect(await codeOf({ ...auth, 'sec-fetch-site': site }), site).toBe('INSPECTOR_ORIGIN_REFUSED')
    for (const authorization of ['', 'Bearer', `Bearer ${token}x`, `Bearer ${token.slice(1)}`, token])
      expect(await codeOf({ authorization }), authorization).toBe('INSPECTOR_TOKEN_WRONG')
    expect(await codeOf({}, `/events?token=${token}`)).toBe('INSPECTOR_TOKEN_WRONG')
    expect(await codeOf({ cookie: `token=${token}` })).toBe('INSPECTOR_TOKEN_WRONG')
    const statuses = await Promise.all(
      [{ host: 'evil.example' }, { origin: 'http://evil.example' }, {}].map((headers) =>
        askRaw(port, '/events', { headers }).then(({ status }) => status),
      ),
    )
    expect(statuses).toEqual([421, 403, 401])
    expect((await ask(window, '/detail', { plugin: 1 })).json().error?.code).toBe('INSPECTOR_PLUGIN_GONE')
    for (const host of [`localhost:${port}`, `[::1]:${port}`])
      expect((await ask(window, '/detail', { plugin: 1 }, { host })).status, host).toBe(404)
  })

  it('is told that a target which is no path is none', async () => {
    const { port } = await opened()
    for (const target of ['//', '///', '//[', 'http://[', 'http://', 'http://a:99999999/', '/\\', '*'])
      expect((await askTarget(port, target)).slice(0, 12), target).toBe('HTTP/1.1 400')
  })

  it('is not kept out by those who connect and say nothing', async () => {
    const { port } = await opened()
    const silent = Array.from({ length: 200 }, () => connect(port, '127.0.0.1').on('error', () => {}))
    onTestFinished(() => {
      for (const socket of silent) socket.destroy()
    })
    await Promise.all(silent.map((socket) => once(socket, 'connect')))
    for (let i = 0; i < 20; i++) expect((await askRaw(port, '/')).status).toBe(200)
  })

  it('is given the page by anybody’s request, with a policy that runs its own script alone', async () => {
    const { port } = await opened()
    for (const path of ['/', '/page.js', '/page.css', '/icon.svg']) {
      const { status, headers, text } = await askRaw(port, path)
      expect(status).toBe(200)
      expect(text.length).toBeGreaterThan(100)
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/)
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['cross-origin-resource-policy']).toBe('same-origin')
      expect(headers['cache-control']).toBe('no-store')
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
    const { text } = await askRaw(port, '/')
    expect(text).not.toMatch(/<script(?! type="module" src="\/page.js">)|<style|\son\w+=/)
  })

  it('has to ask what the window knows', async () => {
    const window = await opened()
    const auth = { authorization: `Bearer ${window.token}` }
    const json = { ...auth, 'content-type': 'application/json' }
    const code = async (path: string, asked: Parameters<typeof askRaw>[2]) =>
      (await askRaw(window.port, path, asked)).json().error?.code
    const wrong: [string, Parameters<typeof askRaw>[2]][] = [
      ['/nothing', { headers: auth }],
      ['/nothing', { method: 'POST', headers: json, body: '{"plugin":1}' }],
      ['/events', { method: 'PUT', headers: auth }],
      ['/detail', { method: 'POST', headers: auth, body: '{"plugin":1}' }],
      [
        '/detail',
        { method: 'POST', headers: { ...auth, 'content-type': 'text/plain' }, body: '{"plugin":1}' },
      ],
      ['/detail', { method: 'POST', headers: json, body: '{' }],
      ['/detail', { method: 'POST', headers: json, body: 'null' }],
      ['/detail', { method: 'POST', headers: json, body: '{"plugin":"1"}' }],
      ['/detail', { method: 'POST', headers: json, body: `{"plugin":1,"x":"${'x'.repeat(70_000)}"}` }],
      ['/revoke', { method: 'POST', headers: json, body: '{"plugin":1}' }],
      ['/update', { method: 'POST', headers: json, body: '{}' }],
      ['/update?plugin=1', { method: 'POST', headers: json, body: '{}' }],
    ]
    for (const [path, asked] of wrong) expect(await code(path, asked), path).toBe('INSPECTOR_REQUEST_INVALID')
  })

  it('may change nothing through a window that is read-only', async () => {
    const window = await opened({ readOnly: true })
    const { plugin } = await load(window.host, { grants: { env: { GREETING: 'hello' } } })
    const levers: [string, object][] = [
      ['/revoke', { rule: 'env GREETING' }],
      ['/narrow', { grants: { env: [] } }],
      ['/unload', {}],
      ['/record', { on: true }],
    ]
    const page = await watching(window)
    await page.until((told) => rows(told).length > 0)
    const [row] = rows(page.told)
    for (const [path, asked] of levers) {
      const { status, json } = await ask(window, path, { plugin: row?.number, ...asked })
      expect([status, json().error?.code]).toEqual([403, 'INSPECTOR_READ_ONLY'])
    }
    const headers = { authorization: `Bearer ${window.token}`, 'content-type': 'application/wasm' }
    const update = await askRaw(window.port, `/update?plugin=${row?.number}`, {
      method: 'POST',
      headers,
      body: 'x',
    })
    expect(update.json().error?.code).toBe('INSPECTOR_READ_ONLY')
    expect(plugin.grants.rules).toEqual(['env GREETING'])
    expect(window.host.plugins.size).toBe(1)
    const { rules, refused } = (await ask(window, '/detail', { plugin: row?.number })).json()
    expect(rules).toEqual(['env GREETING'])
    expect(refused).toContainEqual({
      capability: 'net',
      text: 'GET http://127.0.0.1:*',
      reason: 'The server of the test.',
    })
  })

  it('is one of eight pages at a time', async () => {
    const window = await opened()
    const pages = await Promise.all(Array.from({ length: 8 }, () => watching(window)))
    const auth = { authorization: `Bearer ${window.token}` }
    const refused = await askRaw(window.port, '/events', { headers: auth })
    expect([refused.status, refused.json().error?.code]).toEqual([503, 'INSPECTOR_BUSY'])
    await pages[0]?.end()
    await expect
      .poll(async () => {
        const { response, end } = await watching(window)
        await end()
        return response.status
      })
      .toBe(200)
  })
})

describe('what a page is told', () => {
  it('is what plugins do: uses, calls, lines and faults, and their figures', async () => {
    const window = await opened()
    const page = await watching(window)
    const { run } = await load(window.host, { grants: { env: { GREETING: 'hello' } } })
    await run('env', 'GREETING')
    await run('print-error', 'a line')
    await run('read-file', '/data/a.txt')
    await page.until((told) => entries(told).filter(({ kind }) => kind === 'call').length === 3)
    await page.until((told) => rows(told).at(-1)?.calls === 3)
    expect(page.told[0]).toEqual({ kind: 'hello', readOnly: false, eventsPerSecond: 250 })
    const all = entries(page.told)
    expect(all).toContainEqual(
      expect.objectContaining({ kind: 'life', event: 'loaded', plugin: 'assemblyscript' }),
    )
    expect(all).toContainEqual(expect.objectContaining({ kind: 'log', message: 'a line' }))
    const denied = {
      kind: 'use',
      isAllowed: false,
      capability: 'fs',
      operation: 'open',
      reason: 'not granted',
    }
    expect(all).toContainEqual(expect.objectContaining({ ...denied, target: '/data' }))
    const env = { kind: 'use', isAllowed: true, capability: 'env', rule: 'env GREETING', reason: null }
    expect(all).toContainEqual(expect.objectContaining(env))
    expect(all.map(({ sequence }) => sequence)).toEqual(
      all.map(({ sequence }) => sequence).sort((a, b) => a - b),
    )
    expect(rows(page.told).at(-1)).toMatchObject({
      name: 'assemblyscript',
      version: '0.1.0',
      failures: 0,
      denials: 1,
    })
  })

  it('is nothing that is collected while nobody looks', async () => {
    const window = await opened()
    const { plugin, run } = await load(window.host, { grants: { env: { GREETING: 'hello' } } })
    await run('env', 'GREETING')
    const page = await watching(window)
    await page.until((told) => rows(told).length > 0)
    expect(entries(page.told)).toEqual([])
    await page.end()
    await run('env', 'GREETING')
    const again = await watching(window)
    await again.until((told) => ticks(told).length > 1)
    expect(entries(again.told)).toEqual([])
    expect(plugin.stats.calls).toBe(2)
  })

  it('is a sample where more happens, which says how much is left out and hides no other plugin', async () => {
    const window = await opened({ eventsPerSecond: 50 })
    const page = await watching(window)
    const loud = await load(window.host, { name: 'loud', grants: { env: { GREETING: 'hello' } } })
    const still = await load(window.host, { name: 'still' })
    await page.until((told) => rows(told).length >= 2)
    for (let i = 0; i < 20; i++)
      await Promise.all(Array.from({ length: 50 }, () => loud.run('http-get', 'http://127.0.0.1:9/a')))
    await still.run('http-get', 'http://127.0.0.1:9/b')
    await page.until((told) => entries(told).some(({ plugin, kind }) => plugin === 'still' && kind === 'use'))
    await page.until((told) => rows(told).some(({ name, calls }) => name === 'loud' && calls === 1_000))
    const told = ticks(page.told)
    // Of two tenths of a second.
    for (const { entries: some } of told) expect(some.length).toBeLessThanOrEqual(10)
    for (const { entries: some, events, leftOut } of told) expect(some.length + leftOut).toBe(events)
    const sum = told.reduce((total, { events }) => total + events, 0)
    expect(sum).toBeGreaterThanOrEqual(2_000)
  })

  it('is what another host does, once that is shown', async () => {
    const window = await opened()
    await load(window.host, { name: 'first' })
    const page = await watching(window)
    await page.until((told) => rows(told).length > 0)
    const [{ number: before = 0 } = {}] = rows(page.told)
    expect((await ask(window, '/record', { plugin: before, on: true })).status).toBe(200)
    const other = await createHost()
    onTestFinished(() => other.close())
    await load(other, { name: 'second' })
    window.inspector.show(other)
    await page.end()
    const again = await watching(window)
    await again.until((told) => rows(told).length > 0)
    const [{ name, number: after = 0 } = {}] = rows(again.told)
    expect(name).toBe('second')
    // No lever of a page that has not noticed yet reaches another plugin than it shows.
    expect(after).not.toBe(before)
    for (const path of ['/unload', '/recording'])
      expect((await ask(window, path, { plugin: before })).json().error?.code).toBe('INSPECTOR_PLUGIN_GONE')
  })

  it('can be waited for', async () => {
    const window = await opened()
    let isLooked = false
    const looked = window.inspector.looked().then(() => {
      isLooked = true
    })
    expect((await askRaw(window.port, '/')).status).toBe(200)
    expect((await askRaw(window.port, '/events')).status).toBe(401)
    expect(isLooked).toBe(false)
    await watching(window)
    await looked
    expect(await window.inspector.looked()).toBe(true)
  })

  it('ends with the window', async () => {
    const window = await opened()
    const page = await watching(window)
    await page.until((told) => told.length > 0)
    await window.inspector.close()
    await page.end()
    window.inspector.show(window.host)
    await expect(fetch(window.inspector.url)).rejects.toThrow()
  })
})

describe('what a page may do', () => {
  it('is to revoke, narrow, record, update and unload', async () => {
    const window = await opened()
    const { plugin, run } = await load(window.host, { grants: { env: { GREETING: 'hello' } } })
    const page = await watching(window)
    await page.until((told) => rows(told).length > 0)
    const number = rows(page.told)[0]?.number
    const unknown = await ask(window, '/revoke', { plugin: number, rule: 'env NOTHING' })
    expect([unknown.status, unknown.json().error?.code]).toEqual([409, 'UNKNOWN_RULE'])
    expect((await ask(window, '/record', { plugin: number, on: true })).json().recording).toMatchObject({
      isOn: true,
    })
    expect(String(await run('env', 'GREETING'))).toBe('hello')
    expect((await ask(window, '/revoke', { plugin: number, rule: 'env GREETING' })).json().rules).toEqual([])
    expect(String(await run('env', 'GREETING'))).toMatch(/unset/)
    await run('http-get', 'http://127.0.0.1:9/')
    expect((await ask(window, '/record', { plugin: number, on: false })).json().recording).toMatchObject({
      isOn: false,
    })
    const recorded = (await ask(window, '/recording', { plugin: number })).text.trim().split('\n')
    expect(recorded.map((line) => JSON.parse(line).type)).toEqual(
      expect.arrayContaining(['allowed', 'denied', 'call']),
    )
    const wider = await ask(window, '/narrow', { plugin: number, grants: { env: { GREETING: 'x' } } })
    expect(wider.json().error?.code).toBe('GRANTS_NOT_NARROWER')
    const bad = { authorization: `Bearer ${window.token}`, 'content-type': 'application/wasm' }
    const update = await askRaw(window.port, `/update?plugin=${number}`, {
      method: 'POST',
      headers: bad,
      body: 'no wasm',
    })
    expect([update.status, update.json().error?.code]).toEqual([409, 'UPDATE_NEEDS_GRANTS'])
    expect((await ask(window, '/unload', { plugin: number })).status).toBe(200)
    expect(window.host.plugins.size).toBe(0)
    await page.until((told) => ticks(told).some(({ gone }) => gone.includes(number ?? 0)))
    expect(await plugin.call('test:guest/program#run', ['env', []]).catch(({ code }) => code)).toBe(
      'PLUGIN_CLOSED',
    )
  })
})

describe('opening a window', () => {
  it.each([
    [{ port: 70_000 }, 'port'],
    [{ port: 1.5 }, 'port'],
    [{ readOnly: 'yes' }, 'readOnly'],
    [{ eventsPerSecond: 1 }, 'eventsPerSecond'],
    [{ host: '0.0.0.0' }, 'host'],
  ])('refuses %o', async (options, path) => {
    await using host = await createHost()
    const error = await openInspector(host, options as never).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'INSPECTOR_OPTIONS_INVALID', message: expect.stringContaining(path) })
  })

  it.each([
    ['undefined', undefined],
    ['a promise that was not awaited', createHost()],
    ['nothing of a host', {}],
  ])('refuses %s for a host, at once', async (_, given) => {
    const refusal = {
      code: 'INSPECTOR_OPTIONS_INVALID',
      message: expect.stringContaining('await createHost()'),
    }
    await expect(openInspector(given as never)).rejects.toMatchObject(refusal)
    const { inspector } = await opened()
    expect(() => inspector.show(given as never)).toThrow(expect.objectContaining(refusal))
    await ((await given) as { close?(): Promise<void> } | undefined)?.close?.()
  })

  it('is over for whoever waits for a page, when it is closed', async () => {
    const { inspector } = await opened()
    const looked = inspector.looked()
    await inspector.close()
    expect(await looked).toBe(false)
  })

  it('says when its port is taken', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    await using host = await createHost()
    await expect(openInspector(host, { port })).rejects.toMatchObject({ code: 'INSPECTOR_UNAVAILABLE' })
  })
})
