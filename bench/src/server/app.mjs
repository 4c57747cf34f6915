// A web server whose answers come from a plugin: `node app.mjs plain|good|hostile`. Says its port on stdout.
import { createServer } from 'node:http'
import { createHost } from '@wasm-plugin/host'
import { components } from '../chaos/plugins.mjs'
import { guests } from '../guests.mjs'

const [kind] = process.argv.slice(2)
const API = 'bench:calls/api'
/** Milliseconds that a call of the hostile plugin gets. */
const TIMEOUT_MS = 50

const host = await createHost({
  imports: {
    'bench:calls/host': { add: (a, b) => (a + b) >>> 0, log() {} },
    ...{ stuck: () => new Promise(() => {}), fail() {}, quick() {} },
  },
})
const answer = kind === 'plain' ? (text) => `hello ${text}` : await goodAnswer()
const meanwhile = kind === 'hostile' ? await hostility() : () => {}

const server = createServer(async ({ url }, response) => {
  meanwhile()
  const body = await answer(url)
  response.writeHead(200, { 'content-type': 'text/plain' }).end(body)
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.once('SIGTERM', async () => {
  server.closeAllConnections()
  server.close()
  await host.close()
})

async function goodAnswer() {
  const plugin = await host.load((await guests()).component, { name: 'good' })
  const { echoString } = plugin.exports[API]
  return (text) => echoString(`hello ${text}`)
}

/** A plugin that is called for each request unless it still misbehaves for another: it loops, leaks and floods in turn. */
async function hostility() {
  const { guest } = await components()
  const plugin = await host.load(guest, { name: 'hostile', limits: { timeoutMs: TIMEOUT_MS } })
  const ways = ['spin', 'leak', 'ask', 'table', 'deep', 'huge']
  let isBusy = false
  let turn = 0
  return async () => {
    if (isBusy) return
    isBusy = true
    await plugin.exports[ways[turn++ % ways.length]]().catch(() => {})
    isBusy = false
  }
}
