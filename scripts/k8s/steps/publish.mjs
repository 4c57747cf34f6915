import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { inRoot } from '../../lib/paths.mjs'
import { run } from '../../lib/run.mjs'
import { REGISTRY_CERTIFICATE } from '../cluster/certificates.mjs'
import { inFolder, REGISTRY } from '../cluster/places.mjs'
import { PLUGIN, VERSIONS } from '../plugin.mjs'

const BIN = inRoot('packages/cli/bin/wasm-plugin.js')

/** Publishes every version of the plugin, signed, and gives the application that installs it: a folder and our command in it. */
export async function publishSteps(checks, { plugins }) {
  const folder = inFolder('application')
  mkdirSync(folder)
  const own = { HOME: inFolder('home'), NODE_EXTRA_CA_CERTS: REGISTRY_CERTIFICATE, NO_COLOR: '1' }
  const wasmPlugin = (...args) => run(process.execPath, [BIN, ...args], { cwd: folder, env: own })
  const read = (name) => readFileSync(`${folder}/${name}`, 'utf8')
  await checks.check('the versions of a plugin are published and signed', async () => {
    await wasmPlugin('registry', 'add', 'acme', REGISTRY)
    await wasmPlugin('keygen', 'acme')
    const rules = [{ packages: 'acme:*', signers: [{ key: 'acme.pub' }] }]
    writeFileSync(`${folder}/wasm-plugin.trust.json`, JSON.stringify({ version: 1, rules }))
    for (const version of VERSIONS) await wasmPlugin('publish', plugins[version], '--key', 'acme.key')
    for (const version of VERSIONS) await wasmPlugin('verify', `${PLUGIN}@${version}`)
  })
  return { folder, wasmPlugin, read }
}
