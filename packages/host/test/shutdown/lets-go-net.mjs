// node lets-go-net.mjs <keeper.wasm> <rounds> <http url> <tcp address>: the same for what a plugin keeps open.
import { letGo } from './let-go.mjs'

const [keeper, rounds, http, tcp] = process.argv.slice(2)

const modes = {
  async 'a request, a connection and a socket that the plugin keeps open'(host) {
    const net = { allow: [http, `tcp://${tcp}`, `udp://${tcp}`] }
    const plugin = await host.load(keeper, { grants: { net } })
    const run = (...args) => plugin.call('test:keeper/keeping#run', args)
    const opened = [
      await run('open-http', ['a', http]),
      await run('open-tcp', ['b', tcp]),
      await run('open-udp', ['c']),
    ]
    return opened.join()
  },
}

await letGo(modes, Number(rounds))
