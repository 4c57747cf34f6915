import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { SlicedSocket } from '#internal'

it('a connection that is closed is read to its end, however late', async () => {
  const server = createServer((socket) => socket.end(Buffer.alloc(100_000, 7)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const raw = connect(port, '127.0.0.1')
  const sliced = new SlicedSocket(raw, { maxBytes: 1 << 20, tooMuch: () => new Error('too much') })
  // A request is over when it has been sent.
  sliced.end()
  const closed = once(raw, 'close')
  let length = 0
  for await (const chunk of sliced) {
    length += chunk.length
    await Promise.race([closed, setTimeout(5)])
  }
  expect(length).toBe(100_000)
  expect(raw.destroyed).toBe(true)
})
