import { execFile, execFileSync } from 'node:child_process'
import { createPublicKey, verify } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import {
  type Descriptor,
  digestOf,
  generateKeys,
  loadConfig,
  mediaTypes,
  openRepository,
  type Registry,
  type Repository,
  readPrivateKey,
} from '@wasm-plugin/registry'
import { describe, expect, it, test } from 'vitest'
import { FakeRegistry } from './helpers/fake-registry.js'
import { testFolder } from './helpers/folders.js'
import { readAll } from './helpers/forge.js'
import { pluginWith } from './helpers/plugins.js'
import { codeOf, open, repositoryIn } from './helpers/registries.js'

const execFileAsync = promisify(execFile)
const keys = generateKeys()
const key = readPrivateKey(keys.privatePem)
const component = pluginWith({ description: 'Finds words.' })

/** A package in a folder, or in a registry. */
const places: [string, () => Promise<{ registry: Registry; repository: Repository }>][] = [
  [
    'a folder',
    async () => {
      const folder = testFolder()
      return { registry: await open(folder), repository: await repositoryIn(folder, 'insights') }
    },
  ],
  [
    'a registry',
    async () => {
      const { registry: host } = await FakeRegistry.start()
      const registry = await open(testFolder(), { registries: { acme: host } })
      const config = await loadConfig({ cwd: testFolder() })
      return {
        registry,
        repository: await openRepository({ registry: host, path: 'acme/insights' }, { config }),
      }
    },
  ],
]

async function jsonAt(repository: Repository, blob: Descriptor) {
  return JSON.parse((await readAll(repository.readBlob(blob))).toString())
}

