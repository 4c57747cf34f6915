import { fileURLToPath } from 'node:url'
import { createHost, type Host, type Plugin } from '@wasm-plugin/host'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const EXAMPLE = fileURLToPath(
  new URL('../../../../../examples/typescript-plugin/dist/marked.wasm', import.meta.url),
)

interface Page {
  readonly title?: string
  readonly html: string
  readonly headings: readonly { level: number; text: string; anchor: string }[]
}

describe('the example plugin in TypeScript, with an npm package in it', () => {
  let host: Host
  let plugin: Plugin<{ 'acme:site/render': { render(doc: object): Promise<Page> } }>
  const lines: string[] = []

  beforeAll(async () => {
    host = await createHost()
    const log = (_: string, message: string) => void lines.push(message)
    plugin = await host.load(EXAMPLE, {
      imports: { 'acme:site/log': { log } },
    })
  })
  afterAll(() => host?.close())

  const render = (markdown: string) => plugin.exports['acme:site/render'].render({ path: 'a.md', markdown })

  it('renders Markdown and lists the headings', async () => {
    const page = await render('# Hé *you*\n\n## Part\n\n## Part\n\n- [x] done\n')
    expect(page.title).toBe('Hé you')
    expect(page.headings.map(({ anchor }) => anchor)).toEqual(['hé-you', 'part', 'part-2'])
    expect(page.html).toContain('<h1 id="hé-you">Hé <em>you</em></h1>')
    expect(page.html).toContain('checked')
  })

  it('lets no script through', async () => {
    const attack =
      '<script>alert(1)</script>\n\n[a](javascript:alert(1)) [b](JAVA\tSCRIPT:alert(1)) [c](data:text/html,x)\n\n'
    const { html } = await render(`${attack}![d](x" onerror="alert(1)) <img src=x onerror=alert(1)>`)
    expect(html).not.toMatch(/<script|<a |<img src=x|" onerror=/i)
    expect(lines.some((line) => line.includes('left out a link'))).toBe(true)
  })
})
