import { generateKeyPairSync } from 'node:crypto'
import { generateKeys, readPrivateKey, readPublicKey, signFile } from '@wasm-plugin/registry'
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
    expect.objectContaining({ code: 'KEY_PASSPHRASE', data: { given: true } }),
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
