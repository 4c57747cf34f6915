// A process that writes as a publisher, or as an application that installs does.
import { readFileSync } from 'node:fs'
import { blobOf, openCache, openLayout } from '@wasm-plugin/registry'

const [what, folder, from] = process.argv.slice(2)
const layout = openLayout({ folder: what === 'publish' ? folder : from, path: 'acme/render' })

for (const { tag, layers, manifest, referrer, blob } of JSON.parse(readFileSync(0, 'utf8'))) {
  if (what === 'install') {
    await openCache(folder).fetch(blob, layout)
    continue
  }
  for (const layer of layers) await layout.putBlob(blobOf(Buffer.from(layer, 'base64')))
  const subject = await layout.putManifest(Buffer.from(manifest, 'base64'))
  await layout.attach(subject, [Buffer.from(referrer, 'base64')])
  await layout.putManifest(Buffer.from(manifest, 'base64'), { tag })
}
