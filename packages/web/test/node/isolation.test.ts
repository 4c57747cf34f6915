import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isWhole } from '../../../../test/seed.js'
import { guest } from '../../../host/test/helpers/guests.js'
import { browsers } from '../helpers/browsers.js'
import { ISOLATED, STRICT } from '../helpers/site.js'

const PAGE = new URL('../../../../docs/browser.md', import.meta.url)

/** What works, as `docs/browser.md` has it: one row a way to serve a page. */
const SCRIPT = `
  import { createHost, PluginError } from './dist/index.js'
  const host = await createHost({ thread: '/thread.js' })
  const imports = { 'test:kitchen/host@1.2.0': { say() {}, lookUp: (key) => 'value of ' + key } }
  const later = { 'test:kitchen/host@1.2.0': { say() {}, lookUp: async (key) => 'value of ' + key } }
  const outcome = async (work) => {
    try { return await work() } catch (error) { return PluginError.is(error) ? error.code + ': ' + error.message : String(error) }
  }
  const API = 'test:kitchen/api@1.2.0'
  const load = (name, options) => host.load('plugin.wasm', { name, ...options })
  let evaluates = true
  try { new Function('return 1')() } catch { evaluates = false }
  answer({
    suspends: 'Suspending' in WebAssembly,
    evaluates,
    inline: await outcome(async () => {
      const { exports } = await load('inline', { isolation: 'inline', imports })
      const text = exports[API].echo('grüße 😀') + exports[API].lookUp('a')
      for (let i = 0; i < 30; i++) if (exports[API].add(i, 1) !== i + 1) throw new Error('wrong')
      return text
    }),
    fuel: await outcome(async () => {
      const { exports } = await load('fuel', { isolation: 'inline', imports, limits: { fuel: 10 } })
      exports[API].echo('x'.repeat(1000))
      return 'unbounded'
    }).then((text) => text.split(':')[0]),
    memory: await outcome(async () => {
      const files = [{ memory: { a: 'text' }, at: '/d', access: 'read-write' }]
      const plugin = await load('memory', { isolation: 'inline', imports, grants: { fs: files } })
      return new TextDecoder().decode((await plugin.readFiles('/d')).get('a'))
    }),
    thread: await outcome(async () => {
      const { exports } = await load('thread', { imports: later })
      const texts = []
      for (let i = 0; i < 30; i++) texts.push(await exports[API].echo('grüße ' + i + ' 😀'))
      return texts.at(-1) + await exports[API].lookUp('a')
    }),
    written: await outcome(async () => {
      const files = [{ memory: { a: 'text' }, at: '/d', access: 'read-write' }]
      const { exports } = await load('written', { imports: later, grants: { fs: files } })
      return String(await exports[API].add(1, 2))
    }),
  })
`

/** A browser that cannot suspend WebAssembly. */
const WITHOUT_JSPI = 'delete WebAssembly.Suspending;'

// Needs browsers; `npm test` gets them, or says why not.
describe.each(browsers)('a page in %s', (_name, executable, start) => {
  // Eleven pages in each browser.
  describe.skipIf(executable === undefined || !isWhole)('that is served', () => {
    let browser: Awaited<ReturnType<typeof start>>
    let wasm: Uint8Array
    beforeAll(async () => {
      browser = await start(executable ?? '')
      wasm = await guest('kitchen')
    })
    afterAll(() => browser?.close())
    const serve = async (headers: Record<string, string>, before = '') =>
      (await browser.visit({ script: before + SCRIPT, wasm, headers })) as Record<string, string>

    const works = {
      inline: 'grüße 😀value of a',
      fuel: 'OUT_OF_FUEL',
      memory: 'text',
    }
    const lacks = (headers: string, what = 'a thread of its own needs') =>
      `NOT_ISOLATED: ${what} shared memory, and this page lacks ${headers}`
    const OPENER = '"Cross-Origin-Opener-Policy: same-origin"'
    const EMBEDDER = '"Cross-Origin-Embedder-Policy: require-corp"'
    const thread = 'grüße 29 😀value of a'
    const [opener, embedder] = Object.entries(ISOLATED).map((entry) => Object.fromEntries([entry]))

    it.each([
      ['both headers', ISOLATED, true],
      ["both headers and a policy without `'unsafe-eval'`", { ...ISOLATED, ...STRICT }, false],
    ])('with %s runs plugins as the documentation says', async (served, headers, evaluates) => {
      const { suspends, ...answers } = await serve(headers)
      expect(suspends).toBeTypeOf('boolean')
      expect(answers).toEqual({ evaluates, ...works, thread, written: '3' })
      expect(await readFile(PAGE, 'utf8')).toContain(`\n| ${served} | works | works | works |\n`)
    })

    it.each([
      ['neither', {}, `${OPENER}, ${EMBEDDER}`],
      ['`Cross-Origin-Opener-Policy` alone', opener, EMBEDDER],
      ['`Cross-Origin-Embedder-Policy` alone', embedder, OPENER],
    ])('with %s suspends plugins where the browser can', async (served, headers = {}, missing) => {
      const { suspends, ...answers } = await serve(headers)
      const inThread = suspends
        ? { thread, written: lacks(missing, 'the files at "/d" need') }
        : { thread: lacks(missing), written: lacks(missing) }
      expect(answers).toEqual({ evaluates: true, ...works, ...inThread })
      if (suspends) {
        const elsewhere = { thread: lacks(missing), written: lacks(missing) }
        expect(await serve(headers, WITHOUT_JSPI)).toMatchObject({ suspends: false, ...works, ...elsewhere })
      }
      const row = `| ${served} | works | suspended | \`NOT_ISOLATED\` |`
      expect(await readFile(PAGE, 'utf8')).toContain(`\n${row}\n`)
    })
  })
})
