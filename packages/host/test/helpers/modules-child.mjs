// Calls a plugin, and says which modules of Node that took: node modules-child.mjs PLUGIN ISOLATION
import { createHost } from '@wasm-plugin/host'

const [, , file, isolation] = process.argv
const host = await createHost()
const plugin = await host.load(file, { isolation })
await plugin.call('one', [])
// Before there is output, for which Node may load more.
const loaded = JSON.stringify(process.moduleLoadList)
await host.close()
console.log(loaded)
