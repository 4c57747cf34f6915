import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { digestOf, generateKeys, readPrivateKey, signFile } from '@wasm-plugin/registry'
import { describe, expect, test } from 'vitest'
import { openBundle } from '#internal'
import { testFolder } from './helpers/folders.js'
import { attachBundle, bundlesOf } from './helpers/forge.js'
import { pluginWith } from './helpers/plugins.js'
import { codeOf, failureOf, open, repositoryIn } from './helpers/registries.js'
import { type Identity, startSigstore } from './helpers/sigstore.js'

const WORKFLOW: Identity = {
  issuer: 'https://token.actions.githubusercontent.com',
  identity: 'https://github.com/acme/insights/.github/workflows/release.yml@refs/tags/v1.0.0',
}
const OTHER = { ...WORKFLOW, identity: WORKFLOW.identity.replace('acme/insights', 'acme/outlook') }

/** An application that trusts identities, by a Sigstore of its own. */
async function trusting(folder: string, signers: object[], root: object) {
  await writeFile(path.join(folder, 'root.json'), JSON.stringify(root))
  const rules = [{ packages: 'acme:*', signers }]
  const policy = { version: 1, trustedRoot: 'root.json', rules }
  await writeFile(path.join(folder, 'wasm-plugin.trust.json'), JSON.stringify(policy))
  return await open(folder, { confirm: () => true })
}

/** The statements that a key signs of a version, for somebody else to sign. */
async function statementsOf(folder: string): Promise<Buffer[]> {
  const bundles = await bundlesOf(await repositoryIn(folder, 'insights'), '1.0.0')
  return bundles.map((bundle) => Buffer.from(JSON.parse(bundle.toString()).dsseEnvelope.payload, 'base64'))
}

test("a real statement of Sigstore's public services is its workflow's, and about its file", async () => {
  const fixture = (name: string) => readFile(path.join(import.meta.dirname, 'fixtures/sigstore', name))
  const opened = openBundle(await fixture('github-workflow.sigstore'), new Map())
  expect(opened).toMatchObject({
    statement: {
      subject: digestOf(await fixture('a.txt')),
      predicateType: 'https://slsa.dev/provenance/v1',
    },
    signer: {
      kind: 'identity',
      issuer: 'https://token.actions.githubusercontent.com',
      identity: expect.stringMatching(/^https:\/\/github\.com\/sigstore-conformance\/.+@refs\/heads\/main$/),
    },
  })
})

describe.each([
  ['with a log', true],
  ['without a log, as companies run it', false],
])('a Sigstore %s', (_, logs) => {
  test('vouches for whoever signed a version without a key, offline, and for nobody else', async () => {
    const { sign, root } = await startSigstore({ logs })
    const folder = testFolder()
    const key = readPrivateKey(generateKeys().privatePem)
    const registry = await trusting(folder, [WORKFLOW], root)
    await registry.publish(pluginWith(), { key })
    const repository = await repositoryIn(folder, 'insights')
    const stored = await repository.manifest('1.0.0')
    const statements = await statementsOf(folder)
    const attach = async (by: Identity) => {
      for (const statement of statements)
        await attachBundle(repository, stored!.descriptor, await sign(statement, by))
    }
    await attach(OTHER)
    const refused = await failureOf(registry.install('acme:insights'))
    expect(refused.code).toBe('SIGNER_UNTRUSTED')
    expect(refused.message).toContain(`${OTHER.identity} (${OTHER.issuer}) is not trusted`)
    await attach(WORKFLOW)
    const { plugin } = await registry.install('acme:insights')
    expect(plugin.signer).toEqual({ kind: 'identity', ...WORKFLOW })
    // And the lock file is kept against it, without the registry.
    const offline = await open(folder, { offline: true })
    const wanted = { imports: [], exports: [] }
    const loaded = await offline.resolve('acme:insights', wanted)
    expect(loaded.plugin.version).toBe('1.0.0')
    expect(loaded.signer).toBe(`${WORKFLOW.identity} (${WORKFLOW.issuer})`)
    await trusting(folder, [OTHER], root)
    expect(await codeOf(offline.resolve('acme:insights', wanted))).toBe('SIGNER_UNTRUSTED')
  })
})

test.each([
  [
    'its pattern',
    { issuer: WORKFLOW.issuer, identityPattern: 'https://github\\.com/acme/.+@refs/tags/v.+' },
    true,
  ],
  [
    'a pattern that fits a part',
    { issuer: WORKFLOW.issuer, identityPattern: 'https://github\\.com/acme/' },
    false,
  ],
  ['another issuer', { ...WORKFLOW, issuer: 'https://accounts.example' }, false],
])('an identity counts or not by %s', async (_, signer, counts) => {
  const { sign, root } = await startSigstore()
  const folder = testFolder()
  const registry = await trusting(folder, [signer], root)
  const own = JSON.parse(
    Buffer.from(signFile(pluginWith(), readPrivateKey(generateKeys().privatePem))).toString(),
  )
  const signature = await sign(Buffer.from(own.dsseEnvelope.payload, 'base64'), WORKFLOW)
  const verified = registry.verifyFile(pluginWith(), { signature })
  if (counts) expect((await verified).signer).toEqual({ kind: 'identity', ...WORKFLOW })
  else expect(await codeOf(verified)).toBe('SIGNER_UNTRUSTED')
})

test.each([
  ['is not there', undefined],
  ['is not JSON', 'root'],
  ['is another document', '{"mediaType":"application/json","certificateAuthorities":[{}]}'],
  [
    'vouches for nobody',
    '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","certificateAuthorities":[]}',
  ],
])('a policy with a root that %s is refused', async (_, text) => {
  const folder = testFolder()
  if (text !== undefined) await writeFile(path.join(folder, 'root.json'), text)
  const policy = { version: 1, trustedRoot: 'root.json' }
  await writeFile(path.join(folder, 'wasm-plugin.trust.json'), JSON.stringify(policy))
  const error = await failureOf((await open(folder)).install('acme:insights'))
  expect(error).toMatchObject({ code: 'TRUST_POLICY_INVALID', message: expect.stringContaining('root.json') })
})
