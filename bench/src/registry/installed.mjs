import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRegistry, generateKeys, openOci, readPrivateKey } from '@wasm-plugin/registry'
import { serveRegistry } from '../../../scripts/lib/serve-registry.mjs'

const PLUGIN = fileURLToPath(
  new URL('../../../examples/assemblyscript-plugin/dist/insights.wasm', import.meta.url),
)
const VERSIONS = 1_000
const nothing = { imports: [], exports: [] }

/** An application with an installed plugin, which is the newest of 1,000 versions. None without a registry. */
export async function installedPlugin() {
  const server = await serveRegistry()
  if (server === undefined) return undefined
  const bytes = readFileSync(PLUGIN)
  const folder = await mkdtemp(path.join(tmpdir(), 'wasm-plugin-bench-'))
  const keys = generateKeys()
  await writeFile(path.join(folder, 'acme.pub'), keys.publicPem)
  const rules = [{ packages: '*', signers: [{ key: 'acme.pub' }] }]
  await writeFile(path.join(folder, 'wasm-plugin.trust.json'), JSON.stringify({ version: 1, rules }))
  const cacheFolder = path.join(folder, 'cache')
  const registries = { acme: server.registry }
  const open = () => createRegistry({ folder, cacheFolder, registries, confirm: () => true })
  const registry = await open()
  const { name, manifest } = await registry.publish(bytes, { key: readPrivateKey(keys.privatePem) })
  const repository = openOci({ registry: server.registry, path: name.replace(':', '/') })
  const stored = await repository.manifest(manifest)
  for (let n = 1; n < VERSIONS; n++) await repository.putManifest(stored.bytes, { tag: `0.0.${n}` })
  await registry.install(name)
  return {
    isAsync: true,
    // As an application does that starts.
    load: async () => (await open()).resolve(name, nothing),
    resolve: () => registry.review(name),
    async close() {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
