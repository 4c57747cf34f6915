import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { TrustedRoot } from '@sigstore/protobuf-specs'
import { expect } from 'vitest'
import { publicRoot } from '#internal'
import { attack } from '../helpers/attack.js'
import { testFolder } from '../helpers/folders.js'
import { attachBundle } from '../helpers/forge.js'
import { pluginWith } from '../helpers/plugins.js'
import { failureOf, open, repositoryIn } from '../helpers/registries.js'
import { startSigstore } from '../helpers/sigstore.js'

const at = (name: string) => path.join(import.meta.dirname, '..', name)
/** Signed by a workflow of GitHub: see the README beside it. */
const REAL = await readFile(at('fixtures/sigstore/github-workflow.sigstore'))
const REAL_FILE = await readFile(at('fixtures/sigstore/github-file.sigstore'))
const PUBLIC_ROOT = JSON.stringify(TrustedRoot.toJSON(publicRoot()))
const WORKFLOW = {
  issuer: 'https://token.actions.githubusercontent.com',
  identity:
    'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main',
}

/** Why a version is refused that carries this signature, where an identity is trusted. */
async function refusalOf(
  bundle: Uint8Array,
  { signer = WORKFLOW, root }: { signer?: object; root?: string } = {},
): Promise<string> {
  const folder = testFolder()
  const policy = { version: 1, rules: [{ packages: 'acme:*', signers: [signer], bareSignature: true }] }
  if (root !== undefined) await writeFile(path.join(folder, 'root.json'), root)
  const whole = root === undefined ? policy : { ...policy, trustedRoot: 'root.json' }
  await writeFile(path.join(folder, 'wasm-plugin.trust.json'), JSON.stringify(whole))
  const registry = await open(folder, { confirm: () => true })
  await registry.publish(pluginWith())
  const repository = await repositoryIn(folder, 'insights')
  const stored = await repository.manifest('1.0.0')
  await attachBundle(repository, stored!.descriptor, bundle)
  const error = await failureOf(registry.install('acme:insights'))
  expect(error.code).toBe('SIGNER_UNTRUSTED')
  return error.message
}

attack(
  'G80',
  'Carries what a workflow that is trusted signed of something else, through the public services of Sigstore',
  'refused: the signature is good and its signer counts, but another manifest is signed',
  async () => {
    expect(await refusalOf(REAL)).toContain('another manifest is signed')
    expect(await refusalOf(REAL_FILE)).toContain('it is the signature of a file, not a statement')
  },
)

attack(
  'G81',
  'Is signed by a workflow of somebody else at the same provider',
  'refused by name: issuer and identity are compared whole',
  async () => {
    const others = [
      { ...WORKFLOW, identity: WORKFLOW.identity.replace('heads/main', 'heads/release') },
      { ...WORKFLOW, identity: WORKFLOW.identity.slice(0, -1) },
      { ...WORKFLOW, issuer: 'https://accounts.google.com' },
      { issuer: WORKFLOW.issuer, identityPattern: 'https://github\\.com/sigstore-conformance/' },
    ]
    for (const signer of others)
      expect(await refusalOf(REAL, { signer })).toContain(
        `${WORKFLOW.identity} (${WORKFLOW.issuer}) is not trusted`,
      )
  },
)

