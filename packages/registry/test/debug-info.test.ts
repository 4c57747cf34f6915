import { sign } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { digestOf, generateKeys, readPrivateKey, type SigningKey, signFile } from '@wasm-plugin/registry'
import { expect, it } from 'vitest'
import { attack } from './helpers/attack.js'
import { testFolder } from './helpers/folders.js'
import { attachBundle } from './helpers/forge.js'
import { pluginWith } from './helpers/plugins.js'
import { codeOf, open, repositoryIn, trustOnly } from './helpers/registries.js'

const NAMES = Buffer.from('names and lines')
const version = { name: 'acme:insights', version: '1.0.0' }

/** An application that trusts one key, or whoever signs in its folder, and a version that is signed with it. */
async function signed({ byRule = true } = {}) {
  const folder = testFolder()
  const keys = generateKeys()
  const key = readPrivateKey(keys.privatePem)
  if (byRule) await trustOnly(folder, keys.publicPem)
  const registry = await open(folder, { confirm: () => true })
  const { manifest } = await registry.publish(pluginWith(), { key })
  return { folder, registry, key, manifest, repository: await repositoryIn(folder, 'insights') }
}

it('is attached once, given to who asks for it, and copied with its version', async () => {
  const { folder, registry, key, manifest } = await signed()
  expect(await codeOf(registry.debugInfo('acme:insights'))).toBe('DEBUG_INFO_MISSING')
  const attach = (bytes: Uint8Array) => registry.attachDebug({ ...version, key, bytes })
  expect(await attach(NAMES)).toEqual(await attach(NAMES))
  expect(await codeOf(attach(Buffer.from('others')))).toBe('VERSION_EXISTS')
  expect(Buffer.from(await registry.debugInfo('acme:insights@1.0.0'))).toEqual(NAMES)
  expect((await registry.install('acme:insights')).plugin.manifest).toBe(manifest)
  await registry.mirror({ ...version, to: 'dir:copies' })
  const copies = await open(folder, { registries: { acme: 'dir:copies' }, confirm: () => true })
  expect(Buffer.from(await copies.debugInfo('acme:insights'))).toEqual(NAMES)
})

attack(
  'G86',
  'Attaches debug information to a version of somebody else, before its publisher does and after',
  'as if nothing were there: what counts is signed by who signed the version',
  async () => {
    for (const byRule of [true, false]) {
      const { registry, key } = await signed({ byRule })
      const other = readPrivateKey(generateKeys().privatePem)
      await registry.attachDebug({ ...version, key: other, bytes: Buffer.from('lies') })
      expect(await codeOf(registry.debugInfo('acme:insights'))).toBe('DEBUG_INFO_MISSING')
      await registry.attachDebug({ ...version, key, bytes: NAMES })
      expect(Buffer.from(await registry.debugInfo('acme:insights'))).toEqual(NAMES)
    }
  },
)

attack(
  'G87',
  'Gives other debug information than was signed, or more of it',
  'refused by its digest and its size, as every blob is',
  async () => {
    const { folder, registry, key } = await signed()
    const { debug } = await registry.attachDebug({ ...version, key, bytes: NAMES })
    const file = path.join(folder, 'plugins/acme/insights/blobs/sha256', debug.slice('sha256:'.length))
    expect(await readFile(file)).toEqual(NAMES)
    await writeFile(file, Buffer.alloc(NAMES.length))
    expect(await codeOf(registry.debugInfo('acme:insights'))).toBe('CONTENT_DIGEST_MISMATCH')
    await writeFile(file, Buffer.alloc(1 << 20))
    expect(await codeOf(registry.debugInfo('acme:insights'))).toBe('CONTENT_SIZE_MISMATCH')
  },
)

attack(
  'G88',
  'Signs that its debug information has gigabytes, for whoever fetches it',
  'refused before anything is read, and before anything is sent by an honest publisher',
  async () => {
    const { registry, key, repository } = await signed()
    const subject = (await repository.manifest('1.0.0'))!.descriptor
    const predicate = { digest: digestOf(NAMES), size: 2 ** 40 }
    await attachBundle(repository, subject, saying(key, subject.digest, predicate))
    expect(await codeOf(registry.debugInfo('acme:insights'))).toBe('CONTENT_TOO_LARGE')
    const bytes = Buffer.alloc((256 << 20) + 1)
    expect(await codeOf(registry.attachDebug({ ...version, key, bytes }))).toBe('CONTENT_TOO_LARGE')
  },
)

/** A bundle in which a key says anything of debug information. */
function saying(key: SigningKey, subject: string, predicate: object): Buffer {
  const document = JSON.parse(Buffer.from(signFile(pluginWith(), key)).toString())
  const { payloadType } = document.dsseEnvelope
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: '', digest: { sha256: subject.slice('sha256:'.length) } }],
    predicateType: 'https://wasm-plugin.dev/attestation/debug/v1',
    predicate,
  }
  const payload = Buffer.from(JSON.stringify(statement))
  const head = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `
  const sig = sign('sha256', Buffer.concat([Buffer.from(head), payload]), key.privateKey).toString('base64')
  Object.assign(document.dsseEnvelope, { payload: payload.toString('base64'), signatures: [{ sig }] })
  return Buffer.from(JSON.stringify(document))
}
