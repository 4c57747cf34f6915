import { readdir, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { guest } from '../packages/host/test/helpers/guests.js'
import { root } from './support/app.js'
import { executablePath, launchBrowser } from './support/browser.js'

const PAGE = `<!doctype html>
<title>component</title>
<script type="module">
  import { Component, PluginError } from '/index.js'
  const bytes = new Uint8Array(await (await fetch('/kitchen.wasm')).arrayBuffer())
  const component = await Component.compile(bytes)
  const said = []
  const instance = component.instantiate({
    'test:kitchen/host@1.2.0': { say: (message) => void said.push(message), lookUp: (key) => 'value of ' + key },
  })
  const api = instance.exports['test:kitchen/api@1.2.0']
  api.say('hello from the page')
  const codeOf = (run) => { try { run() } catch (error) { return PluginError.is(error) ? error.code : String(error) } }
  globalThis.answers = {
    imports: [...component.imports.keys()],
    add: api.add(2, 3),
    echo: api.echo('grüße 😀'),
    lookUp: api.lookUp('a'),
    said,
    wrong: codeOf(() => api.add(1, 'two')),
    boom: codeOf(() => api.boom()),
    after: codeOf(() => api.count()),
  }
</script>`

/** WebAssembly may be compiled, and no string may become script. */
const NO_EVAL = "default-src 'none'; connect-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'"

// Needs a browser; `npm test` gets one, or says why not.
describe.skipIf(executablePath === undefined)('the runtime in a browser', () => {
  let server: Server
  let browser: Browser
  let origin: string

  beforeAll(async () => {
    const files = new Map<string, [type: string, body: string | Uint8Array]>([
      ['/', ['text/html; charset=utf-8', PAGE]],
      ['/strict', ['text/html; charset=utf-8', PAGE]],
      ['/kitchen.wasm', ['application/wasm', await guest('kitchen')]],
    ])
    const dist = path.join(root, 'packages/runtime/dist')
    for (const name of await readdir(dist))
      if (name.endsWith('.js'))
        files.set(`/${name}`, ['text/javascript', await readFile(path.join(dist, name))])
    server = createServer((request, response) => {
      const [type, body] = files.get(request.url ?? '') ?? ['text/plain', '']
      const policy = request.url === '/strict' ? { 'content-security-policy': NO_EVAL } : {}
      response.writeHead(body === '' ? 404 : 200, { 'content-type': type, ...policy }).end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  it.each([
    ['/', 'with generated glue'],
    ['/strict', 'where the page forbids eval'],
  ])('answers in a page, %s (%s)', async (url) => {
    const page = await browser.newPage()
    const failures: string[] = []
    page.on('pageerror', (error) => failures.push(error.message))
    await page.goto(origin + url)
    await page
      .waitForFunction('globalThis.answers !== undefined', undefined, { timeout: 10_000 })
      .catch(() => {})
    expect(failures).toEqual([])
    expect(await page.evaluate('globalThis.answers')).toEqual({
      imports: ['test:kitchen/host@1.2.0'],
      add: 5,
      echo: 'grüße 😀',
      lookUp: 'value of a',
      said: ['hello from the page'],
      wrong: 'TYPE_MISMATCH',
      boom: 'GUEST_TRAP',
      after: 'CANNOT_ENTER',
    })
    await page.close()
  })
})
