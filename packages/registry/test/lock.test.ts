import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { testFolder } from './helpers/folders.js'
import { pluginWith } from './helpers/plugins.js'
import { codeOf, failureOf, open } from './helpers/registries.js'

test.each([
  ['no JSON', '{'],
  ['another version', '{"lockVersion":2,"plugins":{}}'],
  ['a key of its own', '{"lockVersion":1,"plugins":{},"more":1}'],
  ['a name that is none', '{"lockVersion":1,"plugins":{"Acme:x":{}}}'],
  ['a plugin without digests', '{"lockVersion":1,"plugins":{"a:b":{"requirement":"*"}}}'],
])('a lock file with %s is refused, and stays as it is', async (_, text) => {
  const folder = testFolder()
  const file = path.join(folder, 'wasm-plugin.lock')
  await writeFile(file, text)
  const registry = await open(folder)
  await registry.publish(pluginWith())
  expect(await codeOf(registry.install('acme:insights'))).toBe('LOCK_INVALID')
  expect(await readFile(file, 'utf8')).toBe(text)
})

test('plugins that are installed at once are all in the lock file, sorted, and nothing is left beside it', async () => {
  const folder = testFolder()
  const registry = await open(folder, { confirm: () => true })
  const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']
  for (const name of names) await registry.publish(pluginWith({ id: `acme:${name}`, name }))
  await Promise.all(
    names.map(async (name) => (await open(folder, { confirm: () => true })).install(`acme:${name}`)),
  )
  expect([...(await registry.list()).keys()]).toEqual(names.map((name) => `acme:${name}`).sort())
  expect((await readdir(folder)).sort()).toEqual(['.cache', 'plugins', 'wasm-plugin.lock'])
})

test('a plugin is taken out by its name', async () => {
  const folder = testFolder()
  const registry = await open(folder)
  await registry.publish(pluginWith())
  await registry.install('acme:insights')
  await registry.uninstall('acme:insights')
  expect((await registry.list()).size).toBe(0)
  const error = await failureOf(registry.uninstall('acme:insights'))
  expect(error).toMatchObject({ code: 'NOT_INSTALLED', hint: 'Nothing is installed here.' })
})

test('what is not in the cache is not loaded without the network', async () => {
  const folder = testFolder()
  await (await open(folder)).publish(pluginWith())
  const offline = await open(folder, { offline: true })
  expect(await codeOf(offline.resolve('acme:insights', { imports: [], exports: [] }))).toBe('OFFLINE')
})

test('a lock file that cannot be written leaves nothing behind', async () => {
  const folder = testFolder()
  const registry = await open(folder, { lockFile: 'missing/wasm-plugin.lock' })
  await registry.publish(pluginWith())
  expect(await codeOf(registry.install('acme:insights'))).toBe('LOCK_UNWRITABLE')
  expect((await readdir(folder)).sort()).toEqual(['.cache', 'plugins'])
})
