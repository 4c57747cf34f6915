import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createHost } from '@wasm-plugin/host'

let host
let plugin

before(async () => {
  host = await createHost()
  plugin = await host.load(new URL('../dist/{{name}}.wasm', import.meta.url), {
    // What the application offers goes here, once the plugin uses it: 'namespace:package/interface': { someFunction() {} }
    imports: {},
  })
})

after(() => host?.close())

for (const name of {{exports}}) {
  test(`exports ${name}`, () => {
    assert.ok(name in plugin.exports)
  })
}
