import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { generateKeys, openCache, readPrivateKey } from '@wasm-plugin/registry'
import { expect, test } from 'vitest'
import { attack } from './helpers/attack.js'
import { testFolder } from './helpers/folders.js'
import { pluginWith } from './helpers/plugins.js'
import { codeOf, failureOf, open, trustOnly } from './helpers/registries.js'

const AT = '2026-01-01T00:00:00Z'
const WANTED = { imports: ['acme:site/log@0.1.0'], exports: [] }

/** An application that has installed a version whose publisher can call it back. */
async function installed() {
  const folder = testFolder()
  const keys = generateKeys()
  const key = readPrivateKey(keys.privatePem)
  await trustOnly(folder, keys.publicPem)
  const registry = await open(folder)
  await registry.publish(pluginWith(), { key })
  await registry.install('acme:insights')
  const said = { name: 'acme:insights', version: '1.0.0', reason: 'It leaks.', at: AT }
  const withdraw = (status: 'yanked' | 'revoked') => registry.withdraw({ ...said, key, status })
  return { folder, registry, key, withdraw, load: () => registry.resolve('acme:insights', WANTED) }
}

/** What the cache was told of the one version. */
async function heardIn(folder: string): Promise<string> {
  const heard = path.join(folder, '.cache/withdrawals')
  const [name = ''] = await readdir(heard)
  return path.join(heard, name)
}

attack(
  'G67',
  'is called back by its publisher, in an application that has it in its cache, and whose registry is gone or tells it no longer',
  'who heard of it once loads it never again, also without the network',
  async () => {
    const { folder, registry, withdraw, load } = await installed()
    const plugins = path.join(folder, 'plugins')
    await cp(plugins, path.join(folder, 'before'), { recursive: true })
    await withdraw('revoked')
    // Nobody has asked since: a load from the cache asks nobody.
    await load()
    expect(await registry.recheck()).toMatchObject([{ status: { status: 'revoked' } }])
    const revoked = { code: 'VERSION_REVOKED', message: expect.stringContaining('It leaks.') }
    expect(await failureOf(load())).toMatchObject(revoked)
    await rm(plugins, { recursive: true })
    expect(await codeOf((await open(folder, { offline: true })).resolve('acme:insights', WANTED))).toBe(
      'VERSION_REVOKED',
    )
    await rename(path.join(folder, 'before'), plugins)
    expect(await registry.recheck()).toMatchObject([{ status: { status: 'revoked' } }])
    expect(await failureOf(registry.install('acme:insights'))).toMatchObject({
      code: 'VERSION_NOT_FOUND',
      message: expect.stringContaining('1.0.0: it was revoked: It leaks.'),
    })
    expect(await failureOf(load())).toMatchObject(revoked)
  },
)

attack(
  'G68',
  'has a cache in which somebody wrote that a version of another publisher was called back, or anything else',
  'only what the signer of the version says counts',
  async () => {
    const { folder, registry, key, load } = await installed()
    const elsewhere = testFolder()
    const foreign = readPrivateKey(generateKeys().privatePem)
    const other = await open(elsewhere)
    await other.publish(pluginWith(), { key: foreign })
    await other.withdraw({
      ...{ name: 'acme:insights', version: '1.0.0', key: foreign },
      ...{ status: 'revoked', reason: 'Mine is better.', at: AT },
    })
    await other.install('acme:insights').catch(() => undefined)
    const [plugin] = (await registry.list()).values()
    const theirs = JSON.parse(await readFile(await heardIn(elsewhere), 'utf8'))
    expect(theirs.bundles).toHaveLength(1)
    const file = await heardIn(folder)
    for (const text of [JSON.stringify(theirs), '{"asked":"never","bundles":[7]}', '[', '']) {
      await writeFile(file, text)
      expect((await load()).name).toBe('acme:insights')
    }
    // The same key, about another version.
    await registry.publish(pluginWith({ version: '1.1.0' }), { key })
    const said = { name: 'acme:insights', version: '1.1.0', reason: 'It leaks.', at: AT }
    await registry.withdraw({ ...said, key, status: 'revoked' })
    await registry.outdated()
    const cache = openCache(path.join(folder, '.cache'))
    const names = await readdir(path.dirname(file))
    const newer = names.find((name) => name !== path.basename(file)) ?? ''
    const about = await cache.withdrawals(`sha256:${newer.replace('.json', '')}`)
    await cache.heard(plugin?.manifest ?? 'sha256:', about?.bundles ?? [])
    expect(about?.bundles).toHaveLength(1)
    expect((await load()).name).toBe('acme:insights')
  },
)

test('who loads from the cache is told when the registry was asked last', async () => {
  const { folder, registry, withdraw, load } = await installed()
  const { asked = '' } = await load()
  expect(new Date(asked).toISOString()).toBe(asked)
  await withdraw('yanked')
  expect((await load()).asked).toBe(asked)
  const file = await heardIn(folder)
  const before = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...before, asked: AT }))
  expect((await load()).asked).toBe(AT)
  await registry.recheck()
  const again = await load()
  expect(again.asked).not.toBe(AT)
  // Yanked is for those who do not have it.
  expect(again.name).toBe('acme:insights')
})
