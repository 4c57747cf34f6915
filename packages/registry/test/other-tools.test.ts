import { blobOf, mediaTypes } from '@wasm-plugin/registry'
import { expect, test } from 'vitest'
import { testFolder } from './helpers/folders.js'
import { failureOf, open, repositoryIn } from './helpers/registries.js'

/** `package acme:site@0.1.0; interface log { log: func(message: string) }`, as wkg 0.16.1 encodes it. */
const CONTRACT = Buffer.from(
  'AGFzbQ0AAQAHNAFBAgFCAgFAAQdtZXNzYWdlcwEABAADbG9nAQAEABNhY21lOnNpdGUvbG9nQDAuMS4wBQALCQEAA2xvZwMAAAAQDHBhY2thZ2UtZG9j' +
    'cwF7fQBECXByb2R1Y2VycwEMcHJvY2Vzc2VkLWJ5Ag13aXQtY29tcG9uZW50BzAuMjU0LjANd2FzbS1wa2ctY29yZQYwLjE2LjEAGw5jb21wb25lbnQt' +
    'bmFtZQAKCWFjbWU6c2l0ZQANB3ZlcnNpb24wLjEuMA==',
  'base64',
)

test('a contract that wkg published under a name is no plugin, and that is what is said', async () => {
  const folder = testFolder()
  const repository = await repositoryIn(folder, 'site')
  const layer = blobOf(CONTRACT)
  const config = blobOf(
    Buffer.from(
      JSON.stringify({
        created: '2026-01-01T00:00:00Z',
        architecture: 'wasm',
        os: 'wasip2',
        layerDigests: [layer.digest],
        component: { exports: ['acme:site/log@0.1.0'], imports: [], target: null },
      }),
    ),
  )
  for (const blob of [layer, config]) await repository.putBlob(blob)
  const described = (mediaType: string, { digest, size }: typeof layer) => ({ mediaType, digest, size })
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: described(mediaTypes.wasmConfig, config),
    layers: [described(mediaTypes.wasm, layer)],
  }
  await repository.putManifest(Buffer.from(JSON.stringify(manifest)), { tag: '0.1.0' })
  const registry = await open(folder, { confirm: () => true })
  expect((await failureOf(registry.install('acme:site'))).code).toBe('WIT_PACKAGE')
  expect((await registry.list()).size).toBe(0)
})
