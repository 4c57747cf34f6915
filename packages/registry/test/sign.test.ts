import { generateKeyPairSync, sign } from 'node:crypto'
import { generateKeys, readPrivateKey, readPublicKey, type SigningKey, signFile } from '@wasm-plugin/registry'
import { expect, test } from 'vitest'
import { testFolder } from './helpers/folders.js'
import { pluginWith } from './helpers/plugins.js'
import { codeOf, failureOf, open, trustOnly } from './helpers/registries.js'

const pem = (pair: { privateKey: { export(options: object): unknown } }) =>
  String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))

test('a pair of keys has one id on both sides, and its private half may be encrypted', () => {
  const { privatePem, publicPem, id } = generateKeys('open sesame')
  expect(readPublicKey(publicPem).id).toBe(id)
  expect(readPrivateKey(privatePem, 'open sesame').id).toBe(id)
  expect(() => readPrivateKey(privatePem)).toThrow(
    expect.objectContaining({ code: 'KEY_PASSPHRASE', data: { given: false } }),
  )
  expect(() => readPrivateKey(privatePem, 'guess')).toThrow(
    expect.objectContaining({
      ...{ code: 'KEY_PASSPHRASE', data: { given: true } },
      hint: expect.stringContaining('Check WASM_PLUGIN_KEY_PASSPHRASE'),
    }),
  )
})

test.each([
  ['a public key', () => readPrivateKey(generateKeys().publicPem)],
  ['a private key', () => readPublicKey(generateKeys().privatePem)],
  ['no public key', () => readPublicKey('nothing')],
  ['no private key', () => readPrivateKey('nothing')],
  ['only cosign', () => readPrivateKey('-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----')],
  ['secp384r1', () => readPrivateKey(pem(generateKeyPairSync('ec', { namedCurve: 'secp384r1' })))],
  ['rsa 1024', () => readPrivateKey(pem(generateKeyPairSync('rsa', { modulusLength: 1024 })))],
])('a key is refused that is %s', (reason, read) => {
  expect(read).toThrow(
    expect.objectContaining({ code: 'KEY_INVALID', message: expect.stringContaining(reason) }),
  )
})

test.each([
  ['P-256', generateKeys().privatePem],
  ['Ed25519', pem(generateKeyPairSync('ed25519'))],
  ['RSA', pem(generateKeyPairSync('rsa', { modulusLength: 2048 }))],
])('a file is signed with %s and verified by the policy', async (_, privatePem) => {
  const folder = testFolder()
  const key = readPrivateKey(privatePem)
  const publicPem = String(key.publicKey.export({ type: 'spki', format: 'pem' }))
  await trustOnly(folder, publicPem)
  const registry = await open(folder)
  const signature = signFile(pluginWith(), key)
  expect(await registry.verifyFile(pluginWith(), { signature })).toMatchObject({
    name: 'acme:insights',
    version: '1.0.0',
    signer: { kind: 'key', id: key.id },
  })
  expect(await codeOf(registry.verifyFile(pluginWith()))).toBe('SIGNATURE_MISSING')
  const other = await failureOf(registry.verifyFile(pluginWith({ version: '1.0.1' }), { signature }))
  expect(other.code).toBe('SIGNER_UNTRUSTED')
})

/** A bundle of the same key with another statement in it. */
function resigned(bundle: Uint8Array, key: SigningKey, change: (statement: object) => object): Uint8Array {
  const document = JSON.parse(Buffer.from(bundle).toString())
  const { payload, payloadType } = document.dsseEnvelope
  const statement = change(JSON.parse(Buffer.from(payload, 'base64').toString()))
  const bytes = Buffer.from(JSON.stringify(statement))
  const signed = Buffer.concat([Buffer.from(`DSSEv1 28 ${payloadType} ${bytes.length} `), bytes])
  document.dsseEnvelope.payload = bytes.toString('base64')
  document.dsseEnvelope.signatures = [{ sig: sign('sha256', signed, key.privateKey).toString('base64') }]
  return Buffer.from(JSON.stringify(document))
}

test("a statement of in-toto's older version counts, which cosign attests with, and no other does", async () => {
  const folder = testFolder()
  const keys = generateKeys()
  const key = readPrivateKey(keys.privatePem)
  await trustOnly(folder, keys.publicPem)
  const registry = await open(folder)
  const as = (version: string) =>
    resigned(signFile(pluginWith(), key), key, (statement) => ({
      ...statement,
      _type: `https://in-toto.io/Statement/${version}`,
    }))
  expect(await registry.verifyFile(pluginWith(), { signature: as('v0.1') })).toMatchObject({
    signer: { id: key.id },
  })
  expect(await codeOf(registry.verifyFile(pluginWith(), { signature: as('v2') }))).toBe('SIGNER_UNTRUSTED')
})

test('a file that nothing speaks of is not trusted', async () => {
  const registry = await open(testFolder())
  expect(
    await codeOf(
      registry.verifyFile(pluginWith(), {
        signature: signFile(pluginWith(), readPrivateKey(generateKeys().privatePem)),
      }),
    ),
  ).toBe('NOT_TRUSTED')
})
