import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { transpileBytes } from '@bytecodealliance/jco-transpile'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { guests, LOAD_SIZES } from '../guests.mjs'

const here = (file) => fileURLToPath(new URL(file, import.meta.url))

/** The rows of `page.mjs`, in Chromium. */
export async function webRows({ quick, only }) {
  const server = await serve()
  const { CHROMIUM } = process.env
  const browser = await chromium.launch({
    ...(CHROMIUM && { executablePath: CHROMIUM }),
    args: ['--no-sandbox'],
  })
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${server.address().port}/`)
    const results = await page.evaluate((options) => globalThis.bench(options), { quick, only })
    return { browser: `Chromium ${browser.version()}`, results }
  } finally {
    await browser.close()
    server.close()
  }
}

/** What isolates a page from others. */
const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

async function serve() {
  const small = await made()
  const files = new Map([
    ['/', ['text/html', '<!doctype html><script type="module" src="/page.js"></script>']],
    ['/thread.js', ['text/javascript', await readFile(here('../../../packages/web/dist/thread.js'))]],
    ['/page.js', ['text/javascript', await bundled(small.script)]],
  ])
  for (const [size, { modules }] of Object.entries({ small, large: await made(LOAD_SIZES['1 MB']) }))
    for (const [name, bytes] of Object.entries(modules))
      files.set(`/${size}/${name}.wasm`, ['application/wasm', bytes])
  const server = createServer(({ url }, response) => {
    const [type, body] = files.get(url) ?? ['text/plain', undefined]
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type, ...HEADERS }).end(body)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** The component of a size, and what jco makes of it: a script and three core modules. */
async function made(size) {
  const { component } = await guests(size)
  const { files } = await transpileBytes(component, { name: 'calls', instantiation: 'sync' })
  const all = Object.fromEntries(Array.isArray(files) ? files : Object.entries(files))
  const modules = {
    component,
    core: all['calls.core.wasm'],
    core2: all['calls.core2.wasm'],
    core3: all['calls.core3.wasm'],
  }
  return { script: Buffer.from(all['calls.js']), modules }
}

/** The page's script, with that of jco. */
async function bundled(jco) {
  const { outputFiles } = await build({
    entryPoints: [here('page.mjs')],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'jco',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^jco:/ }, ({ path }) => ({ path, namespace: 'jco' }))
          onLoad({ filter: /.*/, namespace: 'jco' }, () => ({
            contents: jco,
            loader: 'js',
          }))
        },
      },
    ],
  })
  return outputFiles[0].contents
}
