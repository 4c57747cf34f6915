import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createHost } from '@wasm-plugin/host'

let host
let plugin

before(async () => {
  host = await createHost()
  plugin = await host.load(new URL('../dist/{{name}}.wasm', import.meta.url), {
    // What the application offers to its plugins goes here: 'namespace:package/interface': { functionName() {} }.
    imports: {},
  })
})

after(() => host.close())

test('exports what {{world}} asks for', () => {
  assert.deepEqual(Object.keys(plugin.exports).filter((name) => expected.includes(name)).sort(), expected)
})

const expected = {{expectedExports}}
