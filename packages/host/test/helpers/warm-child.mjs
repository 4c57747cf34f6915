// Leaves a host open, with a plugin and threads that wait.
import { createHost } from '@wasm-plugin/host'

const host = await createHost({ warmThreads: 2 })
const plugin = await host.load(process.argv[2])
console.log(await plugin.call('one', []))
