// Makes `dist`: the engine and the splicer of componentize-js as they are published, without the packages that it
// needs for what a build of Wasm Plugin does itself.
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(here, 'dist')
const upstream = join(here, 'node_modules/@bytecodealliance/componentize-js')
const { version } = JSON.parse(readFileSync(join(upstream, 'package.json'), 'utf8'))

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist)
copyFileSync(join(upstream, 'lib/starlingmonkey_embedding.wasm'), join(dist, 'engine.wasm'))
for (const part of ['core', 'core2'])
  copyFileSync(
    join(upstream, `lib/spidermonkey-embedding-splicer.${part}.wasm`),
    join(dist, `spidermonkey-embedding-splicer.${part}.wasm`),
  )
await build({
  entryPoints: [join(here, 'src/index.js')],
  outfile: join(dist, 'index.js'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  legalComments: 'inline',
  plugins: [
    {
      name: 'no-wasi',
      setup({ onResolve }) {
        onResolve({ filter: /^@bytecodealliance\/preview2-shim\// }, () => ({
          path: join(here, 'src/no-wasi.js'),
        }))
      },
    },
  ],
})
console.log(`engine and splicer of componentize-js ${version}`)
