import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { BUILDERS, buildCopy } from './build-copy.mjs'
import { inRoot } from './paths.mjs'
import { timed } from './report.mjs'
import { rustEnv, setUpRust } from './rust.mjs'
import { unlessDone } from './stamps.mjs'

const SOURCES = inRoot('examples/serve-app')
const OUT = inRoot('.cache/serve-app')

/** Builds the plugins of `examples/serve-app`, each only when its sources changed; the answer is where they are, by their names. */
export async function buildServeApp() {
  const { ready } = await setUpRust()
  const files = {
    ...(ready && { api: await buildPlugin('api') }),
    greeting: await buildPlugin('greeting'),
    page: await buildPlugin('page'),
    program: await buildProgram(),
  }
  return files
}

/** By `wasm-plugin build`, in a copy that has the WIT of WASI beside its own. */
async function buildPlugin(name) {
  const folder = path.join(OUT, name)
  const result = path.join(folder, 'dist', `${name}.wasm`)
  // The example of the site needs the same crates: built once for both.
  const target = inRoot('examples/rust-plugin/target')
  const env = name === 'api' ? { ...(await rustEnv()), CARGO_TARGET_DIR: target } : {}
  const paths = [path.join(SOURCES, name), path.join(SOURCES, 'wit'), inRoot('wit/deps'), ...BUILDERS]
  await unlessDone(`serve-app-${name}`, { inputs: { paths }, results: [result] }, () =>
    timed('Building', `examples/serve-app/${name}`, () => {
      const sources = [
        [path.join(SOURCES, name), '.'],
        [path.join(SOURCES, 'wit'), 'wit'],
      ]
      return buildCopy(folder, { sources, env })
    }),
  )
  return result
}

/** A core module of WASI preview 1, by clang alone. */
async function buildProgram() {
  const source = path.join(SOURCES, 'program/page.c')
  const result = path.join(OUT, 'program/page.wasm')
  await unlessDone('serve-app-program', { inputs: { paths: [source] }, results: [result] }, () =>
    timed('Building', 'examples/serve-app/program', async () => {
      const { runClang } = await import(
        pathToFileURL(inRoot('packages/host/node_modules/@yowasp/clang/gen/bundle.js')).href
      )
      const files = { 'page.c': await readFile(source) }
      const tree = await runClang(['clang', '-O2', '-Wall', 'page.c', '-o', 'page.wasm'], files, {
        stderr: () => {},
      })
      await mkdir(path.dirname(result), { recursive: true })
      await writeFile(result, tree['page.wasm'])
    }),
  )
  return result
}
