import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { generateKeys, readPrivateKey } from '@wasm-plugin/registry'
import { expect, test } from 'vitest'
import { testFolder } from './helpers/folders.js'
import { pluginWith } from './helpers/plugins.js'
import { codeOf, failureOf, open } from './helpers/registries.js'

const policy = (folder: string, text: string) => writeFile(path.join(folder, 'wasm-plugin.trust.json'), text)

test.each([
  ['no JSON', 'no JSON', undefined],
  ['another version', '{"version":2}', undefined],
  ['a misspelt key', '{"version":1,"rulse":[]}', 'rules'],
  ['a rule that says nothing', '{"version":1,"rules":[{"packages":"*"}]}', undefined],
  [
    'a rule that says both',
    '{"version":1,"rules":[{"packages":"*","unsigned":true,"signers":[{"key":"k"}]}]}',
    undefined,
  ],
  ['a key that is not there', '{"version":1,"rules":[{"packages":"*","signers":[{"key":"k"}]}]}', undefined],
  [
    'a pattern that is none',
    '{"version":1,"rules":[{"packages":"*","signers":[{"issuer":"https://a.b","identityPattern":"("}]}]}',
    undefined,
  ],
  ['a digest that is none', '{"version":1,"denied":["sha256:1"]}', undefined],
])('a policy with %s is refused', async (_, text, hint) => {
  const folder = testFolder()
  await policy(folder, text)
  const error = await failureOf((await open(folder)).install('acme:insights'))
  expect(error.code).toBe('TRUST_POLICY_INVALID')
  if (hint !== undefined) expect(error.hint).toContain(hint)
})

test('a policy that was named has to be there', async () => {
  expect(await codeOf((await open(testFolder(), { trustFile: 'mine.json' })).install('acme:insights'))).toBe(
    'TRUST_POLICY_INVALID',
  )
})

test('the first rule that matches decides alone', async () => {
  const folder = testFolder()
  const keys = generateKeys()
  await mkdir(path.join(folder, 'keys'))
  await writeFile(path.join(folder, 'keys/acme.pub'), keys.publicPem)
  const rules = [
    { packages: 'acme:insights', registries: ['ghcr.io'], unsigned: true },
    { packages: 'acme:*', signers: [{ key: 'keys/acme.pub' }] },
    { packages: '*', unsigned: true },
  ]
  await policy(folder, JSON.stringify({ version: 1, rules }))
  const registry = await open(folder)
  await registry.publish(pluginWith())
  expect(await codeOf(registry.install('acme:insights'))).toBe('SIGNATURE_MISSING')
  await registry.sign({ name: 'acme:insights', version: '1.0.0', key: readPrivateKey(keys.privatePem) })
  expect((await registry.install('acme:insights')).plugin.signer).toMatchObject({ id: keys.id })
})
