import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { GrantsInput, Host, Plugin } from '@wasm-plugin/host'
import type { AnalyzerExports } from './generated/analyzer.js'
import type { RendererExports, RendererImports } from './generated/renderer.js'

/** The plugins of the site, in the order in which they see a document. */
export interface Plugins {
  /** `undefined` where it was not built: it needs Rust. */
  readonly markdown: Plugin<RendererExports> | undefined
  readonly insights: Plugin<AnalyzerExports>
  readonly greedy: Plugin<AnalyzerExports>
}

/** What the application offers to every plugin: its log. */
const imports: RendererImports = {
  'acme:site/log': {
    log(level, message) {
      if (level === 'warn' || level === 'error') console.error(`${level}: ${message}`)
    },
  },
}

/**
 * Loads every plugin with the grants that this application decided on. Nothing else is open to any of them.
 *
 * @param where.installed Names of plugins to take from the host's registry, in place of those that were built here.
 */
export async function loadPlugins(
  host: Host,
  { noticeUrl, installed }: { noticeUrl: string; installed: ReadonlyMap<string, unknown> | undefined },
): Promise<Plugins> {
  const grants: GrantsInput = {
    fs: [{ path: fileURLToPath(new URL('../settings', import.meta.url)), at: '/settings', access: 'read' }],
    env: { READING_SPEED: '220', NOTICE_URL: noticeUrl },
    net: [`GET ${noticeUrl}`],
  }
  const sourceOf = (name: string, file: string) => (installed ? name : component(file))
  const markdown = component('rust-plugin/dist/markdown.wasm')
  const hasMarkdown = installed ? installed.has('acme:markdown') : existsSync(markdown)
  const [analyzer, collector] = [
    sourceOf('acme:insights', 'assemblyscript-plugin/dist/insights.wasm'),
    sourceOf('acme:greedy', 'greedy-plugin/dist/greedy.wasm'),
  ]
  const [renderer, insights, greedy] = await Promise.all([
    hasMarkdown
      ? host.load<RendererExports, RendererImports>(installed ? 'acme:markdown' : markdown, { imports })
      : undefined,
    host.load<AnalyzerExports>(analyzer, { imports, grants }),
    host.load<AnalyzerExports>(collector, { imports }),
  ])
  return { markdown: renderer, insights, greedy }
}

/** A component that `wasm-plugin build` wrote. */
function component(path: string): URL {
  return new URL(`../../${path}`, import.meta.url)
}
