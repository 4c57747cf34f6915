import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collectReadmes } from '../scripts/lib/readmes.mjs'
import { root, runApp, temporaryFolder } from './support/app.js'
import { executablePath, launchBrowser } from './support/browser.js'
import { rust } from './support/toolchains.js'

// Needs a browser, and the renderer; `npm test` gets both, or says why not.
describe.skipIf(executablePath === undefined || !rust)('the site, as a reader sees it', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let browser: Browser
  let page: Page
  const requests: string[] = []
  const errors: string[] = []

  const open = (file: string) => page.goto(pathToFileURL(path.join(folder.path, file)).href)

  beforeAll(async () => {
    folder = await temporaryFolder()
    await runApp(path.join(root, 'test/fixtures/markdown'), '--out', path.join(folder.path, 'small'))
    await runApp(await collectReadmes(), '--out', path.join(folder.path, 'large'))
    browser = await launchBrowser()
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    // Pages may show pictures from elsewhere; a test does not fetch them.
    await context.route(/^https?:/, (route) => {
      requests.push(route.request().url())
      return route.abort()
    })
    page = await context.newPage()
    page.on('pageerror', (error) => errors.push(error.message))
  })
  afterAll(async () => {
    await browser?.close()
    await folder?.[Symbol.asyncDispose]()
  })

  it('has an index that leads to every document', async () => {
    await open('small/index.html')
    expect(await page.title()).toBe('All documents')
    expect(await page.locator('.index li a').allTextContents()).toEqual(['Hostile', 'A guide to tea'])
    await page.getByRole('link', { name: 'A guide to tea' }).click()
    expect(await page.title()).toBe('A guide to tea')
    await page.getByRole('link', { name: 'All documents' }).click()
    expect(await page.title()).toBe('All documents')
  })

  it('shows headings, prose, code, tables and task lists', async () => {
    await open('small/guide.html')
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('A guide to tea')
    expect(await page.locator('article h2').allTextContents()).toEqual(['Water', 'Serving'])
    expect(await page.locator('pre > code.language-js').textContent()).toContain('new Kettle')
    expect(await page.getByRole('cell', { name: 'soft' }).isVisible()).toBe(true)
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(1)
    expect(await page.locator('article').textContent()).toContain('After the tea.')
  })

  it('is laid out by its style sheet', async () => {
    await open('small/guide.html')
    const toc = await page.locator('nav.toc').boundingBox()
    const text = await page.locator('main').boundingBox()
    expect(toc!.x + toc!.width).toBeLessThan(text!.x)
    expect(await page.locator('pre').evaluate((pre) => getComputedStyle(pre).borderTopStyle)).toBe('solid')
  })

  it('has a table of contents that leads to the headings', async () => {
    await open('small/guide.html')
    const links = page.locator('nav.toc a')
    expect(await links.allTextContents()).toEqual(['Water', 'Hard water', 'Serving'])
    expect(await page.locator('nav.toc ul ul a').allTextContents()).toEqual(['Hard water'])
    for (const name of await links.allTextContents()) {
      await page.locator('nav.toc').getByRole('link', { name, exact: true }).click()
      expect(await page.locator('article :target').textContent()).toBe(name)
    }
  })

  it('follows links that the author wrote within the page', async () => {
    await open('small/guide.html')
    await page.getByRole('link', { name: 'a way to the end' }).click()
    expect(await page.locator(':target').textContent()).toBe('Serving')
  })

  it('gives words, reading time and the notice of the edition', async () => {
    await open('small/guide.html')
    expect(await page.locator('.facts').textContent()).toMatch(/^\d+ words · 1 min read$/)
    expect(await page.locator('footer p').textContent()).toBe(
      'Field notes: Reading times assume a reader in no hurry.',
    )
  })

  it('takes the harm out of a hostile document and keeps its text', async () => {
    requests.length = 0
    await open('small/deep/hostile.html')
    expect(await page.locator('article').textContent()).toContain('The end.')
    expect(
      await page.locator('script, iframe, svg, math, form, base, meta[http-equiv=refresh]').count(),
    ).toBe(0)
    expect(await page.locator('a[href^="javascript" i]').count()).toBe(0)
    for (const link of await page.getByText('click', { exact: true }).all()) await link.click()
    await page.getByText('cover').click()
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false)
    expect(
      await page.locator('article [style], article [onclick], article [onerror], article [onload]').count(),
    ).toBe(0)
    expect(await page.locator('main > article').count()).toBe(1)
    expect(requests).toEqual([])
  })

  it('holds for every README: a title, a way back, unique anchors, no script, no broken contents', async () => {
    await open('large/index.html')
    const pages = await page
      .locator('.index li a')
      .evaluateAll((links) => links.map((a) => (a as HTMLAnchorElement).href))
    expect(pages.length).toBeGreaterThanOrEqual(50)
    for (const url of pages) {
      await page.goto(url, { waitUntil: 'domcontentloaded' })
      const found = await page.evaluate(() => {
        const ids = [...document.querySelectorAll('[id]')].map((element) => element.id)
        const targets = [...document.querySelectorAll('nav.toc a')].map((a) =>
          decodeURIComponent((a as HTMLAnchorElement).hash.slice(1)),
        )
        return {
          title: document.title,
          scripts: document.querySelectorAll('script').length,
          handlers: [...document.querySelectorAll('*')]
            .flatMap((e) => e.getAttributeNames())
            .filter((n) => n.startsWith('on')),
          repeated: ids.filter((id, i) => ids.indexOf(id) !== i),
          dangling: targets.filter((target) => document.getElementById(target) === null),
          text: document.querySelector('article')?.textContent?.trim().length,
        }
      })
      expect(found, url).toMatchObject({ scripts: 0, handlers: [], repeated: [], dangling: [] })
      expect(found.title, url).not.toBe('')
      expect(found.text, url).toBeGreaterThan(0)
    }
    expect(errors).toEqual([])
  })
})
