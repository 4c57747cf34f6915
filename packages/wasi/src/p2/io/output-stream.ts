import { ComponentError } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import { operationFailed, streamClosed } from './error.js'
import type { InputStream } from './input-stream.js'
import { Pollable } from './poll.js'
import { type Readiness, readyWhen } from './readiness.js'
import type { Waiter } from './waiter.js'

/** Most bytes that one `write` takes. */
export const MAX_WRITE = 1 << 20

/** Where the bytes of an output stream go. Throws `ComponentError`s of `stream-error`. */
export interface ByteSink {
  /** Bytes that can be written now without waiting; 0 means not yet. */
  permit(): number
  /** Takes all of `bytes`, which are at most `MAX_WRITE`. The bytes may be reused afterwards. */
  write(bytes: Uint8Array): void
  /** Returns when everything written has arrived. @default nothing is buffered */
  flush?(): void
  readonly writable: Readiness
  close(): void
}

/** `wasi:io/streams#output-stream` over any sink. */
export class OutputStream {
  #sink: ByteSink | undefined
  readonly #writable: Readiness
  readonly #waiter: Waiter

  constructor(sink: ByteSink, waiter: Waiter) {
    this.#sink = sink
    this.#writable = readyWhen(() => this.#sink === undefined, sink.writable)
    this.#waiter = waiter
  }

  checkWrite(): bigint {
    return this.#with((sink) => BigInt(Math.min(sink.permit(), MAX_WRITE)))
  }

  write(contents: Uint8Array): void {
    this.#with((sink) => {
      if (contents.length > MAX_WRITE) throw operationFailed(TOO_LARGE)
      if (contents.length > 0) sink.write(contents)
    })
  }

  blockingWriteAndFlush(contents: Uint8Array): void {
    for (let at = 0; at < contents.length; at += MAX_WRITE) {
      this.#waiter.wait([this.#writable])
      this.write(contents.subarray(at, at + MAX_WRITE))
    }
    this.blockingFlush()
  }

  flush(): void {
    this.#with((sink) => sink.flush?.())
  }

  blockingFlush(): void {
    this.flush()
  }

  subscribe(): Pollable {
    return new Pollable(this.#writable, this.#waiter)
  }

  writeZeroes(len: bigint): void {
    this.#with(() => {
      if (len > BigInt(MAX_WRITE)) throw operationFailed(TOO_LARGE)
    })
    this.write(new Uint8Array(Number(len)))
  }

  blockingWriteZeroesAndFlush(len: bigint): void {
    this.#waiter.wait([this.#writable])
    this.writeZeroes(len)
    this.blockingFlush()
  }

  splice(source: InputStream, len: bigint): bigint {
    const permit = this.checkWrite()
    const bytes = source.read(len < permit ? len : permit)
    this.write(bytes)
    return BigInt(bytes.length)
  }

  blockingSplice(source: InputStream, len: bigint): bigint {
    if (len === 0n) return 0n
    this.#waiter.wait([this.#writable])
    const permit = this.checkWrite()
    const bytes = source.blockingRead(len < permit ? len : permit)
    this.write(bytes)
    return BigInt(bytes.length)
  }

  [DISPOSE](): void {
    this.#end()
  }

  /** One step of the sink; a failure closes the stream for good. */
  #with<T>(step: (sink: ByteSink) => T): T {
    if (this.#sink === undefined) throw streamClosed()
    try {
      return step(this.#sink)
    } catch (error) {
      if (ComponentError.is(error)) this.#end()
      throw error
    }
  }

  /** What the stream held is free when it is over: the plugin may keep the handle for as long as it likes. */
  #end(): void {
    const sink = this.#sink
    this.#sink = undefined
    sink?.close()
  }
}

const TOO_LARGE = { kind: 'filesystem', code: 'file-too-large' } as const
