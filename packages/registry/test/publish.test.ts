import { expect, test } from 'vitest'
import { FakeRegistry } from './helpers/fake-registry.js'
import { testFolder } from './helpers/folders.js'
import { pluginWith } from './helpers/plugins.js'
import { failureOf, open } from './helpers/registries.js'

test.each([
  ['there is no such version', 'forgets'],
  ['the version is another one', 'confuses'],
] as const)('a registry that takes a version and says that %s is found out', async (reason, how) => {
  const server = await FakeRegistry.start()
  const registry = await open(testFolder(), { registries: { acme: server.registry } })
  await registry.publish(pluginWith({ version: '1.0.0' }))
  server.hook = (request, response) => {
    if (request.method !== 'PUT' || !request.url?.endsWith('/manifests/1.1.0')) return false
    request.resume()
    if (how === 'confuses') server.tags.set('1.1.0', server.tags.get('1.0.0') ?? '')
    response.writeHead(201).end()
    return true
  }
  const error = await failureOf(registry.publish(pluginWith({ version: '1.1.0' })))
  expect(error).toMatchObject({ code: 'PUBLISH_CHANGED', message: expect.stringContaining(reason) })
})

test('an interrupted publish leaves no version, and done again it is whole', async () => {
  const server = await FakeRegistry.start()
  const registry = await open(testFolder(), { registries: { acme: server.registry } })
  const aborted = new AbortController()
  server.hook = (request) => {
    if (request.method === 'PUT' && request.url?.includes('/manifests/')) aborted.abort(new Error('enough'))
    return false
  }
  await expect(registry.publish(pluginWith(), { signal: aborted.signal })).rejects.toThrow()
  expect((await registry.search('acme:insights')).versions).toEqual([])
  server.hook = () => false
  expect(await registry.publish(pluginWith())).toMatchObject({ state: 'published' })
  expect((await registry.search('acme:insights')).versions).toMatchObject([{ version: '1.0.0' }])
})
