import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './support/app.js'
import { pages } from './support/snippets.js'

/** Of a page on GitHub, which READMEs name in full because npm shows them too. */
const OURS = 'https://github.com/wasm-plugin/wasm-plugin/blob/main/'

/** Pages that show no code of their own. */
const MORE = ['examples/README.md', 'test/conformance/README.md']

describe('the links of the documentation', async () => {
  const names = [...MORE, ...(await pages()).filter((page) => page.endsWith('.md'))]
  const texts = new Map(
    await Promise.all(
      names.map(async (page) => [page, await readFile(path.join(root, page), 'utf8')] as const),
    ),
  )
  const links = [...texts].flatMap(([page, text]) => linksOf(text).map((link) => ({ page, link })))

  it('lead to files that are there, and to headings that they have', () => {
    expect(links.length).toBeGreaterThan(60)
    const dead = links.filter(({ page, link }) => !leads(page, link, texts))
    expect(dead.map(({ page, link }) => `${page}: ${link}`)).toEqual([])
  })

  it('reach every page of docs from its index', () => {
    const linked = new Set(
      links.filter(({ page }) => page === 'docs/README.md').map(({ page, link }) => fileOf(page, link)),
    )
    const own = names.filter((page) => /^docs\/[^/]+\.md$/.test(page) && page !== 'docs/README.md')
    expect(own.filter((page) => !linked.has(page))).toEqual([])
  })
})

/** Targets of the links in a page that lead into the repository, in the order they stand there. */
function linksOf(text: string): string[] {
  const prose = text.replaceAll(/^ *```.*\n[\s\S]*?^ *```$/gm, '').replaceAll(/`[^`\n]*`/g, '`code`')
  const inline = [...prose.matchAll(/\]\(\s*([^()\s]+)\s*\)/g)]
  const referenced = [...prose.matchAll(/^\[[^\]]+\]: (\S+)$/gm)]
  return [...inline, ...referenced]
    .map(([, target = '']) => target)
    .filter((target) => target.startsWith(OURS) || !/^[a-z]+:/.test(target))
}

function leads(page: string, link: string, texts: ReadonlyMap<string, string>): boolean {
  const file = fileOf(page, link)
  if (!existsSync(path.join(root, file))) return false
  const [, anchor] = link.split('#')
  return anchor === undefined || anchorsOf(texts.get(file) ?? '').has(anchor)
}

/** As a path from the root of the repository. */
function fileOf(page: string, link: string): string {
  const [target = ''] = link.split('#')
  if (target.startsWith(OURS)) return target.slice(OURS.length)
  return target === '' ? page : path.posix.join(path.posix.dirname(page), target)
}

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of text.replaceAll(/^```.*\n[\s\S]*?^```$/gm, '').matchAll(/^#+ (.*)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-')
    let anchor = slug
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`
    anchors.add(anchor)
  }
  return anchors
}
