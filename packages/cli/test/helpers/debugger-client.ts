import { randomBytes } from 'node:crypto'
import http from 'node:http'
import type { Duplex } from 'node:stream'

/** A message of the inspector's protocol. */
// biome-ignore lint/suspicious/noExplicitAny: whatever the engine says.
type Message = any

/** A debugger that is connected to a process by the address that Node prints. */
export class DebuggerClient {
  readonly #socket: Duplex
  readonly #answers = new Map<number, (message: Message) => void>()
  readonly #onMessage: (message: Message) => void
  #received = Buffer.alloc(0)
  #sent = 0

  private constructor(socket: Duplex, onMessage: (message: Message) => void) {
    this.#socket = socket
    this.#onMessage = onMessage
    socket.on('data', (bytes: Buffer) => this.#receive(bytes))
    socket.on('error', () => {})
  }

  /** @param onMessage hears what is no answer */
  static async connect(url: string, onMessage: (message: Message) => void): Promise<DebuggerClient> {
    const key = randomBytes(16).toString('base64')
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': key,
    }
    const request = http.get(url.replace('ws:', 'http:'), { headers })
    const socket = await new Promise<Duplex>((resolve, reject) => {
      request.on('upgrade', (_, socket) => resolve(socket))
      request.on('error', reject)
    })
    return new DebuggerClient(socket, onMessage)
  }

  send(method: string, params: object = {}): Promise<Message> {
    const id = ++this.#sent
    return new Promise((resolve) => {
      this.#answers.set(id, resolve)
      this.#write(JSON.stringify({ id, method, params }))
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  /** One frame of text, which a client has to mask: with zeros it stays as it is. */
  #write(text: string): void {
    const bytes = Buffer.from(text)
    const head =
      bytes.length < 126
        ? Buffer.of(0x81, 0x80 | bytes.length)
        : Buffer.of(0x81, 0xfe, bytes.length >> 8, bytes.length)
    this.#socket.write(Buffer.concat([head, Buffer.alloc(4), bytes]))
  }

  #receive(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes])
    for (;;) {
      const all = this.#received
      if (all.length < 2) return
      const short = all[1]! & 0x7f
      const start = short === 126 ? 4 : short === 127 ? 10 : 2
      if (all.length < start) return
      const length =
        short === 126 ? all.readUInt16BE(2) : short === 127 ? Number(all.readBigUInt64BE(2)) : short
      if (all.length < start + length) return
      this.#received = all.subarray(start + length)
      this.#take(JSON.parse(all.subarray(start, start + length).toString()))
    }
  }

  #take(message: Message): void {
    if (message.id === undefined) this.#onMessage(message)
    else this.#answers.get(message.id)?.(message)
  }
}
