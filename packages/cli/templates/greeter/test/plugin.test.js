import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { loadPlugin } from '@wasm-plugin/sdk/testing'

const plugin = await loadPlugin()
after(() => plugin.close())

const greetings = plugin.exports['example:greeter/greetings']

test('greets by name', async () => {
  assert.equal(await greetings.greet('Ada'), 'Hello, Ada!')
})

test('has a sentence for whoever gives no name', async () => {
  await assert.rejects(greetings.greet(''), { payload: 'a name is needed' })
})
