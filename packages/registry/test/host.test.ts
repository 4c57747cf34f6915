import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { createHost, PluginError } from '@wasm-plugin/host'
import { generateKeys, readPrivateKey } from '@wasm-plugin/registry'
import { expect, test } from 'vitest'
import { testFolder } from './helpers/folders.js'
import { pluginWith } from './helpers/plugins.js'
import { failureOf, open, trustOnly } from './helpers/registries.js'

const LOG = { 'acme:site/log@0.1.0': { log: () => {} } }

test('a host with a registry loads and inspects plugins by their names', async () => {
  const registry = await open(testFolder())
  const { content, manifest } = await registry.publish(pluginWith())
  await using host = await createHost({ registry, imports: LOG })

  expect(await host.inspect('acme:insights@^1')).toMatchObject({ name: 'insights', digest: content })
  const plugin = await host.load('acme:insights@^1')
  expect(plugin.digest).toBe(content)
  const document = { path: 'a.md', markdown: 'one two three' }
  const insights = await plugin.call('acme:site/analyze@0.1.0#analyze', [document, []])
  expect(insights).toMatchObject({ words: 3 })
  expect((await registry.list()).get('acme:insights')).toMatchObject({ requirement: '^1', manifest })
})

test('the newest version that the application fits is loaded, by what load is given', async () => {
  const registry = await open(testFolder())
  await registry.publish(pluginWith())
  await using bare = await createHost({ registry })
  const misfit = await failureOf(bare.load('acme:insights@^1'))
  expect(misfit).toMatchObject({ code: 'VERSION_NOT_FOUND', plugin: 'acme:insights' })
  expect(misfit.message).toContain('acme:site/log@0.1.0')
  const options = { imports: LOG, requires: ['acme:site/render@0.1.0'] }
  const missing = await failureOf(bare.load('acme:insights', options))
  expect(missing).toMatchObject({ code: 'VERSION_NOT_FOUND', plugin: 'acme:insights' })
})

test('what the registry refuses the host refuses, with its code and the name of the plugin', async () => {
  const folder = testFolder()
  const registry = await open(folder)
  await using host = await createHost({ registry, imports: LOG })
  const codes = async (reference: string) => {
    const error = await failureOf(host.load(reference))
    return [error.code, error.plugin]
  }
  expect(await codes('acme:insights')).toEqual(['LAYOUT_MISSING', 'acme:insights'])
  await mkdir(path.join(folder, 'plugins'))
  expect(await codes('acme:insights')).toEqual(['VERSION_NOT_FOUND', 'acme:insights'])
  expect(await codes('Acme:Insights')).toEqual(['PACKAGE_NAME_INVALID', 'Acme:Insights'])
  expect(await codes('acme:insights@latest')).toEqual(['VERSION_INVALID', 'acme:insights'])
  expect(await codes('oci://registry.example/acme/insights')).toEqual(['REFERENCE_INVALID', 'insights'])

  const [ours, theirs] = [generateKeys(), generateKeys()]
  await trustOnly(folder, ours.publicPem)
  await registry.publish(pluginWith(), { key: readPrivateKey(theirs.privatePem) })
  expect(await codes('acme:insights@^1')).toEqual(['SIGNER_UNTRUSTED', 'acme:insights'])
  const reads = { fs: [{ at: '/in', access: 'read' as const, reason: 'It reads.' }] }
  await registry.publish(pluginWith({ version: '1.1.0', capabilities: reads }), {
    key: readPrivateKey(ours.privatePem),
  })
  expect(await codes('acme:insights@^1')).toEqual(['CONSENT_REQUIRED', 'acme:insights'])
})

test('a plugin that is locked keeps its digest, and a pinned one its integrity', async () => {
  const registry = await open(testFolder())
  const { content } = await registry.publish(pluginWith())
  await using host = await createHost({ registry, imports: LOG })
  await host.inspect('acme:insights@^1', { integrity: content })
  await registry.publish(pluginWith({ version: '1.1.0' }))
  expect(await host.inspect('acme:insights@^1')).toMatchObject({ digest: content })
  const other = `sha256:${'0'.repeat(64)}`
  const error = await failureOf(host.inspect('acme:insights@^1', { integrity: other }))
  expect(error.code).toBe('INTEGRITY_MISMATCH')
  expect(PluginError.is(error)).toBe(true)
})
