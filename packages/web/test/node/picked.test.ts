import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executablePath, launchBrowser } from '../../../../test/support/browser.js'
import { isBuilt } from '../../../host/test/helpers/guests.js'
import { ISOLATED, visit } from '../helpers/site.js'

/** What comes of a folder of the machine that a person drops on the page, which lets the page read it and no more. */
const SCRIPT = `
  import { createHost, PluginError } from './dist/index.js'
  const dropped = new Promise((resolve) => {
    document.addEventListener('dragover', (event) => event.preventDefault())
    document.addEventListener('drop', (event) => {
      event.preventDefault()
      resolve(event.dataTransfer.items[0].getAsFileSystemHandle())
    })
  })
  const host = await createHost({ thread: '/thread.js' })
  const folder = await dropped
  const load = async (access) => {
    const plugin = await host.load('plugin.wasm', { name: access, grants: { fs: [{ folder, at: '/d', access }] } })
    return (operation, ...args) => plugin.call('test:guest/program#run', [operation, args]).catch((error) => '!' + error.payload)
  }
  const run = await load('read')
  const read = [await run('fs-list', '/d'), await run('fs-read', '/d/a.txt'), await run('fs-truncate', '/d/a.txt')]
  const write = await load('read-write').catch((error) => PluginError.is(error) ? error.code : String(error))
  answer({ read, write })
`

// Needs a browser; `npm test` gets one, or says why not.
describe.skipIf(executablePath === undefined || !isBuilt('rust'))('a folder that a person picked', () => {
  let browser: Browser
  let folder: string
  beforeAll(async () => {
    browser = await launchBrowser()
    folder = await mkdtemp(path.join(tmpdir(), 'picked-'))
    await writeFile(path.join(folder, 'a.txt'), 'from the disk')
  })
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true })
  })

  it('is open for what the person allowed, and a grant of more fails with a code', async () => {
    const wasm = await readFile(new URL('../../../host/test/guests/rust/dist/rust.wasm', import.meta.url))
    const act = (page: Page) => drop(page, folder)
    expect(await visit(browser, { script: SCRIPT, wasm, headers: ISOLATED, act })).toEqual({
      read: ['a.txt', 'from the disk', '!read-only'],
      write: 'FOLDER_NOT_PERMITTED',
    })
    expect(await readFile(path.join(folder, 'a.txt'), 'utf8')).toBe('from the disk')
  })
})

async function drop(page: Page, file: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files: [file], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 10, y: 10, data })
}
