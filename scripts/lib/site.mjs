import { cp, rm } from 'node:fs/promises'
import { inRoot } from './paths.mjs'
import { timed } from './report.mjs'
import { run } from './run.mjs'

/** Makes `site/dist` of `docs`, with what `installSite` installed. */
export async function buildSite() {
  await rm(inRoot('site/pages'), { recursive: true, force: true })
  await cp(inRoot('docs'), inRoot('site/pages'), { recursive: true })
  const vitepress = inRoot('site/node_modules/.bin/vitepress')
  await timed('Building', 'site', () => run(vitepress, ['build'], { cwd: inRoot('site') }))
}
