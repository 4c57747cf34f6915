import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ComponentError } from '@wasm-plugin/host'
import type { Document } from './generated/renderer.js'
import { type Article, articlePage, escapeHtml, indexPage, pagePath } from './pages.js'
import type { Plugins } from './plugins.js'

/** Hands a document to every plugin and puts together what they answer. */
export async function makeArticle(doc: Document, plugins: Plugins): Promise<Article> {
  const page = await render(doc, plugins)
  const analyze = (plugin: Plugins['insights']) =>
    answer(doc, plugin.exports['acme:site/analyze'].analyze(doc, page.headings))
  const insights = await analyze(plugins.insights)
  await analyze(plugins.greedy)
  return { path: doc.path, title: page.title ?? doc.path.replace(/\.[^./]+$/, ''), html: page.html, insights }
}

/** Without a renderer the text itself is readable enough. */
async function render(doc: Document, { markdown }: Plugins) {
  const page = markdown && (await answer(doc, markdown.exports['acme:site/render'].render(doc)))
  return page ?? { title: undefined, html: `<pre>${escapeHtml(doc.markdown)}</pre>`, headings: [] }
}

/** The `err` of the contract is about one document: the site goes on without that part. */
async function answer<T>(doc: Document, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call
  } catch (error) {
    if (!ComponentError.is(error)) throw error
    console.error(`${doc.path}: ${error.payload}`)
    return undefined
  }
}

/** Writes the site and answers with the bytes of its pages. The folder is replaced. */
export async function writeSite(folder: string, articles: readonly Article[]): Promise<number> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await copyFile(new URL('../style.css', import.meta.url), path.join(folder, 'style.css'))
  const pages = new Map(articles.map((article) => [pagePath(article.path), articlePage(article)]))
  pages.set('index.html', indexPage(articles))
  let bytes = 0
  for (const [name, html] of pages) {
    const file = path.join(folder, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, html)
    bytes += Buffer.byteLength(html)
  }
  return bytes
}
