import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import type { Firefox } from '../../../../test/support/firefox.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

export const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

/** WebAssembly may be compiled, and no text may become script. */
export const STRICT = {
  'content-security-policy':
    "default-src 'none'; connect-src 'self'; worker-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
}

export interface Site {
  readonly script: string
  readonly wasm: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

/** A page that is served with given headers, and what its script gives to `answer`. */
export async function visit(
  browser: Browser,
  /** @param act what the person does once the page is there */
  { act, ...site }: Site & { readonly act?: (page: Page) => Promise<void> },
): Promise<unknown> {
  return await served(site, async (url) => {
    const page = await browser.newPage()
    let answered: (answers: unknown) => void = () => {}
    const said = new Promise((resolve, reject) => {
      page.on('pageerror', reject)
      answered = resolve
    })
    await page.exposeFunction('answer', (answers: unknown) => answered(answers))
    await page.goto(url)
    await act?.(page)
    const answers = await said
    await page.close()
    return answers
  })
}

/** The same in Firefox. */
export async function visitInFirefox(firefox: Firefox, site: Site): Promise<unknown> {
  return await served(site, (url) => firefox.visit(url))
}

async function served<T>({ script, wasm, headers }: Site, look: (url: string) => Promise<T>): Promise<T> {
  const files = new Map<string, [type: string, body: string | Uint8Array]>([
    [
      '/',
      [
        'text/html; charset=utf-8',
        '<!doctype html><title>page</title><script type="module" src="/page.js"></script>',
      ],
    ],
    ['/thread.js', ['text/javascript', await readFile(`${root}dist/thread.js`)]],
    ['/plugin.wasm', ['application/wasm', wasm]],
  ])
  for (const { path, contents } of await bundled(script))
    files.set(path.slice(path.indexOf('/out/') + 4), ['text/javascript', contents])
  const server = createServer((request, response) => {
    const [type, body] = files.get(request.url ?? '') ?? ['text/plain', undefined]
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type, ...headers }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await look(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

async function bundled(script: string) {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: root },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    outdir: 'out',
    entryNames: 'page',
    absWorkingDir: root,
    write: false,
    logLevel: 'silent',
  })
  return outputFiles
}
