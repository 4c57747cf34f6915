// node lets-go-net.mjs <keeper.wasm> <rounds> <http url> <tcp address> <silent url>: the same for what a plugin keeps open,
// or begins, which nobody accepts at the last.
import { letGo } from './let-go.mjs'

const [keeper, rounds, http, tcp, silent] = process.argv.slice(2)

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
  async 'a request whose server does not accept it'(host) {
    // By its own limit the attempt would not be given up.
    const net = { allow: [silent], limits: { connectTimeoutMs: 600_000 } }
    const plugin = await host.load(keeper, { grants: { net } })
    return await plugin.call('test:keeper/keeping#run', ['begin-http', ['a', silent]])
  },
}

await letGo(modes, Number(rounds))
