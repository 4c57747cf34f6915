import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHost, type Host, type Plugin } from '../packages/host/dist/index.js'
import { root } from './support/app.js'

interface Insights {
  words: number
  readingMinutes: number
  toc: string
  note?: string
}

/** The example in C, with md4c inside, as a site builder would load it: granted nothing. */
describe('examples/c-plugin', () => {
  let host: Host
  let plugin: Plugin
  const analyze = (markdown: string, headings: unknown[] = []) =>
    plugin.call('acme:site/analyze#analyze', [{ path: 'a.md', markdown }, headings]) as Promise<Insights>

  beforeAll(async () => {
    host = await createHost()
    plugin = await host.load(path.join(root, 'examples/c-plugin/dist/prose.wasm'))
  })
  afterAll(() => host?.close())

  it('counts what is read: emphasis inside of words, tables and lists, but no code, HTML or description', async () => {
    const markdown = [
      '# Größe: das *Wich*tige 😀',
      'One [link](https://a.example) and ![a picture of it](b.png), `some code here`.',
      '```js\nlet not = counted\n```',
      '<div class="x">\n\n- a list\n- [ ] of tasks\n\n| a | table |\n| - | - |\n| with | cells |',
    ].join('\n\n')
    // Größe das Wichtige 😀, One link and, a list of tasks, a table with cells.
    expect(await analyze(markdown)).toEqual({
      words: 15,
      readingMinutes: 1,
      toc: '',
      note: 'links: 1, images: 1, blocks of code: 1',
    })
    expect(await analyze('')).toMatchObject({ words: 0, readingMinutes: 0, note: undefined })
  })

  it('nests the table of contents by level, with levels left out, and takes the harm out of texts', async () => {
    const heading = (level: number, text: string) => ({ level, text, anchor: text.toLowerCase() })
    const headings = [heading(1, 'T'), heading(2, 'A'), heading(4, 'B<"&'), heading(3, 'C'), heading(2, 'D')]
    const link = (text: string) => `<a href="#${text.toLowerCase()}">${text}</a>`
    expect((await analyze('x', headings)).toc).toBe(
      [
        `<ul><li>${link('A')}<ul><li><a href="#b&lt;&quot;&amp;">B&lt;&quot;&amp;</a></li></ul>`,
        `<ul><li>${link('C')}</li></ul></li><li>${link('D')}</li></ul>`,
      ].join(''),
    )
  })

  it('reads the READMEs of this repository many times over without growing', async () => {
    const readme = await readFile(path.join(root, 'README.md'), 'utf8')
    const first = await analyze(readme)
    expect(first.words).toBeGreaterThan(300)
    expect(first.words).toBeLessThan(readme.split(/\s+/).length)
    for (let i = 0; i < 300; i++) expect(await analyze(readme)).toEqual(first)
  })

  it('survives what is deep and what is broken', async () => {
    const hostile = [
      '> '.repeat(20_000),
      '['.repeat(20_000),
      '*'.repeat(20_000),
      '\0\u{fffd}',
      '|'.repeat(5_000),
    ]
    for (const markdown of hostile) expect(await analyze(markdown)).toHaveProperty('words')
  })
})
