import type { AnswerPiece } from '@wasm-plugin/wasi'
import { joined as concatenated } from '../http/joined.js'

/** Bytes of pieces that wait for each other, and milliseconds for which they do while the plugin makes more. */
const MAX_BYTES = 32 << 10
const MAX_MS = 2
/** Pieces of a program's output that are sent at once, and one more every `MAX_MS`; what it writes faster is sent together. */
const AT_ONCE = 64
/** What a piece counts for beside its bytes. */
const PIECE = 256

/**
 * Pieces of an answer on their way to the application: those that a plugin makes in one go are sent together, and the last ones
 * with the outcome of its call, because a message costs more than a small response does. Whatever makes the plugin wait sends
 * those before it, and so does a plugin that flushes them. What a program writes is for who looks on, and not to be lost when it is
 * ended while it computes.
 */
export class Outbox {
  readonly #post: (pieces: readonly AnswerPiece[]) => void
  #pieces: AnswerPiece[] = []
  #bytes = 0
  #since = 0
  #atOnce = AT_ONCE
  #spentAt = 0

  constructor(post: (pieces: readonly AnswerPiece[]) => void) {
    this.#post = post
  }

  add(piece: AnswerPiece): void {
    const now = performance.now()
    if (this.#pieces.length === 0) this.#since = now
    this.#pieces.push(piece)
    this.#bytes += PIECE + ('bytes' in piece ? piece.bytes.length : 0)
    const isOutput = piece.kind === 'stdout' || piece.kind === 'stderr'
    const isUrgent = piece.kind === 'informational' || (isOutput && this.#mayGoAtOnce(now))
    if (isUrgent || this.#bytes >= MAX_BYTES || now - this.#since >= MAX_MS) this.flush()
  }

  #mayGoAtOnce(now: number): boolean {
    this.#atOnce = Math.min(AT_ONCE, this.#atOnce + (now - this.#spentAt) / MAX_MS)
    this.#spentAt = now
    if (this.#atOnce < 1) return false
    this.#atOnce--
    return true
  }

  flush(): void {
    if (this.#pieces.length > 0) this.#post(this.take())
  }

  /** Those that were not sent yet. */
  take(): readonly AnswerPiece[] {
    const pieces = this.#pieces
    this.#pieces = []
    this.#bytes = 0
    return joined(pieces)
  }
}

/** Those that go with an outcome. */
export function lastPieces(pieces: readonly AnswerPiece[]): { pieces?: readonly AnswerPiece[] } {
  return pieces.length === 0 ? {} : { pieces }
}

/** What was written in bits is one piece. */
function joined(pieces: readonly AnswerPiece[]): readonly AnswerPiece[] {
  const all: AnswerPiece[] = []
  for (const piece of pieces) {
    const last = all.at(-1)
    if (last === undefined || !('bytes' in last) || !('bytes' in piece) || last.kind !== piece.kind)
      all.push(piece)
    else all[all.length - 1] = { kind: last.kind, bytes: concatenated([last.bytes, piece.bytes]) }
  }
  return all
}
