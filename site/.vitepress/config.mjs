import { defineConfig } from 'vitepress'
import { outsideLinks } from './outside-links.mjs'
import { sidebar } from './sidebar.mjs'

const REPOSITORY = 'https://github.com/wasm-plugin/wasm-plugin'

export default defineConfig({
  title: 'Wasm Plugin',
  description:
    'A plugin framework for Node applications: WebAssembly components, typed contracts, per-plugin grants',
  lang: 'en',
  // A copy of `docs`, which a forge shows too: pages become modules, whose dependencies are those of this folder.
  srcDir: './pages',
  outDir: './dist',
  cacheDir: '../.cache/site',
  rewrites: (page) => page.replace(/(^|\/)README\.md$/, '$1index.md'),
  cleanUrls: true,
  // A link to a page or a heading that is not there fails the build.
  ignoreDeadLinks: false,
  markdown: {
    // The nearest that the highlighter has.
    languageAlias: { wit: 'rust', wat: 'wasm' },
    // What stands between angle brackets is text.
    html: false,
    config: (markdown) => outsideLinks(markdown, `${REPOSITORY}/blob/main`),
  },
  themeConfig: {
    sidebar,
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    editLink: { pattern: `${REPOSITORY}/edit/main/docs/:path`, text: 'Mend this page' },
  },
})
