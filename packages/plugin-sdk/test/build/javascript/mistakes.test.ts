import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Component } from '@wasm-plugin/runtime'
import { build } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { WIT_DIR } from '../../support/project.js'
import { makeScriptProject } from '../../support/script.js'

const GOOD = `import { log } from 'acme:site/log'
import { count } from './words.js'
export const analyze = {
  analyze(doc, headings) {
    log('info', doc.path)
    if (doc.markdown === '') throw 'empty'
    return { words: count(doc.markdown), readingMinutes: 1, toc: headings.map((h) => h.text).join() }
  },
}
`
const WORDS = {
  'src/words.js': 'export const count = (text) => text.split(/\\s+/).length\n',
  'node_modules/needs-node/package.json': '{ "name": "needs-node", "main": "index.js" }',
  'node_modules/needs-node/index.js': "const os = require('os')\nmodule.exports = os.cpus()\n",
}
const site = { name: 'site-stats', wit: `${WIT_DIR}acme-site/v0.1`, world: 'analyzer' } as const

const buildSource = (source: string, more: Record<string, string> = {}) =>
  build({ ...site, dir: makeScriptProject({ 'src/index.js': source, ...WORDS, ...more }) })

describe('build of a JavaScript project', () => {
  it('makes a component of the world, and nothing else', async () => {
    const dir = makeScriptProject({ 'src/index.js': GOOD, ...WORDS })
    const steps: string[] = []
    const result = await build({ ...site, dir, onProgress: ({ step }) => void steps.push(step) })
    expect(result).toMatchObject({ language: 'js', world: 'acme:site/analyzer@0.1.0', warnings: [] })
    expect(steps).toEqual(['world', 'bindings', 'compile', 'component', 'write'])
    expect(readdirSync(join(dir, 'src/gen')).sort()).toEqual([
      '.gitignore',
      '.wasm-plugin-generated.json',
      'imports.d.ts',
      'world.d.ts',
    ])
    const component = await Component.compile(readFileSync(result.path))
    expect([...component.exports.keys()]).toEqual(['acme:site/analyze@0.1.0'])
    expect([...component.imports.keys()]).toContain('acme:site/log@0.1.0')
  })

  it('is built again at once when nothing changed, to the same bytes', async () => {
    const dir = makeScriptProject({ 'src/index.js': GOOD, ...WORDS })
    const first = readFileSync((await build({ ...site, dir })).path)
    const entries = readdirSync(join(dir, 'node_modules/.cache/wasm-plugin'))
    const second = readFileSync((await build({ ...site, dir })).path)
    expect(second.equals(first)).toBe(true)
    expect(readdirSync(join(dir, 'node_modules/.cache/wasm-plugin'))).toEqual(entries)
  })

  const mistakes: [string, string, Record<string, unknown>, string][] = [
    [
      'the interface is not exported',
      `${GOOD.replace('const analyze', 'const analyse')}`,
      { code: 'EXPORT_MISSING', data: { file: 'src/index.js', line: 3, name: 'analyze', found: 'analyse' } },
      'analyze: func(doc: document, headings: list<heading>) -> result<insights, string>',
    ],
    [
      'a function is missing in it',
      GOOD.replace('  analyze(', '  Analyze('),
      { code: 'EXPORT_MISSING', hint: 'There is analyze.Analyze; did you mean analyze.analyze?' },
      'src/index.js:4 must export analyze.analyze:\n  analyze: func(doc: document',
    ],
    [
      'an import is misspelt',
      GOOD.replace('{ log }', '{ logg }'),
      { code: 'COMPILE_FAILED', data: { file: 'src/index.js', line: 1 } },
      'No matching export in "wit:acme:site/log@0.1.0" for import "logg"',
    ],
    [
      'the world does not import an interface',
      `import { get } from 'wasi:sockets/tcp@0.2.12'\n${GOOD}`,
      { code: 'COMPILE_FAILED', data: { file: 'src/index.js', line: 1 } },
      'wasi:sockets/tcp@0.2.12 is not imported by the world acme:site/analyzer@0.1.0, which imports acme:site/log',
    ],
    [
      'a module of Node is imported',
      `${GOOD}import { readFileSync } from 'node:fs'\nreadFileSync('x')\n`,
      { code: 'COMPILE_FAILED', data: { file: 'src/index.js', line: 10 } },
      'node:fs is a module of Node, and a plugin runs without Node',
    ],
    [
      'a package needs Node',
      `import 'needs-node'\n${GOOD}`,
      { code: 'COMPILE_FAILED', data: { file: 'node_modules/needs-node/index.js', line: 1 } },
      'os is a module of Node',
    ],
    [
      'a package is not installed',
      `import x from 'left-pad'\n${GOOD}`,
      { code: 'COMPILE_FAILED', data: { file: 'src/index.js', line: 1 } },
      'Could not resolve "left-pad"',
    ],
    [
      'the syntax is wrong',
      GOOD.replace('analyze(doc, headings) {', 'analyze(doc, headings {'),
      { code: 'COMPILE_FAILED', data: { file: 'src/index.js', line: 4 } },
      'Expected',
    ],
    [
      'the module fails as it starts',
      `${GOOD}\nconst table = undefined\ntable.rows()\n`,
      { code: 'COMPILE_FAILED', data: { file: 'src/index.js', line: 12 } },
      'the module fails as it starts',
    ],
  ]
  it.each(mistakes)("says at the author's line that %s", async (_, source, shape, message) => {
    const { data, ...rest } = shape
    const error = await buildSource(source).catch((e: unknown) => e)
    expect(error).toMatchObject({ ...rest, message: expect.stringContaining(message) })
    if (data !== undefined) expect(error).toMatchObject({ data })
  })

  it('says what is missing: entry, engine, bundler', async () => {
    await expect(build({ ...site, dir: makeScriptProject({}) })).rejects.toMatchObject({
      code: 'ENTRY_MISSING',
    })
    const dir = makeScriptProject({ 'src/index.js': GOOD }, ['esbuild'])
    await expect(build({ ...site, dir, language: 'js' })).rejects.toMatchObject({
      code: 'TOOLCHAIN_MISSING',
      hint: 'Run `npm install --save-dev @wasm-plugin/starling` in the project.',
    })
    await expect(build({ ...site, dir, language: 'js', engine: 'qjs' })).rejects.toMatchObject({
      hint: 'Run `npm install --save-dev componentize-qjs` in the project.',
    })
    expect(existsSync(join(dir, 'dist'))).toBe(false)
  })

  it('warns of what the small engine lacks', async () => {
    const { warnings } = await buildSource(GOOD.replace("log('info'", "setTimeout(() => {}); log('info'"), {})
    expect(warnings).toEqual([
      expect.stringContaining('names setTimeout, which the qjs engine does not have'),
    ])
  })

  it.each(['starling', 'qjs'] as const)(
    'says on %s what fails as the module starts',
    async (engine) => {
      const start = async (more: string) => {
        const files = { 'src/index.js': `${GOOD}\n${more}\n`, ...WORDS }
        const dir = makeScriptProject(files, ['esbuild', 'componentize-qjs', '@wasm-plugin/starling'])
        return await build({ ...site, dir, engine }).catch((error: unknown) => error)
      }
      expect(await start('const none = null\nnone.field')).toMatchObject({
        code: 'COMPILE_FAILED',
        message: expect.stringMatching(
          /^src\/index\.js:12: the module fails as it starts: \w*Error: .*null$/,
        ),
      })
      const refused = 'is called while the module starts, before there is a host'
      for (const call of ["log('info', 'x')", 'crypto.randomUUID()'])
        expect(await start(call)).toMatchObject({ message: expect.stringContaining(refused) })
      expect(await start("throw 'no luck'")).toMatchObject({ message: expect.stringContaining('no luck') })
    },
    600_000,
  )
})
