import { createHost, type UntypedExports } from '@wasm-plugin/host'
import { build } from '@wasm-plugin/sdk'
import { describe, expect, it } from 'vitest'
import { expandProperties } from '#internal'
import { isWhole } from '../../../../../test/seed.js'
import { makeScriptProject } from '../../support/script.js'

const buildSource = (source: string, more: Record<string, string> = {}) =>
  build({
    dir: makeScriptProject(
      {
        'w.wit': 'package a:b; world w { export run: func(text: string) -> list<string>; }',
        'src/index.js': source,
        ...more,
      },
      ['esbuild', '@wasm-plugin/starling'],
    ),
    name: 'x',
    wit: 'w.wit',
  })

/** Patterns with a text to search, each as a plugin writes it. */
const PATTERNS = [
  ['/[^\\p{L}\\d]|\\p{Lu}+|\\P{L}/gu', 'éa B-7Ж漢'],
  ['/^\\p{Script=Greek}+$/gu', 'αβγ'],
  ['/(?<=\\p{P})\\p{Alphabetic}/giu', 'a.b!Ç'],
  ['/[\\p{L}--[a-z]]/gv', 'aÄb'],
  ['/[[\\p{Ll}&&\\p{ASCII}]\\]]/gv', 'aäB]'],
  ['/\\\\p{1}/gu', 'a\\pb'],
  ["new RegExp('[\\\\p{Sc}\\\\]x]+', 'gu')", '€$]£'],
] as const

describe('regular expressions with properties of Unicode', () => {
  it('match in StarlingMonkey what they match in Node', async () => {
    const list = PATTERNS.map(([pattern]) => `(text) => text.match(${pattern})`).join(', ')
    const texts = JSON.stringify(PATTERNS.map(([, text]) => text))
    const { path, warnings } = await buildSource(
      `const patterns = [${list}], texts = ${texts}
       export const run = (text) => patterns.map((match, i) => String(match(texts[i])))`,
    )
    expect(warnings).toEqual([])
    await using host = await createHost()
    const { exports } = await host.load(path)
    const here = PATTERNS.map(([pattern, text]) => String(text.match(new Function(`return ${pattern}`)())))
    expect(await (exports as UntypedExports).run('')).toEqual(here)
  })

  it('stay as they are where they are no property, or none of characters', () => {
    for (const call of [
      'new RegExp("\\\\p{Nonsense}", "u")',
      'new RegExp("\\\\p{RGI_Emoji}", "v")',
      'new RegExp("\\\\p{L}", "g")',
    ])
      expect(expandProperties(call)).toBe(call)
  })
})

describe('what needs the tables of Unicode', () => {
  it('is named by the build, at its line', async () => {
    const source = `export const run = (text) => [
      text.normalize('NFD'),
      typeof Intl,
      new Intl.NumberFormat('de').format(1),
      path.normalize(text),
    ]`
    const { warnings } = await buildSource(source)
    expect(warnings.map((text) => text.split(' is not there')[0])).toEqual([
      'src/index.js:2: String.prototype.normalize',
      'src/index.js:4: Intl',
    ])
  })

  it.skipIf(!isWhole)('is there with a polyfill, of which the build says nothing', async () => {
    const { path, warnings } = await buildSource(
      `import 'polyfills'
       export const run = (text) => [text.normalize('NFD'), Intl.answer]`,
      {
        'node_modules/polyfills/package.json': '{ "name": "polyfills", "main": "index.js" }',
        'node_modules/polyfills/index.js': `if (!String.prototype.normalize) String.prototype.normalize = function () { return this + '!' }
          globalThis.Intl = { answer: '42' }`,
      },
    )
    expect(warnings).toEqual([])
    await using host = await createHost()
    const { exports } = await host.load(path)
    expect(await (exports as UntypedExports).run('a')).toEqual(['a!', '42'])
  })
})
