import { type AnswerPiece, type FieldList, maySendFields, type ResponsePiece } from '@wasm-plugin/wasi'

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

  /** Whether a piece may come where it does. */
  allows(piece: AnswerPiece): piece is ResponsePiece {
    if (this.#state === 'over') return false
    switch (piece.kind) {
      case 'informational':
        return (
          this.#state === 'before' &&
          ++this.#informational <= MAX_INFORMATIONAL &&
          isStatus(piece.status, 100, 199) &&
          piece.status !== 101 &&
          maySendFields(piece.headers)
        )
      case 'head':
        return this.#begin(piece.status, piece.headers)
      case 'bytes':
        if (this.#state !== 'body' || !(piece.bytes instanceof Uint8Array)) return false
        if (this.#left !== undefined) this.#left -= piece.bytes.length
        return this.#left === undefined || this.#left >= 0
      case 'end':
        if (this.#state !== 'body' || !maySendFields(piece.trailers)) return false
        this.#state = 'over'
        return this.#left === undefined || this.#left === 0
      case 'failed':
        this.#state = 'over'
        return /^[A-Za-z-]{1,64}$/.test(piece.code.tag)
      default:
        return false
    }
  }

  #begin(status: number, headers: FieldList): boolean {
    if (this.#state !== 'before' || !isStatus(status, 200, 599) || !maySendFields(headers)) return false
    this.#state = 'body'
    const length = headers.find(([name]) => name === 'content-length')?.[1]
    if (this.#isHead || status === 204 || status === 304) this.#left = 0
    else if (length !== undefined) this.#left = Number(String.fromCharCode(...length))
    return true
  }
}

function isStatus(status: unknown, min: number, max: number): boolean {
  return Number.isInteger(status) && (status as number) >= min && (status as number) <= max
}
