import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { readPublicKey, signFile } from '@wasm-plugin/registry'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RunningRegistry } from '../helpers/docker-registry.js'
import { testFolder } from '../helpers/folders.js'
import { pluginWith } from '../helpers/plugins.js'
import { failureOf, trustOnly } from '../helpers/registries.js'
import { applicationOf, publishOurs } from './published.js'
import { serverKinds } from './servers.js'
import { describeWith, type Tool } from './tools.js'

const ATTESTATION = 'https://wasm-plugin.dev/attestation/v1'
/** With keys, and without Sigstore's public services. */
const SIGN = ['--tlog-upload=false', '--use-signing-config=false', '--yes']
const VERIFY = ['--insecure-ignore-tlog=true']
const HTTP = '--allow-http-registry'
const env = { COSIGN_PASSWORD: 'open sesame' }

/** A pair of keys as cosign makes it. */
async function cosignKeys(cosign: Tool) {
  const cwd = testFolder()
  await cosign(['generate-key-pair'], { cwd, env })
  const publicPem = await readFile(path.join(cwd, 'cosign.pub'), 'utf8')
  return { key: path.join(cwd, 'cosign.key'), pub: path.join(cwd, 'cosign.pub'), publicPem }
}

async function fileWith(text: string | Uint8Array, name = 'file'): Promise<string> {
  const file = path.join(testFolder(), name)
  await writeFile(file, text)
  return file
}

for (const { name, reason, start } of serverKinds)
  describe.skipIf(reason !== undefined)(reason === undefined ? name : `${name} (${reason})`, () => {
    let server: RunningRegistry
    beforeAll(async () => {
      server = await start()
    })
    afterAll(() => server[Symbol.asyncDispose]())

    /** An application that trusts one key, or one key's bare signature. */
    async function trusting(publicPem: string, { bareSignature = false } = {}) {
      const folder = testFolder()
      await trustOnly(folder, publicPem)
      const rules = [{ packages: 'acme:*', signers: [{ key: 'acme.pub' }], bareSignature }]
      await writeFile(path.join(folder, 'wasm-plugin.trust.json'), JSON.stringify({ version: 1, rules }))
      return await applicationOf(server.registry, folder)
    }

    describeWith('cosign', (cosign) => {
      test('verifies the signature and the attestation that we make, and those of nobody else', async () => {
        const ours = await publishOurs(server.registry)
        const pub = await fileWith(ours.publicPem, 'acme.pub')
        await cosign(['verify', '--key', pub, ...VERIFY, HTTP, ours.pinned])
        const typed = ['verify-attestation', '--type', ATTESTATION, ...VERIFY, HTTP]
        const out = await cosign([...typed, '--key', pub, ours.pinned])
        expect(statementIn(out).predicate).toMatchObject({
          package: 'acme:insights',
          version: ours.version,
          content: ours.content,
        })
        const { pub: other } = await cosignKeys(cosign)
        await expect(cosign(['verify', '--key', other, ...VERIFY, HTTP, ours.pinned])).rejects.toThrow()
        await expect(cosign([...typed, '--key', other, ours.pinned])).rejects.toThrow()
      })

      test('signs what we publish: its signature counts where a bare one is enough', async () => {
        const ours = await publishOurs(server.registry)
        const { key, publicPem } = await cosignKeys(cosign)
        await cosign(['sign', '--key', key, ...SIGN, HTTP, ours.pinned], { env })
        const what = `acme:insights@${ours.version}`
        const refused = await failureOf((await trusting(publicPem)).install(what))
        expect(refused.code).toBe('SIGNER_UNTRUSTED')
        expect(refused.message).toContain('not as this package and version')
        const { plugin } = await (await trusting(publicPem, { bareSignature: true })).install(what)
        expect(plugin.signer).toMatchObject({ id: readPublicKey(publicPem).id })
        // And ours is where it was.
        expect((await (await trusting(ours.publicPem)).install(what)).plugin.signer).toMatchObject({
          id: ours.key.id,
        })
      })

      test('attests what we publish in the words of our attestation: it counts as ours does', async () => {
        const ours = await publishOurs(server.registry)
        const typed = ['--type', ATTESTATION, HTTP]
        const registry = await trusting(ours.publicPem)
        const words = await registry.statement({ name: 'acme:insights', version: ours.version })
        expect(words).toMatchObject({ predicateType: ATTESTATION, subject: ours.pinned.split('@')[1] })
        const { key, publicPem } = await cosignKeys(cosign)
        const predicate = await fileWith(JSON.stringify(words.predicate), 'predicate.json')
        await cosign(['attest', '--key', key, '--predicate', predicate, ...typed, ...SIGN, ours.pinned], {
          env,
        })
        const { plugin } = await (await trusting(publicPem)).install(`acme:insights@${ours.version}`)
        expect(plugin.signer).toMatchObject({ id: readPublicKey(publicPem).id })
      })

      test('takes over a key that we made', async () => {
        const ours = await publishOurs(server.registry)
        const pem = String(ours.key.privateKey.export({ type: 'pkcs8', format: 'pem' }))
        const cwd = testFolder()
        await cosign(
          ['import-key-pair', '--key', await fileWith(pem, 'acme.key'), '--output-key-prefix', 'in'],
          {
            cwd,
            env,
          },
        )
        await cosign(['sign', '--key', 'in.key', ...SIGN, HTTP, ours.pinned], { cwd, env })
        const bare = await trusting(ours.publicPem, { bareSignature: true })
        expect((await bare.install(`acme:insights@${ours.version}`)).plugin.signer).toMatchObject({
          id: ours.key.id,
        })
      })
    })
  })

