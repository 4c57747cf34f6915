import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  createRegistry,
  digestOf,
  generateKeys,
  mediaTypes,
  type Published,
  type Registry,
  readPrivateKey,
  type SigningKey,
} from '@wasm-plugin/registry'
import { expect } from 'vitest'
import { testFolder } from '../helpers/folders.js'
import { pluginWith } from '../helpers/plugins.js'

/** A version of ours in a registry, signed. */
export interface OurVersion extends Published {
  readonly bytes: Uint8Array
  readonly key: SigningKey
  readonly publicPem: string
  /** `127.0.0.1:5000/acme/insights:1.0.0` and the same by its digest. */
  readonly tagged: string
  readonly pinned: string
}

let count = 0

/** Publishes another version each time, so that no test finds what an earlier one left. */
export async function publishOurs(registry: string, id = 'acme:insights'): Promise<OurVersion> {
  const keys = generateKeys()
  const key = readPrivateKey(keys.privatePem)
  const bytes = pluginWith({ id, version: `1.0.${count++}` })
  const published = await applicationOf(registry, testFolder()).then((ours) => ours.publish(bytes, { key }))
  const place = `${published.registry}/${published.repository}`
  return {
    ...published,
    bytes,
    key,
    publicPem: keys.publicPem,
    tagged: `${place}:${published.version}`,
    pinned: `${place}@${published.manifest}`,
  }
}

/** An application whose packages `acme:…` come from one place; it agrees to everything. */
export async function applicationOf(place: string, folder = testFolder()): Promise<Registry> {
  const cacheFolder = path.join(folder, '.cache')
  return await createRegistry({ folder, cacheFolder, registries: { acme: place }, confirm: () => true })
}

/** Whoever installs from `place` gets these very bytes, and knows who signed them. */
export async function expectInstalled(
  place: string,
  { version, bytes, key }: Pick<OurVersion, 'version' | 'bytes'> & { key?: SigningKey },
): Promise<void> {
  const application = await applicationOf(place)
  const installed = await application.install(`acme:insights@${version}`)
  expect(Buffer.compare(installed.bytes, bytes)).toBe(0)
  expect(installed.plugin).toMatchObject({ version, content: digestOf(bytes) })
  expect(installed.plugin.signer).toEqual(
    key === undefined ? undefined : expect.objectContaining({ id: key.id }),
  )
}

/** A plugin for the tools of others to publish: `plugin.wasm`, and `config.json` for those that do not write one. */
export async function writeFiles(): Promise<{ folder: string; version: string; bytes: Uint8Array }> {
  const folder = testFolder()
  const version = `2.0.${count++}`
  const bytes = pluginWith({ version })
  await writeFile(path.join(folder, 'plugin.wasm'), bytes)
  const config = { created: null, architecture: 'wasm', os: 'wasip2', layerDigests: [digestOf(bytes)] }
  await writeFile(path.join(folder, 'config.json'), JSON.stringify(config))
  return { folder, version, bytes }
}

export const WASM_CONFIG = mediaTypes.wasmConfig
export const WASM = mediaTypes.wasm

export async function expectFile(file: string, bytes: Uint8Array): Promise<void> {
  expect(Buffer.compare(await readFile(file), bytes)).toBe(0)
}
