// On every Node: its parser of HTTP.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { SlicedSocket, Turns } from '#internal'
import { attack } from '../helpers/attack.js'
import { client } from '../helpers/http-client.js'

/** A server that answers with `head`, and then with `more` over and over for as long as it is read. */
async function startServer(head: string, more: string) {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(head)
      const go = () => {
        while (more !== '' && !socket.destroyed && socket.write(more));
      }
      socket.on('drain', go)
      go()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { port: (server.address() as AddressInfo).port }
}

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'

describe('a server that sends much for little', () => {
  attack(
    'B68',
    'Lets a server send informational responses without end',
    'an error of the protocol after sixteen of them',
    async () => {
      for (const status of ['100 Continue', '103 Early Hints\r\nLink: </x>']) {
        const { port } = await startServer('', `HTTP/1.1 ${status}\r\n\r\n`.repeat(100))
        const { fetch } = client([`http://127.0.0.1:${port}`])
        expect(await fetch(`127.0.0.1:${port}`)).toBe('HTTP-protocol-error')
      }
      const few = 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(16)
      const { port } = await startServer(`${few}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`, '')
      const { fetch } = client([`http://127.0.0.1:${port}`])
      expect(await fetch(`127.0.0.1:${port}`)).toMatchObject({ status: 200, text: 'ok' })
    },
  )

  attack(
    'B69',
    'Lets a server frame a small body by much: chunks of one byte, and chunks with long extensions',
    'what frames a body counts: cut off at twice what the body may have',
    async () => {
      for (const more of ['1\r\nx\r\n'.repeat(5_000), `1;${'a'.repeat(4_000)}\r\nx\r\n`.repeat(8)]) {
        const { port } = await startServer(CHUNKED, more)
        const net = { allow: [`http://127.0.0.1:${port}`], limits: { responseBytes: 1 << 20 } }
        const { open, call } = client(net)
        const id = await open(`127.0.0.1:${port}`)
        await call('http.end', id, [])
        await call('http.response', id)
        let body = 0
        const read = async () => {
          for (let bytes = 1; bytes > 0; body += bytes)
            bytes = (await call('http.read', id, 65_536, true)).bytes?.length ?? 0
        }
        await expect(read()).rejects.toMatchObject({
          payload: { tag: expect.stringMatching(/^HTTP-(response-body-size|protocol-error)$/) },
        })
        expect(body).toBeLessThan(1 << 19)
      }
    },
  )
})

attack(
  'B70',
  'Lets many servers send what takes long to parse, at once',
  'in slices of 8 KiB, and of all connections together only as many in one turn of the event loop as take 4 ms',
  async () => {
    const turns = new FakeTurns()
    const { port } = await startServer('', 'x'.repeat(1 << 20))
    const sliced = [1, 2, 3].map(() => {
      const socket = new SlicedSocket(connect(port, '127.0.0.1'), {
        maxBytes: 300_000,
        tooMuch: () => TOO_MUCH,
        turns,
      })
      socket.write('hello')
      return socket
    })
    const received = await Promise.all(sliced.map(receive))
    for (const { sizes, error } of received) {
      expect(error).toBe(TOO_MUCH)
      expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(300_000)
      expect(Math.max(...sizes)).toBe(8 << 10)
    }
    expect(Math.max(...turns.jobsPerTurn)).toBe(2)
  },
)

describe('what waits for its turn', () => {
  it('is done in order, and what it adds has a later turn', async () => {
    const done: string[] = []
    const turns = new Turns(() => 0)
    await new Promise<void>((resolve) => {
      turns.add(() => {
        done.push('first')
        turns.add(() => done.push('added'))
        setImmediate(() => done.push('application'))
        setImmediate(() => setImmediate(resolve))
      })
      turns.add(() => done.push('second'))
    })
    expect(done).toEqual(['first', 'second', 'added', 'application'])
  })
})

describe('a connection in slices', () => {
  it('gives all that was sent, and its end', async () => {
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251))
    const server = createServer((socket: Socket) => socket.end(bytes))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const sliced = new SlicedSocket(connect(port, '127.0.0.1'), {
      maxBytes: 200_000,
      tooMuch: () => TOO_MUCH,
    })
    expect((await buffer(sliced)).equals(bytes)).toBe(true)
  })
})

const TOO_MUCH = new Error('too much')

/** Every slice takes 3 ms of its clock. */
class FakeTurns extends Turns {
  readonly jobsPerTurn: number[] = []
  readonly #clock: { now: number }
  #turn = 0

  constructor() {
    const clock = { now: 0 }
    super(() => clock.now)
    this.#clock = clock
  }

  override add(job: () => void): void {
    super.add(() => {
      this.#clock.now += 3
      if (this.jobsPerTurn.length === 0 || this.#turn === 0) {
        this.#turn = 1
        this.jobsPerTurn.push(0)
        // After all jobs of this turn.
        queueMicrotask(() => {
          this.#turn = 0
        })
      }
      this.jobsPerTurn.push((this.jobsPerTurn.pop() ?? 0) + 1)
      job()
    })
  }
}

function receive(socket: SlicedSocket): Promise<{ sizes: number[]; error: Error }> {
  const sizes: number[] = []
  return new Promise((resolve) => {
    socket.on('data', (slice: Buffer) => sizes.push(slice.length))
    socket.on('error', (error) => resolve({ sizes, error }))
  })
}
