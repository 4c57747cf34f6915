import { randomBytes } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { blobOf, mediaTypes, openCache, openLayout, openOci } from '@wasm-plugin/registry'
import { serveRegistry } from '../../../scripts/lib/serve-registry.mjs'
import { copies, SKOPEO } from './copies.mjs'

const SIZE = 60 << 20

/**
 * Clients of one registry, that push a new version out of a folder, and pull one into an empty folder. None where
 * Debian's packages are not installed.
 */
export async function registryClients() {
  const server = existsSync(SKOPEO) ? await serveRegistry() : undefined
  if (server === undefined) return undefined
  const folder = await mkdtemp(path.join(tmpdir(), 'wasm-plugin-bench-'))
  const { registry } = server
  const layouts = path.join(folder, 'layouts')
  let count = 0
  let fresh

  /** An empty place for what is pulled. */
  async function empty() {
    await rm(path.join(folder, 'pulled'), { recursive: true, force: true })
    await mkdir(path.join(folder, 'pulled'))
  }

  /** A version that no registry and no client has seen. */
  async function renew() {
    await rm(layouts, { recursive: true, force: true })
    const layer = blobOf(randomBytes(SIZE))
    const config = blobOf(Buffer.from('{}'))
    const blob = { mediaType: mediaTypes.wasm, digest: layer.digest, size: layer.size }
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.manifest,
        config: { mediaType: mediaTypes.wasmConfig, digest: config.digest, size: config.size },
        layers: [blob],
      }),
    )
    const layout = openLayout({ folder: layouts, path: 'bench/plugin' })
    for (const one of [layer, config]) await layout.putBlob(one)
    await layout.putManifest(manifest, { tag: 'v' })
    fresh = {
      config,
      blob,
      manifest,
      file: path.join(layouts, 'bench/plugin/blobs/sha256', blob.digest.slice(7)),
    }
  }

  const ours = {
    isAsync: true,
    async push(repository) {
      const { file, blob, config, manifest } = fresh
      const there = openOci({ registry, path: repository })
      const read = (start) => createReadStream(file, { start, highWaterMark: 1 << 18 })
      await there.putBlob({ digest: blob.digest, size: blob.size, read })
      await there.putBlob(config)
      await there.putManifest(manifest, { tag: 'v' })
    },
    async pull(repository) {
      const there = openOci({ registry, path: repository })
      const { document } = await there.manifest('v')
      await openCache(path.join(folder, 'pulled')).fetch(document.layers[0], there)
    },
  }
  const transfers = copies({ layout: `${layouts}/bench/plugin`, pulled: `${folder}/pulled/plugin`, registry })
  await renew()
  await ours.push('bench/there')
  return {
    renew,
    empty,
    next: () => `bench/p${count++}`,
    there: 'bench/there',
    clients: { ours, ...transfers },
    async close() {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
