import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createHost } from '@wasm-plugin/host'

let host
let greetings

before(async () => {
  host = await createHost()
  const plugin = await host.load(new URL('../dist/{{name}}.wasm', import.meta.url))
  greetings = plugin.exports['example:greeter/greetings']
})

after(() => host?.close())

test('greets by name', async () => {
  assert.equal(await greetings.greet('Ada'), 'Hello, Ada!')
})

test('has a sentence for whoever gives no name', async () => {
  await assert.rejects(greetings.greet(''), { payload: 'a name is needed' })
})
