import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { createRegistry, generateKeys, readPrivateKey } from '@wasm-plugin/registry'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasDockerRegistry, type RunningRegistry, startDockerRegistry } from './helpers/docker-registry.js'
import { testFolder } from './helpers/folders.js'
import { pluginWith } from './helpers/plugins.js'
import { codeOf } from './helpers/registries.js'

const run = promisify(execFile)
const at = '2026-01-01T00:00:00Z'

// Debian has it; in CI the helper fails without it.
describe.skipIf(!hasDockerRegistry)('a real registry', () => {
  let server: RunningRegistry
  beforeAll(async () => {
    server = await startDockerRegistry()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const open = (folder: string, confirm = false) =>
    createRegistry({
      folder,
      registries: { acme: server.registry },
      ...(confirm ? { confirm: () => true } : {}),
    })

  test('has what was published, signed, for us and for other tools, byte for byte', async () => {
    const folder = testFolder()
    const key = readPrivateKey(generateKeys().privatePem)
    const registry = await open(folder, true)
    const published = await registry.publish(pluginWith({ version: '1.0.0' }), { key })
    expect(published).toMatchObject({ state: 'published', signed: 2 })
    expect(await registry.publish(pluginWith({ version: '1.0.0' }), { key })).toMatchObject({
      state: 'exists',
      signed: 0,
    })
    const { plugin } = await registry.install('acme:insights@1.0.0')
    expect(plugin).toMatchObject({
      manifest: published.manifest,
      registry: server.registry,
      signer: { id: key.id },
    })

    if (!existsSync('/usr/bin/skopeo')) return expect(process.env.CI).toBeUndefined()
    const layout = path.join(folder, 'copy')
    await run('skopeo', [
      'copy',
      '--src-tls-verify=false',
      `docker://${server.registry}/acme/insights:1.0.0`,
      `oci:${layout}:1.0.0`,
    ])
    const blob = await readFile(path.join(layout, 'blobs/sha256', published.content.slice('sha256:'.length)))
    expect(Buffer.compare(blob, Buffer.from(pluginWith({ version: '1.0.0' })))).toBe(0)
  })

  test('gives a version by its digest, which one that was yanked needs consent for, and one that was revoked is not', async () => {
    const key = readPrivateKey(generateKeys().privatePem)
    const registry = await open(testFolder(), true)
    const name = 'acme:outlook'
    const publish = (version: string) =>
      registry.publish(pluginWith({ id: name, name: 'outlook', version }), { key })
    const [yanked, revoked] = [await publish('1.0.0'), await publish('1.1.0')]
    const debug = Buffer.from('names and lines')
    await registry.attachDebug({ name, version: '1.0.0', key, bytes: debug })
    await registry.withdraw({ name, version: '1.0.0', status: 'yanked', reason: 'Old.', at, key })
    await registry.withdraw({ name, version: '1.1.0', status: 'revoked', reason: 'It leaks.', at, key })
    expect(
      await codeOf(registry.withdraw({ name, version: '3.0.0', status: 'revoked', reason: '', at, key })),
    ).toBe('VERSION_NOT_FOUND')

    const by = (digest: string) => `oci://${server.registry}/acme/outlook@${digest}`
    expect(await codeOf(registry.install(by(revoked.manifest)))).toBe('VERSION_REVOKED')
    expect(await codeOf((await open(testFolder())).install(by(yanked.manifest)))).toBe('CONSENT_REQUIRED')
    expect((await registry.install(by(yanked.manifest))).plugin.version).toBe('1.0.0')
    expect(Buffer.from(await registry.debugInfo(by(yanked.manifest)))).toEqual(debug)
    expect(await codeOf(registry.install('acme:outlook'))).toBe('VERSION_NOT_FOUND')
  })

  test('takes a folder of packages as it is, and a folder takes what it has', async () => {
    const folder = testFolder()
    const key = readPrivateKey(generateKeys().privatePem)
    const local = await createRegistry({
      folder,
      cacheFolder: path.join(folder, '.cache'),
      registries: { acme: 'dir:plugins' },
    })
    const published = await local.publish(pluginWith({ version: '2.0.0' }), { key })
    expect(await local.mirror({ name: 'acme:insights', version: '2.0.0', to: server.registry })).toEqual({
      manifest: published.manifest,
      attached: 2,
    })
    const remote = await open(folder, true)
    await remote.mirror({ name: 'acme:insights', version: '2.0.0', to: 'dir:back' })
    const back = await createRegistry({
      folder,
      cacheFolder: path.join(folder, '.back'),
      registries: { acme: 'dir:back' },
      confirm: () => true,
    })
    expect((await back.install('acme:insights')).plugin).toMatchObject({
      manifest: published.manifest,
      signer: { id: key.id },
    })
  })

  test('has versions of other tools too, which say nothing of what they ask for until they are here', async () => {
    if (!existsSync('/usr/bin/skopeo')) return expect(process.env.CI).toBeUndefined()
    const folder = testFolder()
    const registry = await open(folder, true)
    await registry.publish(pluginWith({ id: 'acme:plain', name: 'plain' }))
    const versions = await registry.search('acme:plain')
    expect(versions).toMatchObject({
      more: 0,
      versions: [{ version: '1.0.0', world: 'acme:site/analyzer@0.1.0' }],
    })
    await run('skopeo', [
      'copy',
      '--src-tls-verify=false',
      '--dest-tls-verify=false',
      `docker://${server.registry}/acme/plain:1.0.0`,
      `docker://${server.registry}/acme/plain:latest`,
    ])
    expect(await registry.search('acme:plain')).toEqual(versions)
  })
})
