import { ComponentError } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import { type Awaitable, chain, rescue } from '../../awaitable.js'
import { operationFailed, streamClosed } from './error.js'
import type { InputStream } from './input-stream.js'
import { Pollable } from './poll.js'
import { always, type Readiness, readyWhen } from './readiness.js'
import type { Waiter } from './waiter.js'

/** Most bytes that one `write` takes. */
export const MAX_WRITE = 1 << 20

/** Where the bytes of an output stream go. Throws `ComponentError`s of `stream-error`. */
export interface ByteSink {
  /** Bytes that can be written now without waiting; 0 means not yet. */
  permit(): number
  /** Takes all of `bytes`, which are at most `MAX_WRITE`. The bytes may be reused afterwards. */
  write(bytes: Uint8Array): Awaitable<void>
  /** Returns when everything written has arrived. @default nothing is buffered */
  flush?(): void
  readonly writable: Readiness
  close(): void
}

/** What a stream writes to; undefined when it is over. */
export let sinkOf: (stream: OutputStream) => ByteSink | undefined

/** `wasi:io/streams#output-stream` over any sink. */
export class OutputStream {
  #sink: ByteSink | undefined
  readonly #of: Readiness
  /** Of the stream, which is ready too when it is over; few are asked for it. */
  #readiness: Readiness | undefined
  readonly #waiter: Waiter

  constructor(sink: ByteSink, waiter: Waiter) {
    this.#sink = sink
    this.#of = sink.writable
    this.#waiter = waiter
  }

  checkWrite(): bigint {
    return this.#with((sink) => BigInt(Math.min(sink.permit(), MAX_WRITE)))
  }

  write(contents: Uint8Array): Awaitable<void> {
    return this.#with((sink) => {
      if (contents.length > MAX_WRITE) throw operationFailed(TOO_LARGE)
      if (contents.length > 0) return sink.write(contents)
    })
  }

  blockingWriteAndFlush(contents: Uint8Array): Awaitable<void> {
    if (contents.length === 0) return this.blockingFlush()
    const isAll = contents.length <= MAX_WRITE
    const first = isAll ? contents : contents.subarray(0, MAX_WRITE)
    const written = chain(this.#wait(), () => this.write(first))
    return chain(written, () =>
      isAll ? this.blockingFlush() : this.blockingWriteAndFlush(contents.subarray(MAX_WRITE)),
    )
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

  writeZeroes(len: bigint): Awaitable<void> {
    this.#with(() => {
      if (len > BigInt(MAX_WRITE)) throw operationFailed(TOO_LARGE)
    })
    return this.write(new Uint8Array(Number(len)))
  }

  blockingWriteZeroesAndFlush(len: bigint): Awaitable<void> {
    const written = chain(this.#wait(), () => this.writeZeroes(len))
    return chain(written, () => this.blockingFlush())
  }

  splice(source: InputStream, len: bigint): Awaitable<bigint> {
    const permit = this.checkWrite()
    return this.#pass(source.read(len < permit ? len : permit))
  }

  blockingSplice(source: InputStream, len: bigint): Awaitable<bigint> {
    if (len === 0n) return 0n
    return chain(this.#wait(), () => {
      const permit = this.checkWrite()
      return this.#pass(source.blockingRead(len < permit ? len : permit))
    })
  }

  [DISPOSE](): void {
    this.#end()
  }

  get #writable(): Readiness {
    this.#readiness ??= readyWhen(() => this.#sink === undefined, this.#of)
    return this.#readiness
  }

  /** Until it can be written to, or is over. */
  #wait(): Awaitable<void> {
    if (this.#sink !== undefined && this.#of !== always) return this.#waiter.wait([this.#writable])
  }

  /** Writes what was read, and answers how much that was. */
  #pass(read: Awaitable<Uint8Array>): Awaitable<bigint> {
    return chain(read, (bytes) => chain(this.write(bytes), () => BigInt(bytes.length)))
  }

  /** One step of the sink; a failure closes the stream for good. */
  #with<T>(step: (sink: ByteSink) => T): T {
    const sink = this.#sink
    if (sink === undefined) throw streamClosed()
    // Later where the step is, and at once where it is not.
    return rescue(
      () => step(sink),
      (error) => {
        if (ComponentError.is(error)) this.#end()
        throw error
      },
    ) as T
  }

  /** What the stream held is free when it is over: the plugin may keep the handle for as long as it likes. */
  #end(): void {
    const sink = this.#sink
    this.#sink = undefined
    sink?.close()
  }

  // Not a method: a component may declare any name in its imports.
  static {
    sinkOf = (stream) => stream.#sink
  }
}

const TOO_LARGE = { kind: 'filesystem', code: 'file-too-large' } as const
