import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { BUILDERS, buildCopy } from '../lib/build-copy.mjs'
import { inRoot } from '../lib/paths.mjs'
import { timed } from '../lib/report.mjs'
import { unlessDone } from '../lib/stamps.mjs'

const SOURCES = inRoot('test/k8s/plugin')

/** Of the plugin: each says which one it is. */
export const VERSIONS = ['1.0.0', '1.1.0']
export const PLUGIN = 'acme:page'

/** Builds `test/k8s/plugin` as this version, when it changed. Gives the component. */
export async function buildPlugin(version) {
  const folder = inRoot('.cache/k8s', `page-${version}`)
  const result = path.join(folder, 'dist/page.wasm')
  const inputs = { paths: [SOURCES, inRoot('wit/deps'), ...BUILDERS], values: [version] }
  await unlessDone(`k8s-page-${version}`, { inputs, results: [result] }, () =>
    timed('Building', `test/k8s/plugin ${version}`, () =>
      buildCopy(folder, { sources: [[SOURCES, '.']], prepare: () => setVersion(folder, version) }),
    ),
  )
  return result
}

async function setVersion(folder, version) {
  for (const name of ['wasm-plugin.json', 'assembly/index.ts']) {
    const file = path.join(folder, name)
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('0.0.0', version))
  }
}
