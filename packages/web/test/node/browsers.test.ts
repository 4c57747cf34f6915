import { readFile } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isBuilt } from '../../../host/test/helpers/guests.js'
import { browsers } from '../helpers/browsers.js'
import { ISOLATED } from '../helpers/site.js'

const PAGE = new URL('../../../../docs/browser.md', import.meta.url)

/** What comes of each row of the table in `docs/browser.md`. */
const SCRIPT = `
  import { createHost } from './dist/index.js'
  const host = await createHost({ thread: '/thread.js' })
  const root = await navigator.storage.getDirectory()
  const folder = await root.getDirectoryHandle('test', { create: true })
  const grants = { fs: [{ folder, at: '/d', access: 'read-write' }], keyvalue: { mine: { file: 'test' } } }
  const plugin = await host.load('plugin.wasm', { grants })
  const run = async (operation, ...args) => {
    try {
      return String(await plugin.call('test:guest/program#run', [operation, args]))
    } catch (error) {
      return '!' + (error.payload ?? error.code)
    }
  }
  const cell = (outcome, wanted) => (outcome === wanted ? 'works' : '\`' + outcome.replace('!', '') + '\`')
  await run('write-file', '/d/a', 'one')
  await run('append-file', '/d/a', ' two')
  const read = await run('read-file', '/d/a')
  const renamed = await run('fs-rename', '/d/a', '/d/b')
  await run('fs-make-directory', '/d/m')
  const moved = await run('fs-rename', '/d/m', '/d/n')
  await run('store-set', 'mine', 'key')
  answer({
    'a folder that the person picks': 'showDirectoryPicker' in globalThis ? 'works' : 'cannot be picked',
    'reads and writes in a folder': cell(read, 'one two'),
    'files renamed in a folder': cell(renamed, 'ok'),
    'directories renamed in a folder': cell(moved, 'ok'),
    'stores that are kept': cell(await run('store-exists', 'mine', 'key'), 'true'),
  })
`

// Needs browsers; `npm test` gets them, or says why not.
describe.each(browsers)('a page in %s', (name, executable, start) => {
  it.skipIf(executable === undefined || !isBuilt('rust'))('has what the documentation says', async () => {
    const browser = await start(executable ?? '')
    onTestFinished(() => browser.close())
    const wasm = await readFile(new URL('../../../host/test/guests/rust/dist/rust.wasm', import.meta.url))
    const said = await browser.visit({ script: SCRIPT, wasm, headers: ISOLATED })
    expect(said).toEqual(await columnOf(name))
  })
})

/** A column of the table of browsers. */
async function columnOf(browser: string): Promise<Record<string, string>> {
  const [, table = ''] = (await readFile(PAGE, 'utf8')).split('| | Chromium ')
  const [head = '', , ...rows] = `| | Chromium ${table.slice(0, table.indexOf('\n\n'))}`.split('\n')
  const cellsOf = (row: string) => row.split('|').map((cell) => cell.trim())
  const index = cellsOf(head).findIndex((cell) => cell.startsWith(browser))
  return Object.fromEntries(rows.map((row) => [cellsOf(row)[1] ?? '', cellsOf(row)[index] ?? '']))
}
