import type { IncomingMessage } from 'node:http'
import type { FieldList, HeldBytes, ResponseHead } from '@wasm-plugin/wasi'
import { fieldsOf } from './http-message.js'

/** What one answer, and one field of it, cost beside their bytes. */
const COST = 128

/**
 * What a plugin has not taken yet of an answer that has arrived whole. The connection is over, and no plugin has to say
 * so; the bytes that are left count as held by the plugin, until it takes them or lets go of them.
 */
export class Rest {
  readonly #held: HeldBytes
  #head: ResponseHead | undefined
  #body: Buffer
  #trailers: FieldList
  #cost: number

  /** Undefined, and nothing has changed, when the plugin holds too much already. */
  static of(response: IncomingMessage, head: ResponseHead | undefined, held: HeldBytes): Rest | undefined {
    const trailers = fieldsOf(response.rawTrailers)
    const cost =
      (head === undefined ? 0 : COST + costOf(head.headers)) + costOf(trailers) + response.readableLength
    if (!held.take(cost)) return undefined
    return new Rest({ head, body: response.read() ?? Buffer.alloc(0), trailers }, cost, held)
  }

  private constructor(
    { head, body, trailers }: { head: ResponseHead | undefined; body: Buffer; trailers: FieldList },
    cost: number,
    held: HeldBytes,
  ) {
    this.#head = head
    this.#body = body
    this.#trailers = trailers
    this.#cost = cost
    this.#held = held
    this.#settle()
  }

  /** Nothing is left to be taken. */
  get isEmpty(): boolean {
    return this.#head === undefined && this.#body.length === 0 && this.#trailers.length === 0
  }

  /** Nothing is left of the body. */
  get isRead(): boolean {
    return this.#body.length === 0
  }

  takeHead(): ResponseHead | undefined {
    const head = this.#head
    this.#head = undefined
    this.#settle()
    return head
  }

  /** Up to `max` bytes; `null` at the end. */
  read(max: number): Uint8Array | null {
    if (this.#body.length === 0) return null
    const chunk = new Uint8Array(this.#body.subarray(0, max))
    this.#body = this.#body.subarray(max)
    this.#settle()
    return chunk
  }

  takeTrailers(): FieldList {
    const trailers = this.#trailers
    this.drop()
    return trailers
  }

  drop(): void {
    this.#head = undefined
    this.#body = Buffer.alloc(0)
    this.#trailers = []
    this.#settle()
  }

  /** Given back as one, since the bytes of a body are in memory until the last of them was read. */
  #settle(): void {
    if (!this.isEmpty) return
    this.#body = Buffer.alloc(0)
    this.#held.give(this.#cost)
    this.#cost = 0
  }
}

function costOf(fields: FieldList): number {
  return fields.reduce((sum, [name, value]) => sum + name.length + value.length + COST, 0)
}