/** What is signed of a manifest, with signatures that count. */
async function statementsOf(repository: Repository, subject: Descriptor['digest']) {
  const statements = []
  for (const { digest } of await repository.referrers(subject)) {
    const { document } = (await repository.manifest(digest)) ?? { document: {} }
    const { layers } = document as unknown as { layers: [Descriptor] }
    const { dsseEnvelope } = await jsonAt(repository, layers[0])
    const payload = Buffer.from(dsseEnvelope.payload, 'base64')
    const { payloadType } = dsseEnvelope
    const head = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `
    const signature = Buffer.from(dsseEnvelope.signatures[0].sig, 'base64')
    const signed = Buffer.concat([Buffer.from(head), payload])
    expect(verify('sha256', signed, createPublicKey(keys.publicPem), signature)).toBe(true)
    statements.push(JSON.parse(payload.toString()))
  }
  return statements
}

describe.each(places)('an image in %s', (_, start) => {
  it('is beside the version, has the plugin in its file system, and is signed as the same', async () => {
    const { registry, repository } = await start()
    const alone = await registry.publish(component, { key })
    expect(alone.image).toBeUndefined()
    const published = await registry.publish(component, { key, image: true })
    expect(published).toMatchObject({
      ...{ state: 'exists', manifest: alone.manifest },
      image: { tag: 'image-1.0.0', state: 'published', signed: 2 },
    })
    expect((await repository.manifest('1.0.0'))?.document).toMatchObject({ mediaType: mediaTypes.manifest })
    expect((await registry.search('acme:insights')).versions).toMatchObject([{ version: '1.0.0' }])

    const stored = await repository.manifest('image-1.0.0')
    if (stored === undefined) return expect.unreachable('there is no image')
    const { digest } = stored.descriptor
    expect(digest).toBe(published.image?.manifest)
    const { config, layers, annotations } = stored.document as {
      config: Descriptor
      layers: Descriptor[]
      annotations: object
    }
    expect(annotations).toMatchObject({
      'org.opencontainers.image.version': '1.0.0',
      'org.opencontainers.image.description': 'Finds words.',
    })
    expect(layers).toMatchObject([{ mediaType: 'application/vnd.oci.image.layer.v1.tar' }])
    const layer = await readAll(repository.readBlob(layers[0] as Descriptor))
    expect(await jsonAt(repository, config)).toEqual({
      ...{ created: '1970-01-01T00:00:00Z', architecture: 'wasm', os: 'wasip2' },
      ...{
        config: { Entrypoint: ['/plugin.wasm'] },
        rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
      },
    })

    const folder = testFolder()
    writeFileSync(path.join(folder, 'layer.tar'), layer)
    const tar = (...args: string[]) =>
      execFileSync('tar', args, {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' },
      })
    expect(tar('--numeric-owner', '-tvf', 'layer.tar')).toMatch(
      new RegExp(`^-rw-r--r-- 0/0 +${component.length} 1970-01-01 00:00 plugin\\.wasm\n$`),
    )
    tar('-xf', 'layer.tar')
    expect(readdirSync(folder).sort()).toEqual(['layer.tar', 'plugin.wasm'])
    expect(readFileSync(path.join(folder, 'plugin.wasm')).equals(component)).toBe(true)

    const [first, second] = await statementsOf(repository, digest)
    for (const { subject } of [first, second])
      expect(subject).toMatchObject([{ digest: { sha256: digest.slice('sha256:'.length) } }])
    expect([first, second].map(({ predicateType }) => predicateType).sort()).toEqual([
      'https://sigstore.dev/cosign/sign/v1',
      'https://wasm-plugin.dev/attestation/v1',
    ])
    const { predicate } = [first, second].find(({ predicateType }) =>
      predicateType.endsWith('attestation/v1'),
    )
    expect(predicate).toMatchObject({ package: 'acme:insights', version: '1.0.0', content: alone.content })
  })

  it('never changes, and is not there after a dry run', async () => {
    const { registry, repository } = await start()
    const dry = await registry.publish(component, { image: true, dryRun: true })
    expect(dry.image).toMatchObject({ tag: 'image-1.0.0', state: 'dry-run', signed: 0 })
    expect(await repository.manifest('image-1.0.0')).toBeUndefined()
    const { image } = await registry.publish(component, { image: true })
    expect(image?.manifest).toBe(dry.image?.manifest)
    expect((await registry.publish(component, { image: true })).image).toMatchObject({
      ...{ state: 'exists', signed: 0, manifest: image?.manifest },
    })
    const other = await repository.manifest('1.0.0')
    await repository.putManifest(other?.bytes ?? new Uint8Array(), { tag: 'image-1.0.0' })
    expect(await codeOf(registry.publish(component, { image: true }))).toBe('VERSION_EXISTS')
  })
})

test('an image is nothing to install, not even under the tag of a version', async () => {
  const { registry: host } = await FakeRegistry.start()
  const registry = await open(testFolder(), { registries: { acme: host } })
  const { image } = await registry.publish(component, { image: true })
  const by = `oci://${host}/acme/insights`
  expect(await codeOf(registry.install(`${by}@${image?.manifest}`))).toBe('ARTIFACT_INVALID')
  const config = await loadConfig({ cwd: testFolder() })
  const repository = await openRepository({ registry: host, path: 'acme/insights' }, { config })
  const stored = await repository.manifest('image-1.0.0')
  await repository.putManifest(stored?.bytes ?? new Uint8Array(), { tag: '1.1.0' })
  expect(await codeOf(registry.install('acme:insights@1.1.0'))).toBe('ARTIFACT_INVALID')
})

test.skipIf(!existsSync('/usr/bin/skopeo'))(
  'an image is one to skopeo, which copies it as it is',
  async () => {
    const server = await FakeRegistry.start()
    const registry = await open(testFolder(), { registries: { acme: server.registry } })
    const { image } = await registry.publish(component, { image: true })
    const skopeo = (...args: string[]) => execFileAsync('/usr/bin/skopeo', args)
    const from = `docker://${server.registry}/acme/insights:image-1.0.0`
    const folder = testFolder()
    await skopeo(
      'copy',
      '--quiet',
      '--preserve-digests',
      '--src-tls-verify=false',
      from,
      `oci:${folder}:image`,
    )
    const { manifests } = JSON.parse(readFileSync(path.join(folder, 'index.json'), 'utf8'))
    expect(manifests).toMatchObject([{ digest: image?.manifest }])
    const { stdout } = await skopeo('inspect', '--config', `oci:${folder}:image`)
    expect(JSON.parse(stdout)).toMatchObject({ os: 'wasip2', config: { Entrypoint: ['/plugin.wasm'] } })
  },
)
