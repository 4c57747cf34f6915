import path from 'node:path'
import { readWhole } from './artifact/index.js'
import { loadConfig, locate } from './config/index.js'
import type { BlobCache } from './install/index.js'
import { openRepository } from './place/index.js'
import { Registry, type RegistryOptions } from './registry.js'

export interface CreateOptions extends RegistryOptions {
  registries?: Readonly<Record<string, string>>
}

export async function createRegistry(options: CreateOptions = {}): Promise<Registry> {
  const folder = path.resolve(options.folder ?? '.')
  const config = await loadConfig({ cwd: folder, registries: options.registries })
  const at = async (registry: string, where: string) =>
    registry.startsWith('dir:')
      ? await openRepository({ folder: path.resolve(folder, registry.slice(4)), path: where }, { config })
      : await openRepository({ registry, path: where }, { config })
  const kept = new Map<string, Uint8Array<ArrayBuffer>>()
  const cache: BlobCache = {
    async get({ digest }) {
      return kept.get(digest)
    },
    async put({ digest, size }, bytes) {
      const whole = await readWhole(bytes, size)
      kept.set(digest, whole)
      return whole
    },
  }
  return new Registry(options, {
    cache,
    places: {
      at,
      async ofPackage(name) {
        return await openRepository(await locate(name, config), { config })
      },
    },
  })
}
