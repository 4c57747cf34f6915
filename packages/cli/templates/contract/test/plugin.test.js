import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { loadPlugin } from '@wasm-plugin/sdk/testing'

const plugin = await loadPlugin({
  // What the plugin calls in the application is faked here: 'namespace:package/interface': { someFunction() {} }
  imports: {},
})
after(() => plugin.close())

for (const name of {{exports}}) {
  test(`exports ${name}`, () => {
    assert.ok(name in plugin.exports)
  })
}
