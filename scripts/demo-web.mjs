// The same plugins in a web page: serves examples/web-app, until it is interrupted. `--json` uses the page in a browser as a
// person would, prints one JSON document on stdout, and nothing else there.
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { build } from './build.mjs'
import { setUpChromium } from './lib/chromium.mjs'
import { collectReadmes } from './lib/readmes.mjs'
import { report } from './lib/report.mjs'
import { script } from './lib/run.mjs'
import { setup } from './setup.mjs'

/** Documents that are dropped: a person drops a few. */
const DOCUMENTS = 12

await script(async () => {
  await build(await setup())
  // It bundles the page, with a package that is not there before the set-up.
  const { serveWebDemo } = await import('./lib/web-demo.mjs')
  const demo = await serveWebDemo()
  if (!process.argv.includes('--json')) {
    report('Serving', `${demo.url} (interrupt it to end)`)
    return
  }
  try {
    console.log(JSON.stringify(await inBrowser(demo.url)))
  } finally {
    demo.close()
  }
})

async function inBrowser(url) {
  const { CHROMIUM } = await setUpChromium()
  const { chromium } = await import('playwright-core')
  const { driveWebDemo } = await import('./lib/web-demo.mjs')
  const browser = await chromium.launch({
    ...(CHROMIUM && { executablePath: CHROMIUM }),
    args: ['--no-sandbox'],
  })
  try {
    const folder = await collectReadmes()
    const names = (await readdir(folder)).filter((name) => name.endsWith('.md')).sort()
    const documents = names.slice(0, DOCUMENTS).map((name) => path.join(folder, name))
    return await driveWebDemo(await browser.newPage(), { url, documents })
  } finally {
    await browser.close()
  }
}
