import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { build } from 'esbuild'
import { inRoot, plugins } from './paths.mjs'

const folder = (file) => inRoot('examples/web-app', file)

/** What isolates the page from others, and lets no text become script. */
const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'content-security-policy':
    "default-src 'none'; connect-src 'self'; worker-src 'self'; style-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
}

const NOTICE = { edition: 'Field notes', notice: 'Reading times assume a reader in no hurry.' }

/** Serves the page of `examples/web-app` on this machine alone; the answer is its URL, and how to end it. */
export async function serveWebDemo() {
  const files = new Map([
    ['/', ['text/html; charset=utf-8', () => readFile(folder('index.html'))]],
    ['/style.css', ['text/css', () => readFile(folder('style.css'))]],
    ['/thread.js', ['text/javascript', () => readFile(inRoot('packages/web/dist/thread.js'))]],
    ['/settings.ini', ['text/plain', () => readFile(inRoot('examples/node-app/settings/analyzer.ini'))]],
    ['/notice.json', ['application/json', () => JSON.stringify(NOTICE)]],
    ...plugins.map(({ folder, name }) => [
      `/plugins/${name}.wasm`,
      ['application/wasm', () => readFile(inRoot('examples', folder, 'dist', `${name}.wasm`))],
    ]),
    ...(await bundle()),
  ])
  const server = createServer(async (request, response) => {
    const [type, body] = files.get(request.url) ?? []
    const content = await Promise.resolve(body?.()).catch(() => undefined)
    response.writeHead(content === undefined ? 404 : 200, {
      'content-type': type ?? 'text/plain',
      ...HEADERS,
    })
    response.end(content)
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** The page's script with the packages that it imports, of which a part comes when it is needed. */
async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [folder('app.js')],
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    outdir: 'out',
    absWorkingDir: inRoot(),
    nodePaths: [inRoot('examples/web-app/node_modules')],
    write: false,
    logLevel: 'error',
  })
  return outputFiles.map(({ path, contents }) => [
    path.slice(path.lastIndexOf('/')),
    ['text/javascript', async () => contents],
  ])
}

/**
 * Does in a browser what a person would: drops documents, picks each plugin, sets its checkboxes, runs it, and reads off
 * the page what came of it.
 */
export async function driveWebDemo(page, { url, documents }) {
  await page.goto(url)
  await page.locator('button:enabled').waitFor()
  await page.setInputFiles('input[name=documents]', documents)
  const runs = [
    ['markdown', []],
    ['insights', ['fs', 'env', 'net']],
    ['prose', []],
    ['greedy', []],
  ]
  for (const [name, checked] of runs) {
    const option = page.locator(`option[value=${name}]`)
    if ((await page.request.get(`${url}plugins/${name}.wasm`)).status() === 404) continue
    await page.selectOption('select', await option.getAttribute('value'))
    for (const box of ['fs', 'env', 'net']) await page.setChecked(`input[name=${box}]`, checked.includes(box))
    const before = await page.locator('#runs tr').count()
    await page.click('button')
    await page.locator('#runs tr').nth(before).waitFor()
    await page.locator('button:enabled').waitFor()
  }
  const cells = (table) =>
    page.$$eval(`#${table} tr`, (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)))
  return {
    schema: 1,
    plugins: (await cells('runs')).map(([name, , outcome, digest]) => ({
      name,
      digest,
      ok: outcome === 'ok',
    })),
    denied: (await cells('denied')).map(([plugin, capability, target]) => ({ plugin, capability, target })),
  }
}