describeWith('cosign', (cosign) => {
  let file: string
  let pair: Awaited<ReturnType<typeof cosignKeys>>
  beforeEach(async () => {
    file = await fileWith(pluginWith(), 'insights.wasm')
    pair = await cosignKeys(cosign)
  })

  test('verifies the signature that we put beside a file, and not beside another file', async () => {
    const ours = await publishOurs(`dir:${testFolder()}`)
    const bundle = await fileWith(signFile(pluginWith(), ours.key), 'insights.wasm.sigstore.json')
    const pub = await fileWith(ours.publicPem, 'acme.pub')
    const args = [
      'verify-blob-attestation',
      '--key',
      pub,
      '--bundle',
      bundle,
      '--type',
      ATTESTATION,
      ...VERIFY,
    ]
    await cosign([...args, file])
    const other = await fileWith(pluginWith({ version: '1.0.1' }))
    await expect(cosign([...args, other])).rejects.toThrow()
  })

  test('attests a file in the words of our attestation: we verify it', async () => {
    const ours = await publishOurs(`dir:${testFolder()}`)
    const words = JSON.parse(Buffer.from(signFile(pluginWith(), ours.key)).toString())
    const { predicate } = JSON.parse(Buffer.from(words.dsseEnvelope.payload, 'base64').toString())
    const bundle = path.join(testFolder(), 'bundle.json')
    const said = await fileWith(JSON.stringify(predicate), 'predicate.json')
    const args = ['attest-blob', '--key', pair.key, '--predicate', said, '--type', ATTESTATION, ...SIGN]
    await cosign([...args, '--bundle', bundle, file], { env })
    const folder = testFolder()
    await trustOnly(folder, pair.publicPem)
    const application = await applicationOf('dir:plugins', folder)
    const signature = await readFile(bundle)
    expect(await application.verifyFile(pluginWith(), { signature })).toMatchObject({
      name: 'acme:insights',
      signer: { id: readPublicKey(pair.publicPem).id },
    })
  })
})

/** The statement in what `verify-attestation` writes: an envelope a line. */
function statementIn(out: Buffer): { predicate: object } {
  const [line = ''] = out.toString().trim().split('\n')
  return JSON.parse(Buffer.from(JSON.parse(line).payload, 'base64').toString())
}
