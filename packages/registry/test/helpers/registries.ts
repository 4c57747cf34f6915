import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  type CreateOptions,
  createRegistry,
  loadConfig,
  openRepository,
  type Registry,
  type Repository,
} from '@wasm-plugin/registry'
import { PluginError } from '@wasm-plugin/runtime'
import { expect } from 'vitest'

/** A registry of packages `acme:…` in the folder `plugins` of an application. */
export function open(folder: string, options: CreateOptions = {}): Promise<Registry> {
  const cacheFolder = path.join(folder, '.cache')
  return createRegistry({ folder, cacheFolder, registries: { acme: 'dir:plugins' }, ...options })
}

/** The repository of one of its packages, to write what no publisher writes. */
export async function repositoryIn(folder: string, name: string): Promise<Repository> {
  const place = { folder: path.join(folder, 'plugins'), path: `acme/${name}` }
  return await openRepository(place, { config: await loadConfig({ cwd: folder }) })
}

/** Lets only the key's signatures count for `acme:…`. */
export async function trustOnly(folder: string, publicPem: string, more: object = {}): Promise<void> {
  await writeFile(path.join(folder, 'acme.pub'), publicPem)
  const rules = [{ packages: 'acme:*', signers: [{ key: 'acme.pub' }] }]
  await writeFile(path.join(folder, 'wasm-plugin.trust.json'), JSON.stringify({ version: 1, rules, ...more }))
}

export async function failureOf(promise: Promise<unknown>): Promise<PluginError> {
  const error = await promise.then(
    () => expect.unreachable('it was taken'),
    (thrown) => thrown,
  )
  if (!PluginError.is(error)) throw error
  return error
}

export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return (await failureOf(promise)).code
}
