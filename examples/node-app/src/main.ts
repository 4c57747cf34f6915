import path from 'node:path'
import { parseArgs } from 'node:util'
import { createHost } from '@wasm-plugin/host'
import { createRegistry } from '@wasm-plugin/registry'
import { watchAccesses } from './accesses.js'
import { readDocuments } from './documents.js'
import { serveNotice } from './notices.js'
import type { Article } from './pages.js'
import { loadPlugins } from './plugins.js'
import { makeArticle, writeSite } from './site.js'
import { type Summary, summaryText } from './summary.js'

// node dist/main.js <folder of Markdown> [--out <folder>] [--registry <folder of wasm-plugin.lock>] [--json]
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: 'site' },
    registry: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const [folder = '.'] = positionals
const site = path.resolve(values.out)
const started = performance.now()

// What was installed there, exactly; without it, what was built beside this application.
const registry = values.registry ? await createRegistry({ folder: values.registry, frozen: true }) : undefined
await using host = await createHost({ limits: { timeoutMs: 10_000 }, ...(registry && { registry }) })
const { allowed, denied } = watchAccesses(host)
host.on('fault', ({ plugin, error }) => console.error(`${plugin} failed: ${error.message}`))

await using notices = await serveNotice()
const plugins = await loadPlugins(host, { noticeUrl: notices.url, installed: await registry?.list() })
if (!plugins.markdown)
  console.error('The Rust plugin is not built (`npm run setup` says how): pages show plain text.')

const documents = await readDocuments(folder)
const articles: Article[] = []
for (const doc of documents) articles.push(await makeArticle(doc, plugins))
const bytesOut = await writeSite(site, articles)

const languages: Record<string, string> = {
  markdown: 'Rust',
  insights: 'AssemblyScript',
  greedy: 'AssemblyScript',
}
const summary: Summary = {
  schema: 1,
  documents: documents.length,
  plugins: Object.values(plugins)
    .filter((plugin) => plugin !== undefined)
    .map(({ name, digest, stats }) => ({
      name,
      digest,
      language: languages[name] ?? 'unknown',
      calls: stats.calls,
      ms: Math.round(stats.durationMs),
    })),
  denials: denied.map(({ plugin, capability, target }) => ({ plugin, capability, target })),
}
const bytesIn = documents.reduce((sum, { markdown }) => sum + Buffer.byteLength(markdown), 0)
const totals = { site, bytesIn, bytesOut, ms: performance.now() - started, allowed, denied }
console.log(values.json ? JSON.stringify(summary) : summaryText(summary, totals))
