import { execFile } from 'node:child_process'
import { readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { generateKeys, readPrivateKey } from '@wasm-plugin/registry'
import { expect } from 'vitest'
import { attack } from '../helpers/attack.js'
import { testFolder } from '../helpers/folders.js'
import { attachBundle, bundlesOf, copyVersion, forge } from '../helpers/forge.js'
import { pluginWith } from '../helpers/plugins.js'
import { codeOf, failureOf, open, repositoryIn, trustOnly } from '../helpers/registries.js'

const READS = { fs: [{ at: '/settings', access: 'read' as const, reason: 'Reads its settings.' }] }

/** An application that trusts one key, and a version 1.0.0 that is signed with it. */
async function signed() {
  const folder = testFolder()
  const keys = generateKeys()
  const key = readPrivateKey(keys.privatePem)
  await trustOnly(folder, keys.publicPem)
  const registry = await open(folder, { confirm: () => true })
  await registry.publish(pluginWith({ capabilities: READS }), { key })
  return { folder, registry, key, repository: await repositoryIn(folder, 'insights') }
}

attack(
  'G40',
  'Is an old signed version that the registry offers as a newer one',
  'refused: it says which version it is, and with other words the signature is not about it',
  async () => {
    const { registry, repository } = await signed()
    const old = await repository.manifest('1.0.0')
    await repository.putManifest(old?.bytes ?? new Uint8Array(), { tag: '1.9.0' })
    expect(await failureOf(registry.install('acme:insights'))).toMatchObject({
      code: 'ARTIFACT_INVALID',
      message: expect.stringContaining('it is version 1.0.0'),
    })
    const forged = await forge(repository, {
      from: '1.0.0',
      tag: '1.9.0',
      change: ({ config }) => Object.assign(config['dev.wasm-plugin.manifest'], { version: '1.9.0' }),
    })
    for (const bundle of await bundlesOf(repository, '1.0.0')) await attachBundle(repository, forged, bundle)
    const error = await failureOf(registry.install('acme:insights'))
    expect(error.code).toBe('SIGNER_UNTRUSTED')
    expect(error.message).toContain('another manifest is signed')
  },
)

attack(
  'G41',
  'Carries the signature of another package of the same publisher',
  'refused: the signature names package and version',
  async () => {
    const { folder, registry, key, repository } = await signed()
    await registry.publish(pluginWith({ id: 'acme:outlook', name: 'outlook' }), { key })
    const other = await repositoryIn(folder, 'outlook')
    const put = await copyVersion(other, repository, { from: '1.0.0', tag: '1.1.0' })
    for (const bundle of await bundlesOf(other, '1.0.0')) await attachBundle(repository, put, bundle)
    expect(await codeOf(registry.install('acme:insights'))).toBe('ARTIFACT_INVALID')
  },
)

attack(
  'G42',
  'Declares fewer capabilities, imports or exports than its component has',
  'refused after the download; nothing is locked',
  async () => {
    for (const change of [
      (config: Record<string, unknown>) =>
        Object.assign(config['dev.wasm-plugin.manifest'] as object, { capabilities: {} }),
      (config: Record<string, unknown>) => Object.assign(config.component as object, { imports: [] }),
      (config: Record<string, unknown>) => Object.assign(config.component as object, { exports: [] }),
    ]) {
      const folder = testFolder()
      const registry = await open(folder, { confirm: () => true })
      await registry.publish(pluginWith({ capabilities: READS }))
      await forge(await repositoryIn(folder, 'insights'), {
        from: '1.0.0',
        tag: '1.0.0',
        change: ({ config }) => change(config),
      })
      expect(await codeOf(registry.install('acme:insights'))).toBe('ARTIFACT_MISMATCH')
      expect(await readFile(path.join(folder, 'wasm-plugin.lock'), 'utf8').catch(() => 'none')).toBe('none')
    }
  },
)

attack(
  'G43',
  'Is an artifact with a second layer, of another kind, of an endless size, or about another component',
  'refused before anything is downloaded',
  async () => {
    const changes: [string, (documents: { manifest: never; config: never }) => void][] = [
      [
        'layers',
        ({ manifest }: { manifest: { layers: object[] } }) =>
          manifest.layers.push(manifest.layers[0] as object),
      ],
      [
        'layers',
        ({ manifest }: { manifest: { layers: object[] } }) => {
          manifest.layers = []
        },
      ],
      [
        'mediaType',
        ({ manifest }: { manifest: { layers: object[] } }) =>
          Object.assign(manifest.layers[0] as object, { mediaType: 'text/html' }),
      ],
      [
        'mediaType',
        ({ manifest }: { manifest: { config: object } }) =>
          Object.assign(manifest.config, { mediaType: 'application/json' }),
      ],
      [
        'size',
        ({ manifest }: { manifest: { layers: object[] } }) =>
          Object.assign(manifest.layers[0] as object, { size: -1 }),
      ],
      [
        'size',
        ({ manifest }: { manifest: { layers: object[] } }) =>
          Object.assign(manifest.layers[0] as object, { size: 1.5 }),
      ],
      [
        'about another component',
        ({ config }: { config: { layerDigests: string[] } }) => {
          config.layerDigests = [`sha256:${'0'.repeat(64)}`]
        },
      ],
      ['architecture', ({ config }: { config: object }) => Object.assign(config, { architecture: 'amd64' })],
      [
        'imports',
        ({ config }: { config: { component: object } }) =>
          Object.assign(config.component, { imports: ['a\u202eb'] }),
      ],
    ] as never
    for (const [what, change] of changes) {
      const folder = testFolder()
      const registry = await open(folder)
      await registry.publish(pluginWith())
      await forge(await repositoryIn(folder, 'insights'), {
        from: '1.0.0',
        tag: '1.0.0',
        change: change as never,
      })
      const error = await failureOf(registry.install('acme:insights'))
      expect(error.code, what).toBe('ARTIFACT_INVALID')
      expect(error.message).toContain(what)
    }
    const folder = testFolder()
    const registry = await open(folder, { maxBytes: 1_000 })
    await registry.publish(pluginWith())
    expect(await codeOf(registry.install('acme:insights'))).toBe('COMPONENT_TOO_LARGE')
  },
)

attack(
  'G44',
  'Has a signature whose payload, signature or hint was changed, or that is no signature at all',
  'none of it counts, and why is said',
  async () => {
    const { registry, key, repository } = await signed()
    await registry.publish(pluginWith({ version: '1.1.0' }))
    const subject = (await repository.manifest('1.1.0'))?.descriptor
    if (subject === undefined) return expect.unreachable()
    const [bundle] = await bundlesOf(repository, '1.0.0')
    const json = JSON.parse(String(bundle))
    const flipped = Buffer.from(json.dsseEnvelope.signatures[0].sig, 'base64')
    flipped[20] = (flipped[20] ?? 0) ^ 1
    const payload = Buffer.from(json.dsseEnvelope.payload, 'base64')
      .toString()
      .replace(/[0-9a-f]{64}/, subject.digest.slice(7))
    const texts = [
      'not JSON',
      '{}',
      JSON.stringify({ ...json, mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1' }),
      JSON.stringify({
        ...json,
        dsseEnvelope: { ...json.dsseEnvelope, signatures: [{ sig: flipped.toString('base64') }] },
      }),
      JSON.stringify({
        ...json,
        dsseEnvelope: { ...json.dsseEnvelope, payload: Buffer.from(payload).toString('base64') },
      }),
      JSON.stringify({ ...json, dsseEnvelope: { ...json.dsseEnvelope, payloadType: 'text/plain' } }),
      JSON.stringify({
        ...json,
        verificationMaterial: { publicKey: { hint: Buffer.alloc(32).toString('base64') } },
      }),
      JSON.stringify({ ...json, dsseEnvelope: { ...json.dsseEnvelope, signatures: [] } }),
    ]
    for (const text of texts) await attachBundle(repository, subject, Buffer.from(text))
    expect(await codeOf(registry.install('acme:insights'))).toBe('SIGNER_UNTRUSTED')
    await registry.sign({ name: 'acme:insights', version: '1.1.0', key })
    expect((await registry.install('acme:insights')).plugin.version).toBe('1.1.0')
  },
)

attack(
  'G45',
  'Is signed again by somebody else, with a key that is sent along',
  'the signer of before counts; alone, the new one needs consent',
  async () => {
    const folder = testFolder()
    const [ours, theirs] = [generateKeys(), generateKeys()].map(({ privatePem }) =>
      readPrivateKey(privatePem),
    ) as [never, never]
    const trusting = await open(folder, { confirm: () => true })
    await trusting.publish(pluginWith(), { key: ours })
    const { plugin } = await trusting.install('acme:insights')
    await trusting.publish(pluginWith({ version: '1.1.0' }), { key: theirs })
    const asked = await failureOf((await open(folder)).install('acme:insights'))
    expect(asked.code).toBe('CONSENT_REQUIRED')
    expect(asked.message).toContain('it was signed by the key')
    await trusting.sign({ name: 'acme:insights', version: '1.1.0', key: ours })
    expect((await (await open(folder)).install('acme:insights')).plugin.signer).toEqual(plugin.signer)
  },
)

attack(
  'G46',
  'Was signed with a key that was retired, or has bytes that were denied, after it was installed',
  'it is neither installed nor loaded from the lock file any more',
  async () => {
    const { folder, registry, key } = await signed()
    const { plugin } = await registry.install('acme:insights')
    const pem = await readFile(path.join(folder, 'acme.pub'), 'utf8')
    const wanted = { imports: [], exports: [] }
    await trustOnly(folder, pem, { retiredKeys: [key.id] })
    expect(await codeOf(registry.resolve('acme:insights', wanted))).toBe('SIGNER_UNTRUSTED')
    expect(await codeOf(registry.install('acme:insights'))).toBe('SIGNER_UNTRUSTED')
    await trustOnly(folder, pem, { denied: [plugin.content] })
    expect(await codeOf(registry.resolve('acme:insights', wanted))).toBe('DIGEST_DENIED')
    expect(await codeOf(registry.install('acme:insights'))).toBe('DIGEST_DENIED')
  },
)

attack(
  'G47',
  'Has a name that is nearly that of an installed package',
  'it needs consent, and the review says so',
  async () => {
    const folder = testFolder()
    const registry = await open(folder)
    await registry.publish(pluginWith())
    await registry.install('acme:insights')
    await registry.publish(pluginWith({ id: 'acme:insigths', name: 'insigths' }))
    const error = await failureOf(registry.install('acme:insigths'))
    expect(error.code).toBe('CONSENT_REQUIRED')
    expect(error.message).toContain('nearly that of acme:insights')
  },
)

attack(
  'G48',
  'Offers thousands of versions that do not fit',
  'fifty are looked at, and the search ends',
  async () => {
    const folder = testFolder()
    const registry = await open(folder, { fit: { imports: [], exports: ['acme:other/x@1.0.0'] } })
    await registry.publish(pluginWith())
    const repository = await repositoryIn(folder, 'insights')
    for (let minor = 1; minor <= 60; minor++)
      await forge(repository, {
        from: '1.0.0',
        tag: `1.${minor}.0`,
        change: ({ config }) =>
          Object.assign(config['dev.wasm-plugin.manifest'], { version: `1.${minor}.0` }),
      })
    const error = await failureOf(registry.install('acme:insights'))
    expect(error).toMatchObject({ code: 'VERSION_NOT_FOUND' })
    expect((error.data as { passedOver: string[] }).passedOver).toHaveLength(5)
  },
)

attack(
  'G49',
  'Is another plugin in its component than the one it is published as, by a tool that declares nothing',
  'refused after the download; nothing is locked. What asks for something needs consent then',
  async () => {
    const folder = testFolder()
    const registry = await open(folder)
    await registry.publish(pluginWith({ capabilities: READS }))
    const own = await repositoryIn(folder, 'insights')
    const silent = ({ config }: { config: Record<string, unknown> }) => {
      delete config['dev.wasm-plugin.manifest']
    }
    await forge(own, { from: '1.0.0', tag: '1.0.0', change: silent })
    expect(await codeOf(registry.install('acme:insights'))).toBe('CONSENT_REQUIRED')
    await copyVersion(own, await repositoryIn(folder, 'other'), { from: '1.0.0', tag: '1.0.0' })
    const trusting = await open(folder, { confirm: () => true })
    expect(await failureOf(trusting.install('acme:other'))).toMatchObject({
      code: 'ARTIFACT_INVALID',
      message: expect.stringContaining('it is acme:insights'),
    })
    expect(await codeOf(trusting.verify('acme:other'))).toBe('ARTIFACT_INVALID')
    expect((await trusting.list()).size).toBe(0)
    expect((await trusting.install('acme:insights')).plugin.capabilities).toEqual(READS)
  },
)

attack(
  'G50',
  'Changes the lock file so that bytes nobody signed are loaded as the signed plugin, from the cache or from elsewhere',
  'refused: the signature is kept in the lock file, and is about name, version, bytes and requests',
  async () => {
    const { folder, registry } = await signed()
    await registry.install('acme:insights')
    const evil = pluginWith({ description: 'evil' })
    const other = await open(testFolder(), { cacheFolder: path.join(folder, '.cache') })
    const published = await other.publish(evil)
    await other.install('acme:insights')
    const file = path.join(folder, 'wasm-plugin.lock')
    const text = await readFile(file, 'utf8')
    const locked = JSON.parse(text).plugins['acme:insights']
    const wanted = { imports: [], exports: [] }
    for (const change of [
      { content: published.content, size: evil.length },
      { version: '1.0.1' },
      { manifest: published.manifest },
      { capabilities: {} },
      { registry: 'dir:elsewhere', signer: undefined, signature: undefined },
      { signature: undefined },
    ]) {
      const plugins = { 'acme:insights': { ...locked, ...change } }
      await writeFile(file, JSON.stringify({ lockVersion: 1, plugins }))
      const codes = ['SIGNER_UNTRUSTED', 'SIGNATURE_MISSING', 'NOT_TRUSTED']
      expect(codes).toContain(await codeOf(registry.resolve('acme:insights', wanted)))
      const [row] = await registry.recheck()
      expect(row?.error).toBeDefined()
    }
    await writeFile(file, text)
    expect((await registry.resolve('acme:insights', wanted)).plugin.version).toBe('1.0.0')
    expect(await registry.recheck()).toMatchObject([{ status: undefined, error: undefined }])
  },
)

attack(
  'G51',
  'Is hidden by its registry, with what its publisher said of it, once it is installed',
  'asked again, the application is told that nothing could be checked',
  async () => {
    const { folder, registry } = await signed()
    await registry.install('acme:insights')
    await rename(path.join(folder, 'plugins'), path.join(folder, 'gone'))
    const [row] = await registry.recheck()
    expect(row?.error).toMatchObject({ code: 'VERSION_NOT_FOUND' })
  },
)

attack(
  'G52',
  'Is signed with a key that was retired, in a folder where no signature is needed',
  'refused: a signature that is refused is worse than none',
  async () => {
    const folder = testFolder()
    const key = readPrivateKey(generateKeys().privatePem)
    const registry = await open(folder)
    await registry.publish(pluginWith(), { key })
    const policy = { version: 1, retiredKeys: [key.id] }
    await writeFile(path.join(folder, 'wasm-plugin.trust.json'), JSON.stringify(policy))
    expect(await codeOf(registry.install('acme:insights'))).toBe('SIGNER_UNTRUSTED')
  },
)

attack(
  'G53',
  'Comes from another registry than the rules for its package name, be it a folder of this machine',
  'refused: rules that name a package say where it comes from',
  async () => {
    const folder = testFolder()
    const registry = await open(folder)
    await registry.publish(pluginWith())
    const rules = [{ packages: 'acme:*', registries: ['ghcr.io'], unsigned: true }]
    await writeFile(path.join(folder, 'wasm-plugin.trust.json'), JSON.stringify({ version: 1, rules }))
    expect(await codeOf(registry.install('acme:insights'))).toBe('NOT_TRUSTED')
  },
)

attack(
  'G54',
  'Brings a project whose lock file or trust policy is a FIFO, a device or a link',
  'refused without waiting or reading on',
  async () => {
    for (const [name, code] of [
      ['wasm-plugin.lock', 'LOCK_INVALID'],
      ['wasm-plugin.trust.json', 'TRUST_POLICY_INVALID'],
    ] as const) {
      const folder = testFolder()
      await symlink('/dev/zero', path.join(folder, name))
      expect(await codeOf((await open(folder)).install('acme:insights'))).toBe(code)
      await rm(path.join(folder, name))
      await promisify(execFile)('mkfifo', [path.join(folder, name)])
      expect(await codeOf((await open(folder)).install('acme:insights'))).toBe(code)
    }
  },
)
