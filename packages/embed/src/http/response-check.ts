import { hasNoBody, maySendFields, mayTrail } from '@wasm-plugin/wasi'
import type { AnswerPart } from './answer-part.js'
import type { HttpField } from './field-bytes.js'

/** Informational responses to one request, as many as a plugin can send. */
const MAX_INFORMATIONAL = 16

/**
 * The rules that the WASI of a plugin holds to when it sends a response, checked where it arrives: who has broken out of
 * a thread or process may send pieces of its own, and a client must not take one message for two.
 */
export class ResponseCheck {
  readonly #isHead: boolean
  #informational = 0
  #state: 'before' | 'body' | 'over' = 'before'
  /** Bytes that the body still has by its head; undefined where that does not say. */
  #left: number | undefined

  constructor(method: string) {
    this.#isHead = method === 'HEAD'
  }

  /** Whether it may come where it does. */
  allows(part: AnswerPart): boolean {
    if (this.#state === 'over') return false
    switch (part.kind) {
      case 'informational':
        return (
          this.#state === 'before' &&
          ++this.#informational <= MAX_INFORMATIONAL &&
          isStatus(part.status, 100, 199) &&
          part.status !== 101 &&
          maySendFields(part.fields)
        )
      case 'head':
        return this.#begin(part.status, part.fields)
      case 'bytes':
        if (this.#state !== 'body') return false
        if (this.#left !== undefined) this.#left -= part.bytes.length
        return this.#left === undefined || this.#left >= 0
      case 'end':
        if (this.#state !== 'body' || !maySendTrailers(part.fields)) return false
        this.#state = 'over'
        return this.#left === undefined || this.#left === 0
      case 'failed':
        this.#state = 'over'
        return /^[A-Za-z-]{1,64}$/.test(part.tag)
    }
  }

  #begin(status: number, fields: readonly HttpField[]): boolean {
    if (this.#state !== 'before' || !isStatus(status, 200, 599) || !maySendFields(fields)) return false
    this.#state = 'body'
    const length = fields.find(([name]) => name === 'content-length')?.[1]
    if (this.#isHead || hasNoBody(status)) this.#left = 0
    else if (length !== undefined) this.#left = Number(length)
    return true
  }
}

function maySendTrailers(fields: readonly HttpField[]): boolean {
  return maySendFields(fields) && fields.every(([name]) => mayTrail(name))
}

function isStatus(status: unknown, min: number, max: number): boolean {
  return Number.isInteger(status) && (status as number) >= min && (status as number) <= max
}
