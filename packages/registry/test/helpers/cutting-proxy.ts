import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface CuttingProxy {
  readonly registry: string
  /** How often a connection was cut, and bytes that went each way. */
  readonly cuts: number
  readonly up: number
  readonly down: number
}

/**
 * Passes bytes on to a port of this machine, and resets the connection each time that `every` bytes have gone one way, as
 * often as `times`: a bad network in front of a real registry.
 */
export async function startCuttingProxy(port: number, every: number, times: number): Promise<CuttingProxy> {
  const state = { cuts: 0, up: 0, down: 0 }
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    let passed = 0
    const pass = (from: Socket, to: Socket, way: 'up' | 'down') => {
      sockets.add(from)
      from.on('error', () => to.destroy()).on('close', () => to.end())
      from.on('data', (bytes) => {
        state[way] += bytes.length
        passed += bytes.length
        if (passed > every && state.cuts < times) {
          state.cuts++
          near.resetAndDestroy()
          far.end()
        } else if (!to.write(bytes)) {
          from.pause()
          to.once('drain', () => from.resume())
        }
      })
    }
    pass(near, far, 'up')
    pass(far, near, 'down')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return Object.assign(state, { registry: `127.0.0.1:${(server.address() as AddressInfo).port}` })
}
