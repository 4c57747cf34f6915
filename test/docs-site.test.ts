import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildSite } from '../scripts/lib/site.mjs'
import { isWhole } from './seed.js'
import { root } from './support/app.js'
import { launchBrowser } from './support/browser.js'

const dist = path.join(root, 'site/dist')

/** Half a minute, and a generator that `npm run site` installs: CI has both. */
describe.skipIf(!isWhole)('the documentation as a site', { timeout: 300_000 }, () => {
  let browser: Browser
  let server: { server: Server }
  beforeAll(async () => {
    await buildSite()
    const vitepress = createRequire(path.join(root, 'site/package.json')).resolve('vitepress')
    const { serve } = await import(vitepress)
    server = await serve({ root: path.join(root, 'site'), port: 0 })
    browser = await launchBrowser()
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    server?.server.close()
  })

  it('has every page of docs', async () => {
    const pages = await readdir(path.join(root, 'docs'), { recursive: true })
    const wanted = pages
      .filter((page) => page.endsWith('.md'))
      .map((page) => page.replace(/README\.md$/, 'index.md').replace(/\.md$/, '.html'))
    expect(wanted.length).toBeGreaterThan(20)
    expect(wanted.filter((page) => !existsSync(path.join(dist, page)))).toEqual([])
  })

  it('loads nothing from elsewhere, and leads out of docs into the repository alone', async () => {
    const elsewhere: string[] = []
    for (const file of await readdir(dist, { recursive: true })) {
      if (!file.endsWith('.html')) continue
      const html = await readFile(path.join(dist, file), 'utf8')
      expect(html, file).not.toMatch(/<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)="(?:https?:)?\/\//)
      for (const [, link = ''] of html.matchAll(/<a\b[^>]*\bhref="(\.\.[^"]*)"/g))
        elsewhere.push(`${file}: ${link}`)
    }
    expect(elsewhere.filter((link) => link.includes('../packages') || link.includes('ARCHITECTURE'))).toEqual(
      [],
    )
  })

  it('leads each reader to a page, and finds an error by its code', async () => {
    const page = await browser.newPage()
    const failures: string[] = []
    page.on('pageerror', (error) => failures.push(error.message))
    page.on('requestfailed', (request) => failures.push(request.url()))
    await page.goto(`http://127.0.0.1:${(server.server.address() as AddressInfo).port}/`)
    for (const door of ['You have an application', 'You write a plugin', 'You run plugins of others'])
      expect(await page.getByRole('heading', { name: door }).count(), door).toBeGreaterThan(0)
    await page.locator('#VPSidebarNav').getByRole('link', { name: 'Embedding' }).click()
    await page.getByRole('heading', { level: 1, name: 'Embedding' }).waitFor()
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('searchbox').fill('DEADLINE_EXCEEDED')
    await page.getByRole('option').filter({ hasText: 'Errors' }).first().waitFor()
    expect(failures).toEqual([])
  })
})
