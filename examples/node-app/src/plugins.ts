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

/** Loads every plugin with the grants that this application decided on. Nothing else is open to any of them. */
export async function loadPlugins(host: Host, noticeUrl: string): Promise<Plugins> {
  const grants: GrantsInput = {
    fs: [{ path: fileURLToPath(new URL('../settings', import.meta.url)), at: '/settings', access: 'read' }],
    env: { READING_SPEED: '220', NOTICE_URL: noticeUrl },
    net: [`GET ${noticeUrl}`],
  }
  const markdown = component('rust-plugin/dist/markdown.wasm')
  const [renderer, insights, greedy] = await Promise.all([
    existsSync(markdown) ? host.load<RendererExports, RendererImports>(markdown, { imports }) : undefined,
    host.load<AnalyzerExports>(component('assemblyscript-plugin/dist/insights.wasm'), { imports, grants }),
    host.load<AnalyzerExports>(component('greedy-plugin/dist/greedy.wasm'), { imports }),
  ])
  return { markdown: renderer, insights, greedy }
}

/** A component that `wasm-plugin build` wrote. */
function component(path: string): URL {
  return new URL(`../../${path}`, import.meta.url)
}
