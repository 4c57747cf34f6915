import { ComponentError } from '@wasm-plugin/runtime'
import { DISPOSE } from '@wasm-plugin/runtime/internal'
import { type Awaitable, chain, rescue } from '../../awaitable.js'
import { streamClosed } from './error.js'
import { Pollable } from './poll.js'
import { type Readiness, readyWhen } from './readiness.js'
import type { Waiter } from './waiter.js'

/** Most bytes that one read hands over, however much the plugin asks for. */
export const MAX_READ = 1 << 20

/** Where the bytes of an input stream come from. Throws `ComponentError`s of `stream-error`. */
export interface ByteSource {
  /** Up to `max` bytes that are there now; empty if none are yet; `null` at the end. */
  read(max: number): Awaitable<Uint8Array | null>
  /** Passes over up to `max` bytes without making them. @default by reading */
  skip?(max: number): number | null
  readonly readable: Readiness
  close(): void
}

/** What a stream reads from; undefined when it is over. */
export let sourceOf: (stream: InputStream) => ByteSource | undefined

/** `wasi:io/streams#input-stream` over any source. */
export class InputStream {
  #source: ByteSource | undefined
  readonly #readable: Readiness
  readonly #waiter: Waiter

  constructor(source: ByteSource, waiter: Waiter) {
    this.#source = source
    this.#readable = readyWhen(() => this.#source === undefined, source.readable)
    this.#waiter = waiter
  }

  read(len: bigint): Awaitable<Uint8Array> {
    return this.#take((source) => source.read(clamp(len)), len)
  }

  blockingRead(len: bigint): Awaitable<Uint8Array> {
    if (len === 0n) return this.read(len)
    return chain(this.#waiter.wait([this.#readable]), () => this.read(len))
  }

  skip(len: bigint): Awaitable<bigint> {
    const skipped = this.#take<number | Uint8Array>((source) => {
      if (source.skip !== undefined) return source.skip(clamp(len))
      return chain(source.read(clamp(len)), (bytes) => bytes?.length ?? null)
    }, len)
    return chain(skipped, (skipped) => BigInt(typeof skipped === 'number' ? skipped : 0))
  }

  blockingSkip(len: bigint): Awaitable<bigint> {
    if (len === 0n) return this.skip(len)
    return chain(this.#waiter.wait([this.#readable]), () => this.skip(len))
  }

  subscribe(): Pollable {
    return new Pollable(this.#readable, this.#waiter)
  }

  [DISPOSE](): void {
    this.#end()
  }

  /** One step of the source; the end and every failure close the stream for good. */
  #take<T extends Uint8Array | number>(
    step: (source: ByteSource) => Awaitable<T | null>,
    len: bigint,
  ): Awaitable<T | Uint8Array> {
    const source = this.#source
    if (source === undefined) throw streamClosed()
    if (len === 0n) return new Uint8Array()
    const taken = rescue(
      () => step(source),
      (error) => {
        if (ComponentError.is(error)) this.#end()
        throw error
      },
    )
    return chain(taken, (taken) => {
      if (taken !== null) return taken
      this.#end()
      throw streamClosed()
    })
  }

  /** What the stream held is free when it is over: the plugin may keep the handle for as long as it likes. */
  #end(): void {
    const source = this.#source
    this.#source = undefined
    source?.close()
  }

  // Not a method: a component may declare any name in its imports.
  static {
    sourceOf = (stream) => stream.#source
  }
}

/** Bytes that may be handed over for a request of `len`; `len` may be anything up to 2^64. */
function clamp(len: bigint): number {
  return len < BigInt(MAX_READ) ? Number(len) : MAX_READ
}
