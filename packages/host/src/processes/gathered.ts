import { type Piece, weigh } from '@wasm-plugin/embed/thread'

/** Weight of what is sent that is no value of the plugin. */
const OTHER_WEIGHT = 65_536
/** Bytes of a value that weighs one, at most: 32 UTF-16 units of text. */
const BYTES_PER_VALUE = 64
/** Bytes of a message beside its values. */
const OTHER_BYTES = 4_096
/** Least weight of a piece, on average: a list is cut where it is full, and what is left of it is one more. */
const WEIGHT_PER_PIECE = 32

/** The pieces of the message that comes, of which there are no more than one message has. */
export class Gathered {
  readonly #maxWeight: number
  #pieces: Piece[] = []
  #weight = 0

  constructor(liftedValues: number) {
    this.#maxWeight = liftedValues + OTHER_WEIGHT
  }

  /** @param bytes of its message @throws what is no piece, or one too many */
  add(piece: Piece, bytes: number): void {
    // Holes name what holds them once more.
    const weight = weigh(piece, this.#maxWeight, new Set())
    this.#weight += weight
    this.#pieces.push(piece)
    const isFull = this.#weight > this.#maxWeight || this.#pieces.length * WEIGHT_PER_PIECE > this.#maxWeight
    // What does not count as a value takes room all the same.
    if (isFull || bytes > weight * BYTES_PER_VALUE + OTHER_BYTES) throw new Error('it is too large')
  }

  take(): Piece[] {
    const pieces = this.#pieces
    this.#pieces = []
    this.#weight = 0
    return pieces
  }
}
