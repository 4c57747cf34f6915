import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createRegistry, generateKeys, type Review, readPrivateKey } from '@wasm-plugin/registry'
import { expect, test } from 'vitest'
import { testFolder } from './helpers/folders.js'
import { pluginWith } from './helpers/plugins.js'
import { codeOf, failureOf, open } from './helpers/registries.js'

const READS = { fs: [{ at: '/settings', access: 'read' as const, reason: 'Reads its settings.' }] }

test('a plugin is published into a folder, installed, locked and given to a host by its name', async () => {
  const folder = testFolder()
  const registry = await open(folder)
  const published = await registry.publish(pluginWith())
  expect(published).toMatchObject({ name: 'acme:insights', version: '1.0.0', state: 'published', signed: 0 })

  const { plugin, changed } = await registry.install('acme:insights@^1')
  expect({ changed, ...plugin }).toMatchObject({
    changed: true,
    version: '1.0.0',
    requirement: '^1',
    manifest: published.manifest,
    content: published.content,
    registry: 'dir:plugins',
  })
  const { bytes } = await registry.resolve('acme:insights@^1', {
    imports: ['acme:site/log@0.1.0'],
    exports: [],
  })
  expect(Buffer.compare(bytes, pluginWith())).toBe(0)
  expect((await registry.install('acme:insights@^1')).changed).toBe(false)
})

test('publishing again changes nothing, and other bytes under the version are refused', async () => {
  const registry = await open(testFolder())
  const first = await registry.publish(pluginWith())
  expect(await registry.publish(pluginWith())).toEqual({ ...first, state: 'exists' })
  expect(await codeOf(registry.publish(pluginWith({ description: 'other' })))).toBe('VERSION_EXISTS')
})

test('a component without an id, or with a version that no tag can have, is not published', async () => {
  const registry = await open(testFolder())
  expect(await codeOf(registry.publish(pluginWith({ id: undefined })))).toBe('NOT_PUBLISHABLE')
  expect(await codeOf(registry.publish(pluginWith({ version: '1.0.0+linux' })))).toBe('VERSION_INVALID')
})

test('the newest version that fits the application is taken, and the others are said', async () => {
  const folder = testFolder()
  const registry = await open(folder, {
    fit: { imports: ['acme:site/log@0.1.0'], exports: ['acme:site/analyze@0.2.0'] },
  })
  await registry.publish(pluginWith())
  const error = await registry.install('acme:insights').catch((thrown) => thrown)
  expect(error.code).toBe('VERSION_NOT_FOUND')
  expect(error.message).toContain('1.0.0: it does not export acme:site/analyze@0.2.0')
})

test('a prerelease is named where there is nothing else', async () => {
  const registry = await open(testFolder())
  await registry.publish(pluginWith({ version: '1.0.0-rc.2' }))
  await registry.publish(pluginWith({ version: '1.0.0-rc.10' }))
  for (const range of ['', '@^1', '@*']) {
    const error = await failureOf(registry.install(`acme:insights${range}`))
    expect(error.code).toBe('VERSION_NOT_FOUND')
    expect(error.hint).toContain('acme:insights@1.0.0-rc.10')
  }
  await expect(registry.install('acme:insights@1.0.0-rc.2')).resolves.toBeDefined()
})

test('what a plugin asks for needs consent, which is bound to what was shown', async () => {
  const folder = testFolder()
  await (await open(folder)).publish(pluginWith({ capabilities: READS }))
  expect(await codeOf((await open(folder)).install('acme:insights'))).toBe('CONSENT_REQUIRED')
  expect(await codeOf((await open(folder, { confirm: () => false })).install('acme:insights'))).toBe(
    'CONSENT_REFUSED',
  )
  expect(await readFile(path.join(folder, 'wasm-plugin.lock'), 'utf8').catch(() => 'none')).toBe('none')

  // The same is known without a download.
  const known = await (await open(folder)).review('acme:insights')
  expect(known.review.asks.fs).toEqual(READS.fs)
  expect(await readdir(path.join(folder, '.cache')).catch(() => [])).toEqual([])

  const shown: Review[] = []
  const registry = await open(folder, { confirm: (review) => shown.push(review) > 0 })
  await registry.install('acme:insights')
  expect(shown[0]?.changes).toEqual([
    { kind: 'capability', text: 'it asks for files at /settings (read: Reads its settings.)' },
  ])
  // Agreed to once; the same again asks nobody.
  await (await open(folder)).install('acme:insights')
})

test('an update that asks for more, a downgrade and another registry need consent', async () => {
  const folder = testFolder()
  const registry = await open(folder)
  await registry.publish(pluginWith({ version: '1.0.0' }))
  await registry.install('acme:insights@^1')
  await registry.publish(pluginWith({ version: '1.1.0', capabilities: READS }))
  const [row] = await registry.outdated()
  expect(row).toMatchObject({ version: '1.0.0', wanted: '1.1.0', newest: '1.1.0' })
  expect(row?.changes.map(({ kind }) => kind)).toEqual(['capability'])
  expect(await codeOf(registry.install('acme:insights@^1'))).toBe('CONSENT_REQUIRED')
  await (await open(folder, { confirm: () => true })).install('acme:insights@^1')
  expect(await codeOf(registry.install('acme:insights@1.0.0'))).toBe('CONSENT_REQUIRED')

  await registry.mirror({ name: 'acme:insights', version: '1.1.0', to: 'dir:other' })
  const moved = await open(folder, { registries: { acme: 'dir:other' } })
  expect(await codeOf(moved.install('acme:insights@^1'))).toBe('CONSENT_REQUIRED')
})

