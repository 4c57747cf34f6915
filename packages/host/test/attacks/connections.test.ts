import { createServer, type Server as HttpServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { createHost, type Plugin, type PluginError } from '@wasm-plugin/host'
import { describe, expect, onTestFinished } from 'vitest'
import { attack } from '../helpers/attack.js'
import { keeper, noRust, runs } from '../helpers/keeper.js'

async function listen(server: Server | HttpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** A server that begins an answer and never ends it; `closed` resolves when the other side has gone. */
async function endlessAnswer() {
  let closed = () => {}
  const gone = new Promise<void>((resolve) => {
    closed = resolve
  })
  const port = await listen(
    createServer((_, response) => {
      response.on('close', closed)
      response.write('begun')
    }),
  )
  return { url: `http://127.0.0.1:${port}`, gone }
}

async function quietTcp() {
  let closed = () => {}
  const gone = new Promise<void>((resolve) => {
    closed = resolve
  })
  const port = await listen(createTcpServer((socket) => socket.on('close', closed).on('error', () => {})))
  return { address: `127.0.0.1:${port}`, gone }
}

describe.skipIf(noRust)('connections end with the instance that opened them', () => {
  async function withOpenConnections(use: (plugin: Plugin) => Promise<void>) {
    const [http, tcp] = [await endlessAnswer(), await quietTcp()]
    const host = await createHost({ limits: { timeoutMs: 60_000 } })
    onTestFinished(() => host.close())
    const net = { allow: [http.url, `tcp://${tcp.address}`], limits: { concurrent: 2 } }
    const plugin = await host.load(keeper(), { grants: { net } })
    const run = runs(plugin.exports)
    expect(await run('open-http', 'a', http.url)).toBe('open')
    expect(await run('use-read', 'a')).toBe('begun')
    expect(await run('open-tcp', 'b', tcp.address)).toBe('open')
    expect(await run('open-tcp', 'c', tcp.address)).toMatch(/^error/)
    await use(plugin)
    // The other sides see the end while the plugin is still loaded.
    await Promise.all([http.gone, tcp.gone])
    expect(host.plugins.size).toBe(1)
    // And what was open counts no more.
    expect(await run('open-http', 'a', http.url)).toBe('open')
    expect(await run('open-tcp', 'b', tcp.address)).toBe('open')
  }

  attack('E1', 'Leaves requests and sockets open when its thread is ended', 'they end with it', () =>
    withOpenConnections(async (plugin) => {
      const spin = plugin.call('test:keeper/keeping#run', ['spin', []], { timeoutMs: 100 })
      expect(await spin.catch((error: PluginError) => error.code)).toBe('DEADLINE_EXCEEDED')
    }),
  )

  attack('E11', 'Leaves requests and sockets open when it traps', 'they end with the instance', () =>
    withOpenConnections(async (plugin) => {
      const panic = plugin.call('test:keeper/keeping#run', ['panic', []])
      expect(await panic.catch((error: PluginError) => error.code)).toBe('GUEST_TRAP')
    }),
  )
})
