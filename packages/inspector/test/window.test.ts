import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import type { InlinePlugin } from '@wasm-plugin/host'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { isWhole } from '../../../test/seed.js'
import { executablePath, launchBrowser } from '../../../test/support/browser.js'
import { assemble } from '../../host/test/helpers/guests.js'
import { load, type Opened, opened, watching } from './helpers.js'

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

// Needs a browser; `npm test` gets one, or says why not.
describe.skipIf(executablePath === undefined)('the page', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  /** Looks through a window; whatever the page has against its own content fails the test. */
  async function look(
    { inspector }: Opened,
    options: Parameters<Browser['newContext']>[0] = {},
  ): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      const isOfPlugin = new URL(message.location().url, inspector.url).pathname.endsWith('/detail')
      // A plugin may be gone by the time that the page asks what it has.
      const isGone = isOfPlugin && message.text().includes('404')
      if (message.type() === 'error' && !isGone) complaints.push(message.text())
    })
    onTestFinished(async () => {
      await context.close()
      expect(complaints.filter((text) => !/ERR_(CONNECTION|INCOMPLETE)|409 \(Conflict\)/.test(text))).toEqual(
        [],
      )
    })
    await page.goto(inspector.url)
    await page.getByText('Live', { exact: true }).waitFor()
    return page
  }

  const tab = (page: Page, name: string) => page.getByRole('tab', { name }).click()
  const rowOf = (page: Page, grid: string, text: string) =>
    page.getByRole('grid', { name: grid, exact: true }).getByRole('row').filter({ hasText: text }).first()

  it('leads from a denial to the grant that is missing, and to where the plugin asks for it', async () => {
    const window = await opened()
    const { run } = await load(window.host)
    const page = await look(window)
    await run('http-get', 'http://127.0.0.1:9/things')
    await rowOf(page, 'Uses of capabilities', 'denied').click()
    const entry = page.getByRole('region', { name: 'The chosen entry' })
    await entry.getByText('net: ["GET http://127.0.0.1:9/things"]').waitFor()
    await entry.getByRole('button', { name: 'What assemblyscript asks for and has' }).click()
    const plugin = page.getByRole('region', { name: 'The plugin' })
    await plugin.getByText('net GET http://127.0.0.1:*/**').first().waitFor()
    expect(await plugin.getByText('The server of the test.').count()).toBe(2)
    // As the page says it, so that it works.
    const again = await load(window.host, {
      name: 'granted',
      grants: { net: ['GET http://127.0.0.1:9/things'] },
    })
    expect(String(await again.run('http-get', 'http://127.0.0.1:9/things'))).not.toMatch(/denied/)
    await rowOf(page, 'Plugins', 'granted').click()
    await tab(page, 'Uses')
    await rowOf(page, 'Uses of capabilities', 'allowed').waitFor()
  })

  it('revokes a grant, by keys alone', async () => {
    const window = await opened()
    const rule = 'GET http://127.0.0.1:9/a'
    const { plugin, run } = await load(window.host, { grants: { net: [rule] } })
    const page = await look(window)
    await rowOf(page, 'Plugins', 'assemblyscript').waitFor()
    await page.getByRole('grid', { name: 'Plugins', exact: true }).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: `Revoke net ${rule}` }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: `Revoke net ${rule}?` })
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(plugin.grants.rules).toEqual([`net ${rule}`])
    await page.getByRole('button', { name: `Revoke net ${rule}` }).press('Enter')
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).press('Enter')
    await page.getByText(`Revoked net ${rule} of assemblyscript.`).waitFor()
    expect(plugin.grants.rules).toEqual([])
    await run('http-get', 'http://127.0.0.1:9/a')
    await tab(page, 'Uses')
    await rowOf(page, 'Uses of capabilities', 'taken back').waitFor()
  })

  it('narrows, updates, records and unloads', async () => {
    const window = await opened()
    const grants = { net: ['GET http://127.0.0.1:1/a', 'GET http://127.0.0.1:1/b'] }
    const { plugin, run } = await load(window.host, { grants })
    const page = await look(window)
    await rowOf(page, 'Plugins', 'assemblyscript').dblclick()
    const dialog = page.getByRole('dialog')
    const does = (name: string) => dialog.getByRole('button', { name, exact: true }).click()
    const lever = (name: string) => page.getByRole('button', { name, exact: true }).click()

    await lever('Narrow…')
    await dialog.getByRole('textbox').fill('{ "net": ["GET http://127.0.0.1:1/c"] }')
    await does('Narrow')
    await dialog.getByText('GRANTS_NOT_NARROWER').waitFor()
    await dialog.getByRole('textbox').fill('{ "net": ["GET http://127.0.0.1:1/a"] }')
    await does('Narrow')
    await page.getByText('Narrowed the grants of assemblyscript.').waitFor()
    expect(plugin.grants.rules).toEqual(['net GET http://127.0.0.1:1/a'])

    await lever('Record')
    await page.getByText('Recording assemblyscript.').waitFor()
    await run('env', 'GREETING')
    await lever('Stop recording')
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: /^Save/ }).click()
    expect((await download).suggestedFilename()).toBe('assemblyscript.ndjson')

    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'a.wasm', mimeType: '', buffer: Buffer.from('no') })
    await does('Update')
    await dialog.getByText('UPDATE_NEEDS_GRANTS').waitFor()
    await does('Cancel')

    await lever('Unload…')
    await does('Unload')
    await page.getByText('Unloaded assemblyscript.').waitFor()
    expect(window.host.plugins.size).toBe(0)
    await page.getByText('No plugin is loaded.').waitFor()
  })

  it('shows what a plugin chooses as text, with all that is hidden in it', async () => {
    const window = await opened()
    const markup = `<img src=x onerror="document.title='run'"><script>document.title='run'</script>`
    const hidden = `${String.fromCodePoint(0x202e)}txt.exe${String.fromCodePoint(0x1b)}[31m`
    const { run } = await load(window.host, {
      name: markup.slice(0, 60),
      grants: { fs: [{ memory: {}, at: '/data', access: 'read' }] },
    })
    const page = await look(window)
    await run('print-error', `${markup}${hidden}`)
    await run('write-file', `/data/${markup.replaceAll('/', '-')}`, '')
    await rowOf(page, 'Uses of capabilities', 'denied').click()
    const entry = page.getByRole('region', { name: 'The chosen entry' })
    await entry.getByText('/data/<img src=x onerror').waitFor()
    await entry.getByText('fs: [{ path').waitFor()
    await tab(page, 'Log')
    await rowOf(page, 'Log', '\\u{202e}txt.exe\\u{1b}[31m').click()
    await entry.getByText(markup).waitFor()
    await rowOf(page, 'Plugins', '<img src=x').dblclick()
    await page.getByRole('region', { name: 'The plugin' }).waitFor()
    expect(await page.locator('img, script:not([src="/page.js"])').count()).toBe(0)
    expect(await page.title()).toBe('Plugins')
  })

  it('shows where the time of calls went, and a fault with what else its call did', async () => {
    const window = await opened()
    const { plugin, run } = await load(window.host, { limits: { timeoutMs: 5_000, startMs: 60_000 } })
    const page = await look(window)
    await run('print-error', 'before')
    await plugin
      .with({ timeoutMs: 200 })
      .exports['test:guest/program'].run('sleep', ['60000'])
      .catch(() => {})
    await tab(page, 'Calls')
    await rowOf(page, 'Calls', 'DEADLINE_EXCEEDED').click()
    await page.getByRole('region', { name: 'The chosen entry' }).getByText('for an instance and').waitFor()
    await tab(page, 'Faults')
    await rowOf(page, 'Faults', 'DEADLINE_EXCEEDED').waitFor()
    await tab(page, 'Log')
    await rowOf(page, 'Log', 'before').click()
    await tab(page, 'Events')
    await tab(page, 'Calls')
    expect(await page.getByRole('img', { name: /^waited/ }).count()).toBe(2)
  })

  it('asks for the token, and keeps it from the address and from other origins', async () => {
    const window = await opened()
    const page = await look(window)
    expect(page.url()).toBe(`http://127.0.0.1:${window.port}/`)
    await page.reload()
    await page.getByText('Live', { exact: true }).waitFor()
    expect(await page.evaluate(() => document.cookie)).toBe('')

    // A page of another port of this machine, which knows the token.
    const other = createServer((_, response) => response.end('<title>other</title>'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    const evil = await context.newPage()
    await evil.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`)
    const tried = await evil.evaluate(
      async ({ port, token }) => {
        const at = `http://127.0.0.1:${port}`
        const headers = { authorization: `Bearer ${token}` }
        const read = await fetch(`${at}/events`, { headers }).then(
          () => 'read',
          () => 'refused',
        )
        const blind = await fetch(`${at}/unload`, {
          method: 'POST',
          mode: 'no-cors',
          body: '{"plugin":1}',
        }).then(
          ({ type }) => type,
          () => 'refused',
        )
        const frame = document.createElement('iframe')
        frame.src = at
        const loaded = new Promise((resolve) => frame.addEventListener('load', resolve))
        document.body.append(frame)
        await loaded
        let framed = 'seen'
        try {
          framed = String(frame.contentDocument)
        } catch {
          framed = 'refused'
        }
        const script = await new Promise((resolve) => {
          const element = document.createElement('script')
          element.src = `${at}/page.js`
          element.onload = () => resolve('run')
          element.onerror = () => resolve('refused')
          document.head.append(element)
        })
        return { read, blind, framed, script }
      },
      { port: window.port, token: window.token },
    )
    expect(tried).toEqual({ read: 'refused', blind: 'refused', framed: 'null', script: 'refused' })

    const without = await context.newPage()
    await without.goto(`http://127.0.0.1:${window.port}/`)
    await without.getByRole('heading', { name: 'This address has no token' }).waitFor()
    // Pasted into a page that is open, an address loads nothing by itself.
    const paste = (token: string) => without.evaluate((hash) => location.assign(hash), `#${token}`)
    await paste(`${window.token.slice(1)}x`)
    await without.getByRole('heading', { name: 'The token is that of another window' }).waitFor()
    await paste(window.token)
    await without.getByText('Live', { exact: true }).waitFor()
    expect(without.url()).toBe(`http://127.0.0.1:${window.port}/`)
  })

  it.skipIf(!isWhole)(
    'is as quick with a thousand plugins and ten thousand events in a second, of which it shows a sample',
    async () => {
      const window = await opened()
      const bytes = await assemble(`(component
      (core module $m (func (export "f")))
      (core instance $i (instantiate $m))
      (func (export "f") (canon lift (core func $i "f"))))`)
      const plugins: InlinePlugin[] = []
      for (let i = 0; i < 1_000; i++)
        plugins.push(await window.host.load(bytes, { name: `plugin ${i}`, isolation: 'inline' }))
      const page = await look(window)
      const sent: number[] = []
      const stream = await watching(window)
      // Two thousand calls in each fifth of a second, until the page has been used.
      const calls = setInterval(() => {
        for (let i = 0; i < 2_000; i++) plugins[i % 1_000]?.exports.f()
      }, 200)
      onTestFinished(() => clearInterval(calls))
      await page.getByText(/A sample: \d+ of [\d,]{4,} events/).waitFor()
      const rows = () => page.getByRole('row').count()
      expect(await rows()).toBeLessThan(150)
      await tab(page, 'Calls')
      await rowOf(page, 'Calls', 'plugin').waitFor()
      const grid = page.getByRole('grid', { name: 'Plugins', exact: true })
      // All have come: a row for each, and the titles.
      await page.waitForFunction(
        (of) => of?.getAttribute('aria-rowcount') === '1001',
        await grid.elementHandle(),
      )
      await grid.focus()
      await page.keyboard.press('End')
      await rowOf(page, 'Plugins', 'plugin 999').waitFor()
      await page.getByRole('searchbox').fill('plugin 77')
      await rowOf(page, 'Plugins', 'plugin 777').click()
      await page.getByRole('heading', { name: 'plugin 777' }).waitFor()
      expect(await rows()).toBeLessThan(150)
      await stream.until((told) => told.filter(({ kind }) => kind === 'tick').length > 10)
      for (const one of stream.told) if (one.kind === 'tick') sent.push(one.entries.length)
      // A fifth of 250.
      expect(Math.max(...sent)).toBeLessThanOrEqual(50)
    },
  )

  it('has no lever where it is read-only', async () => {
    const window = await opened({ readOnly: true })
    await load(window.host, { grants: { env: { GREETING: 'hello' } } })
    const page = await look(window)
    await page.getByText('Read-only').waitFor()
    await rowOf(page, 'Plugins', 'assemblyscript').dblclick()
    await page.getByText('env GREETING').first().waitFor()
    expect(await page.getByRole('button', { name: /Revoke|Narrow|Record|Unload|Update/ }).count()).toBe(0)
  })

  it.each(['light', 'dark'] as const)('can be used by everybody, in %s', async (colorScheme) => {
    const window = await opened()
    const { run } = await load(window.host, { grants: { env: { GREETING: 'hello' } } })
    const page = await look(window, { colorScheme, bypassCSP: true })
    await run('env', 'GREETING')
    await run('read-file', '/data/a')
    await page.addScriptTag({ path: axe })
    const problems = async () => {
      const { violations } = await page.evaluate(() => (globalThis as unknown as Axe).axe.run())
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    }
    await rowOf(page, 'Uses of capabilities', 'denied').click()
    expect(await problems()).toEqual([])
    await rowOf(page, 'Plugins', 'assemblyscript').dblclick()
    await page.getByRole('button', { name: 'Revoke env GREETING' }).waitFor()
    expect(await problems()).toEqual([])
    for (const name of ['Calls', 'Log', 'Faults', 'Events']) {
      await tab(page, name)
      expect(await problems(), name).toEqual([])
    }
  })
})

interface Axe {
  readonly axe: {
    run(): Promise<{ violations: readonly { id: string; nodes: readonly { html: string }[] }[] }>
  }
}
