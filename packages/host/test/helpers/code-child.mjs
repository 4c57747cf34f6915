// Loads the component of a file in a thread, and prints what its function `one` answers.
import { createHost } from '@wasm-plugin/host'

const host = await createHost()
const plugin = await host.load(process.argv[2])
console.log(await plugin.call('one', []))
await host.close()