attack(
  'G82',
  'Changes the statement, the signature, the certificate or the log entry of a real bundle, or leaves one out',
  'refused: nothing of it is believed',
  async () => {
    const other = JSON.parse(REAL_FILE.toString())
    type Real = Record<'verificationMaterial' | 'dsseEnvelope', Record<string, unknown>>
    const changes: ((bundle: Real) => void)[] = [
      ({ dsseEnvelope }) => {
        const statement = Buffer.from(String(dsseEnvelope.payload), 'base64').toString()
        dsseEnvelope.payload = Buffer.from(statement.replace('"a.txt"', '"b.txt"')).toString('base64')
      },
      ({ dsseEnvelope }) => {
        const [signature] = dsseEnvelope.signatures as { sig: string }[]
        const bytes = Buffer.from(signature!.sig, 'base64')
        bytes[20]! ^= 1
        signature!.sig = bytes.toString('base64')
      },
      ({ verificationMaterial }) => {
        verificationMaterial.certificate = other.verificationMaterial.certificate
      },
      ({ verificationMaterial }) => {
        verificationMaterial.tlogEntries = other.verificationMaterial.tlogEntries
      },
      ({ verificationMaterial }) => {
        verificationMaterial.tlogEntries = []
      },
      ({ verificationMaterial }) => {
        const [entry] = verificationMaterial.tlogEntries as { integratedTime: string }[]
        entry!.integratedTime = String(Number(entry!.integratedTime) + 1)
      },
    ]
    for (const change of changes) {
      const bundle = JSON.parse(REAL.toString())
      change(bundle)
      const message = await refusalOf(Buffer.from(JSON.stringify(bundle)))
      expect(message).not.toContain('another manifest is signed')
      expect(message).not.toContain('is not trusted')
    }
  },
)

attack(
  'G83',
  'Shows a certificate of an authority whose time was over, or a log whose key was not in use, by the root that was given',
  'refused, and taken with the root as it is',
  async () => {
    expect(await refusalOf(REAL, { root: PUBLIC_ROOT })).toContain('another manifest is signed')
    type Root = Record<'certificateAuthorities', { validFor: object }[]> &
      Record<'tlogs' | 'ctlogs', { publicKey: { validFor: object } }[]>
    const over = { start: '2020-01-01T00:00:00Z', end: '2022-01-01T00:00:00Z' }
    const changes: ((root: Root) => void)[] = [
      ({ certificateAuthorities }) => {
        for (const one of certificateAuthorities) one.validFor = over
      },
      ({ tlogs }) => {
        for (const { publicKey } of tlogs) publicKey.validFor = over
      },
      ({ ctlogs }) => {
        for (const { publicKey } of ctlogs) publicKey.validFor = over
      },
    ]
    for (const change of changes) {
      const root = JSON.parse(PUBLIC_ROOT)
      change(root)
      expect(await refusalOf(REAL, { root: JSON.stringify(root) })).not.toContain(
        'another manifest is signed',
      )
    }
  },
)

attack(
  'G84',
  'Is signed by a Sigstore of the attacker, whose certificate names whom the application trusts',
  'refused: certificates count by the public root, or by the one that the application names in its place',
  async () => {
    const { sign, root } = await startSigstore()
    const payload = Buffer.from(JSON.parse(REAL.toString()).dsseEnvelope.payload, 'base64')
    const forged = await sign(payload, WORKFLOW)
    for (const given of [undefined, JSON.stringify((await startSigstore()).root)])
      expect(await refusalOf(forged, { ...(given && { root: given }) })).not.toContain(
        'another manifest is signed',
      )
    expect(await refusalOf(forged, { root: JSON.stringify(root) })).toContain('another manifest is signed')
  },
)

attack(
  'G85',
  'Calls the log of a bundle by a name that takes for ever as a regular expression, by which the log is looked for',
  'refused at once: the name of a log is a host name or a path',
  async () => {
    const names = ['(.*)*!', '(.*)*(.*)*(.*)*!', `${'a*'.repeat(60)}!`, 'x'.repeat(201)]
    for (const name of names) {
      const bundle = JSON.parse(REAL.toString())
      const [{ inclusionProof }] = bundle.verificationMaterial.tlogEntries
      const { checkpoint } = inclusionProof
      const dash = '\u2014 '
      const [note, ...signed] = checkpoint.envelope.split(dash)
      expect(signed.length).toBeGreaterThan(0)
      const renamed = signed.map((line: string) => line.replace(/^\S+/, name))
      for (const lines of [renamed, [...signed, ...renamed], Array(51).fill(signed[0])]) {
        checkpoint.envelope = [note, ...lines].join(dash)
        expect(await refusalOf(Buffer.from(JSON.stringify(bundle)))).toContain('no name')
      }
    }
  },
)