test('loading a plugin does not change the version that is locked', async () => {
  const folder = testFolder()
  const registry = await open(folder)
  for (const version of ['1.0.0', '2.0.0']) await registry.publish(pluginWith({ version }))
  await registry.install('acme:insights@^1')
  const wanted = { imports: [], exports: [] }
  const error = await failureOf(registry.resolve('acme:insights@^2', wanted))
  expect(error.message).toContain('the lock file has 1.0.0')
  expect((await registry.list()).get('acme:insights')?.version).toBe('1.0.0')
})

test('a frozen lock file decides alone', async () => {
  const folder = testFolder()
  await (await open(folder)).publish(pluginWith())
  const frozen = await open(folder, { frozen: true })
  const wanted = { imports: [], exports: [] }
  expect(await codeOf(frozen.install('acme:insights'))).toBe('LOCK_FROZEN')
  expect(await codeOf(frozen.resolve('acme:insights', wanted))).toBe('LOCK_FROZEN')
  await (await open(folder)).install('acme:insights@^1')
  expect((await frozen.resolve('acme:insights@^1.0', wanted)).plugin.version).toBe('1.0.0')
  expect(await codeOf(frozen.resolve('acme:insights@^2', wanted))).toBe('LOCK_FROZEN')
  expect(await frozen.install('acme:insights@^1')).toMatchObject({ changed: false, before: '1.0.0' })
})

test('a signed version is verified by the policy, and nothing else is', async () => {
  const folder = testFolder()
  const ours = generateKeys()
  const theirs = generateKeys()
  await writeFile(path.join(folder, 'acme.pub'), ours.publicPem)
  await writeFile(
    path.join(folder, 'wasm-plugin.trust.json'),
    JSON.stringify({ version: 1, rules: [{ packages: 'acme:*', signers: [{ key: 'acme.pub' }] }] }),
  )
  const registry = await open(folder)
  await registry.publish(pluginWith({ version: '1.0.0' }))
  expect(await codeOf(registry.install('acme:insights'))).toBe('SIGNATURE_MISSING')
  await registry.sign({ name: 'acme:insights', version: '1.0.0', key: readPrivateKey(theirs.privatePem) })
  expect(await codeOf(registry.install('acme:insights'))).toBe('SIGNER_UNTRUSTED')
  expect(
    await registry.sign({ name: 'acme:insights', version: '1.0.0', key: readPrivateKey(ours.privatePem) }),
  ).toMatchObject({ signed: 2 })
  expect(
    await registry.sign({ name: 'acme:insights', version: '1.0.0', key: readPrivateKey(ours.privatePem) }),
  ).toMatchObject({ signed: 0 })
  const { plugin } = await registry.install('acme:insights')
  expect(plugin.signer).toMatchObject({ kind: 'key', id: ours.id })
  expect((await registry.verify('acme:insights')).review.signer).toEqual(plugin.signer)
})

test('a version that its signer withdrew is passed over; what others say of it counts for nothing', async () => {
  const folder = testFolder()
  const [ours, theirs] = [generateKeys(), generateKeys()].map(({ privatePem }) => readPrivateKey(privatePem))
  if (ours === undefined || theirs === undefined) return expect.unreachable()
  const registry = await open(folder, { confirm: () => true })
  for (const version of ['1.0.0', '1.1.0']) await registry.publish(pluginWith({ version }), { key: ours })
  const withdrawn = {
    name: 'acme:insights',
    version: '1.1.0',
    status: 'yanked',
    reason: 'It counts wrong.',
    at: '2026-01-01T00:00:00Z',
  } as const
  await registry.withdraw({ ...withdrawn, key: theirs })
  expect((await registry.install('acme:insights')).plugin.version).toBe('1.1.0')
  await registry.withdraw({ ...withdrawn, key: ours })
  expect(await registry.recheck()).toMatchObject([
    { name: 'acme:insights', status: { status: 'yanked', reason: 'It counts wrong.' } },
  ])
  const again = await registry.install('acme:insights')
  expect(again.plugin.version).toBe('1.0.0')
  expect(again.passedOver).toEqual([{ version: '1.1.0', reason: 'it was yanked: It counts wrong.' }])
})

test.each([
  [{ frozn: true }, 'frozen'],
  [{ trust: { rules: [] } }, 'trustFile'],
  [{ confirm: 5 }, 'confirm'],
  [{ folder: 5 }, 'folder'],
  [{ folder: '' }, 'folder'],
  [{ cacheFolder: '' }, 'cacheFolder'],
  [null, ''],
])('options that are none are refused: %j', async (options, named) => {
  const error = await failureOf(createRegistry(options as never))
  expect(error.code).toBe('REGISTRY_OPTIONS_INVALID')
  expect(`${error.message} ${error.hint}`).toContain(named)
})

test('a locked version that was revoked is not downloaded again', async () => {
  const folder = testFolder()
  const key = readPrivateKey(generateKeys().privatePem)
  const registry = await open(folder)
  await registry.publish(pluginWith(), { key })
  await registry.install('acme:insights')
  const at = '2026-01-01T00:00:00Z'
  const name = 'acme:insights'
  await registry.withdraw({ name, version: '1.0.0', status: 'revoked', reason: 'It leaks.', at, key })
  const wanted = { imports: [], exports: [] }
  // What is here already needs nobody to be asked.
  expect((await registry.resolve(name, wanted)).plugin.version).toBe('1.0.0')
  await rm(path.join(folder, '.cache'), { recursive: true })
  expect(await codeOf(registry.resolve(name, wanted))).toBe('VERSION_REVOKED')
})
