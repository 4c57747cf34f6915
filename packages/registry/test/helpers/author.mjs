// A process that publishes a signed plugin, or installs one, as an author and an application do.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createRegistry, readPrivateKey } from '@wasm-plugin/registry'

const [what, folder, place, subject] = process.argv.slice(2)
const cacheFolder = path.join(folder, '.cache')
const registry = await createRegistry({
  folder,
  cacheFolder,
  registries: { acme: place },
  confirm: () => true,
})

if (what === 'publish') {
  const key = readPrivateKey(readFileSync(path.join(folder, 'acme.key'), 'utf8'))
  await registry.publish(readFileSync(subject), { key })
} else await registry.install(subject)
