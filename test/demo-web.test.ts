import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plugins } from '../scripts/lib/paths.mjs'
import { driveWebDemo, serveWebDemo } from '../scripts/lib/web-demo.mjs'
import { root, runApp, temporaryFolder } from './support/app.js'
import { executablePath, launchBrowser } from './support/browser.js'
import { rust } from './support/toolchains.js'

const markdown = path.join(root, 'test/fixtures/markdown')

// Needs a browser; `npm test` gets one, or says why not.
describe.skipIf(executablePath === undefined)('the demo in a page', () => {
  let browser: Browser
  let demo: Awaited<ReturnType<typeof serveWebDemo>>
  beforeAll(async () => {
    browser = await launchBrowser()
    demo = await serveWebDemo()
  })
  afterAll(async () => {
    demo?.close()
    await browser?.close()
  })

  it('runs the plugins of the demo for Node, the same files, with the same denials', async () => {
    const page = await browser.newPage()
    const failures: string[] = []
    page.on('pageerror', (error) => failures.push(error.message))
    const documents = [path.join(markdown, 'guide.md'), path.join(markdown, 'deep/hostile.md')]
    const inPage = await driveWebDemo(page, { url: demo.url, documents })
    expect(failures).toEqual([])

    await using folder = await temporaryFolder()
    const { stdout } = await runApp(markdown, '--json', '--out', folder.path)
    const inNode = JSON.parse(stdout)
    const names = ['markdown', 'insights', 'prose', 'greedy'].filter((name) => rust || name !== 'markdown')
    expect(Object.keys(inPage)).toEqual(['schema', 'plugins', 'denied'])
    expect(inPage.schema).toBe(1)
    expect(inPage.plugins).toEqual(
      await Promise.all(names.map(async (name) => ({ name, digest: await digestOf(name), ok: true }))),
    )
    for (const { name, digest } of inNode.plugins)
      expect(inPage.plugins).toContainEqual({ name, digest, ok: true })
    expect(inPage.denied).toEqual(inNode.denials)
  })
})

async function digestOf(plugin: string): Promise<string> {
  const folder = plugins.find(({ name }) => name === plugin)?.folder ?? ''
  const bytes = await readFile(path.join(root, 'examples', folder, 'dist', `${plugin}.wasm`))
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
