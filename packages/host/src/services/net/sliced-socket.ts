import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { networkTurns, type Turns } from './turns.js'

/** Bytes in which there is place for so few chunks, or informational responses, that parsing them takes no time. */
const SLICE = 8 << 10

export interface Slicing {
  /** Bytes that may be received. */
  readonly maxBytes: number
  /** What it fails with when more are. */
  readonly tooMuch: (bytes: number) => Error
  readonly turns?: Turns
}

/**
 * A connection whose bytes are read in slices, each in a turn. Node's parser works through all that has arrived at once: of
 * chunks of one byte that is for so long that the application would wait.
 */
export class SlicedSocket extends Duplex {
  readonly #socket: Socket
  readonly #slicing: Slicing
  readonly #turns: Turns
  #received = 0
  #isWanted = false
  #isReadable = false
  #isEnded = false
  #hasTurn = false

  constructor(socket: Socket, slicing: Slicing) {
    super({ readableHighWaterMark: SLICE })
    this.#socket = socket
    this.#slicing = slicing
    this.#turns = slicing.turns ?? networkTurns
    for (const event of ['connect', 'secureConnect']) socket.on(event, () => this.emit(event))
    socket.on('readable', () => {
      this.#isReadable = true
      this.#waitForTurn()
    })
    socket.on('end', () => {
      this.#isEnded = true
      this.push(null)
    })
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => {
      // What has come is read all the same, however slowly.
      if (this.#isEnded && !this.readableEnded) this.once('end', () => this.destroy())
      else this.destroy()
    })
  }

  unref(): this {
    this.#socket.unref()
    return this
  }

  override _read(): void {
    this.#isWanted = true
    this.#waitForTurn()
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, done)
  }

  override _final(done: () => void): void {
    this.#socket.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }

  #waitForTurn(): void {
    if (this.#hasTurn || !this.#isWanted || !this.#isReadable) return
    this.#hasTurn = true
    this.#turns.add(() => {
      this.#hasTurn = false
      if (!this.destroyed) this.#readSlice()
    })
  }

  #readSlice(): void {
    const size = Math.min(this.#socket.readableLength, SLICE)
    const slice: Buffer | null = this.#socket.read(size === 0 ? undefined : size)
    if (slice === null) {
      this.#isReadable = false
      return
    }
    this.#received += slice.length
    if (this.#received > this.#slicing.maxBytes) {
      this.destroy(this.#slicing.tooMuch(this.#received))
      return
    }
    this.#isWanted = false
    this.push(slice)
  }
}
