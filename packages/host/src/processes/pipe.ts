import type { Duplex } from 'node:stream'
import { hasTime } from '@wasm-plugin/embed/thread'
import { decode, encode, TooLarge } from './codec.js'

/** Bytes in front of a message, which say how long it is. */
const HEAD = 4

export interface PipeEvents<T> {
  /** @param bytes of all of it */
  onMessage(message: T, bytes: number): void
  /** What came is no message: nothing is read any more. */
  onBroken(reason: string): void
}

export interface PipeLimits {
  /** Bytes of one message that comes. */
  readonly message: number
  /** Of those, what is read at once: all but large arrays of bytes. */
  readonly atOnce: number
}

/** Messages over a stream of bytes. */
export class Pipe<Out, In> {
  readonly #stream: Duplex
  readonly #events: PipeEvents<In>
  readonly #limits: PipeLimits
  #chunks: Buffer[] = []
  #size = 0
  /** Of the message that comes, with its head. */
  #wanted = HEAD
  #isBroken = false

  constructor(stream: Duplex, limits: PipeLimits, events: PipeEvents<In>) {
    this.#stream = stream
    this.#limits = limits
    this.#events = events
    stream.on('data', (chunk: Buffer) => this.#take(chunk))
    // Whoever is at the other end has gone, which is heard of by its end.
    stream.on('error', () => {})
  }

  /** @throws what cannot be cloned, and then nothing was sent */
  send(message: Out): void {
    const body = encode(message)
    const head = Buffer.allocUnsafe(HEAD)
    head.writeUInt32LE(body.reduce((sum, { length }) => sum + length, 0))
    if (!this.#stream.writable) return
    this.#stream.cork()
    this.#stream.write(head)
    for (const part of body) this.#stream.write(part)
    this.#stream.uncork()
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    this.#read()
  }

  /** Reads what is there in turns: it may be any number of messages. Each turn has one of them, however little time is left. */
  #read(): void {
    do {
      if (this.#isBroken || this.#size < this.#wanted) return
      const body = this.#next()
      if (body !== undefined) this.#receive(body)
    } while (hasTime())
    this.#stream.pause()
    setImmediate(() => {
      this.#stream.resume()
      this.#read()
    })
  }

  /** The next message, if all of it is there. */
  #next(): Uint8Array | undefined {
    const all = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
    this.#chunks = [all]
    const length = all.readUInt32LE(0)
    if (length > this.#limits.message) {
      this.#break(`it sent a message of ${length} bytes`)
      return undefined
    }
    this.#wanted = HEAD + length
    if (all.length < this.#wanted) return undefined
    const rest = all.subarray(this.#wanted)
    this.#chunks = rest.length === 0 ? [] : [rest]
    this.#size = rest.length
    const body = all.subarray(HEAD, this.#wanted)
    this.#wanted = HEAD
    return body
  }

  #receive(body: Uint8Array): void {
    let message: In
    try {
      message = decode(body, this.#limits.atOnce) as In
    } catch (error) {
      const isLarge = error instanceof TooLarge
      this.#break(isLarge ? 'it sent more at once than is read at once' : 'it sent what is no message')
      return
    }
    this.#events.onMessage(message, body.length)
  }

  #break(reason: string): void {
    this.#isBroken = true
    this.#chunks = []
    this.#stream.destroy()
    this.#events.onBroken(reason)
  }
}
