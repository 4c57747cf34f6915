import { type Awaitable, chain, untilDone } from '../../awaitable.js'
import type { OutputPiece, ProgramStart } from '../../protocol/program.js'
import type { ServiceCaller } from '../../protocol/service-map.js'
import { streamClosed } from '../io/error.js'
import { exchangeSource } from '../io/exchange-source.js'
import type { ByteSource } from '../io/input-stream.js'
import type { ByteSink } from '../io/output-stream.js'
import { always } from '../io/readiness.js'
import { asStream } from '../io/remote-source.js'

/** Bytes of output that may be under way before somebody has taken them. */
const WINDOW = 256 << 10
/** Those of one piece. */
const PIECE = 64 << 10

/** What a program has while it runs, in the place of what its grants say. */
export interface Started extends Pick<ProgramStart, 'args' | 'env'> {
  readonly stdin: ByteSource | undefined
  readonly stdout: ByteSink
  /** Undefined where its lines go to the log. */
  readonly stderr: ByteSink | undefined
}

export interface ProgramContext {
  readonly services: ServiceCaller
  readonly post: (piece: OutputPiece) => void
}

/** The program that an instance is. It runs once; before, and in all other calls, its grants say everything. */
export class Program {
  readonly #context: ProgramContext
  #started: Started | undefined

  constructor(context: ProgramContext) {
    this.#context = context
  }

  get started(): Started | undefined {
    return this.#started
  }

  /** @param id of the exchange. Returns what is to be called when the program has ended. */
  start(id: number, { args, env, stdin, logsErrors }: ProgramStart): () => void {
    const { services } = this.#context
    const output = new Output(id, this.#context)
    this.#started = {
      args,
      env,
      stdin:
        stdin === undefined
          ? undefined
          : stdin === 'asked'
            ? exchangeSource(services, id, 'not')
            : bytesSource(stdin),
      stdout: output.sink('stdout'),
      stderr: logsErrors ? undefined : output.sink('stderr'),
    }
    return () => {
      output.end()
      this.#started = undefined
    }
  }
}

/** Bytes that are there. */
export interface BytesSource extends ByteSource {
  /** Of those that were read. */
  offset: number
}

export function bytesSource(bytes: Uint8Array): BytesSource {
  const source: BytesSource = {
    offset: 0,
    read(max) {
      const { offset } = source
      if (offset >= bytes.length) return null
      const part = bytes.slice(offset, offset + max)
      source.offset += part.length
      return part
    },
    readable: always,
    close() {},
  }
  return source
}

/** Sends what a program writes: one that is faster than its reader waits once so much is under way. */
class Output {
  readonly #id: number
  readonly #context: ProgramContext
  #sent = 0
  #taken = 0
  #isOver = false

  constructor(id: number, context: ProgramContext) {
    this.#id = id
    this.#context = context
  }

  sink(kind: OutputPiece['kind']): ByteSink {
    return {
      permit: () => PIECE,
      write: (bytes) => {
        let at = 0
        return untilDone(() => {
          if (at >= bytes.length) return true
          const piece = bytes.slice(at, at + PIECE)
          at += PIECE
          return chain(this.#send(kind, piece), () => false)
        })
      },
      // Sending waits for the reader itself.
      writable: always,
      close() {},
    }
  }

  end(): void {
    this.#isOver = true
  }

  #send(kind: OutputPiece['kind'], bytes: Uint8Array): Awaitable<void> {
    if (this.#isOver) throw streamClosed()
    this.#sent += bytes.length
    const { post, services } = this.#context
    post({ kind, bytes })
    if (this.#sent - this.#taken <= WINDOW) return
    const sent = asStream('http', () => services.call('http.sent', [this.#id, this.#sent]))
    return chain(sent, (taken) => {
      this.#taken = taken
    })
  }
}
